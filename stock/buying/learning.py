"""What deliveries teach: how long they really take, and what the next weeks' stock looks like (pure)."""

from collections.abc import Mapping, Sequence
from math import ceil

from stock.buying.reorder import WEEK, Held, Lead, Levels, Need, Terms, fill
from stock.demand.forecast import spread

TRUST = 2  # deliveries that what the supplier says is worth
UNSURE = 0.25  # of the days told, while fewer than three deliveries say how they vary
USUAL = 7  # days, where nobody says
WEEKS = 8  # shown ahead


def lead(told: int, took: Sequence[int]) -> Lead:
    """Days to the goods: what was told counts like two deliveries, and each one corrects it."""
    days = (told * TRUST + sum(took)) / (TRUST + len(took))
    return Lead(days, max(spread(took), 0.0) if len(took) > TRUST else days * UNSURE)


def proposed(held: Held, need: Need, levels: Levels, terms: Terms) -> int:
    """Units to order now: where the stock would fall to the point before the next weekly look."""
    soon = held.projected - ceil(need.rate * WEEK)
    return fill(held, levels.up_to, terms) if soon <= levels.point else 0


def took(arrivals: Sequence[tuple[int, int]]) -> int | None:
    """Days a purchase took: the mean over its units of (days, units) as they came; None for none."""
    units = sum(count for _, count in arrivals)
    return round(sum(days * count for days, count in arrivals) / units) if units else None


def weeks_ahead(free: int, rate: float, coming: Mapping[int, int], weeks: int = WEEKS) -> list[int]:
    """Units free at the start and after each week, when `coming` units arrive on these days.

    Below none are owed to orders that wait: what arrives is theirs first.
    """
    stock, owed, found = float(max(0, free)), max(0, -free), [max(0, free)]
    for day in range(1, weeks * WEEK + 1):
        paid = min(owed, coming.get(day, 0))
        owed -= paid
        stock = max(0.0, stock + coming.get(day, 0) - paid - rate)
        if day % WEEK == 0:
            found.append(round(stock))
    return found
