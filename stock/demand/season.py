"""How much of the usual each month of the year brings, where a whole year is known (pure).

A month's days against those of the whole, the shop's growth from one year to the next taken out where two
years meet. One product's own year says little: its months are drawn towards the shop's, the fewer units it
sold, the more. Nothing is said to be less than half or more than twice the usual: one year is one year.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date

YEAR = 12  # months
LENT = 200.0  # units' worth of trust in the shop's months
LEAST, MOST = 0.5, 2.0
FASTEST = 3.0  # growth in a year that is believed

Season = Mapping[int, float]  # month of the year -> times the usual
FLAT: Season = {}


def of_shop(units: Mapping[date, int], today: date) -> Season:
    """The months of the shop's year by its whole months; FLAT where no whole year of them is known."""
    whole = _whole(units, today)[-2 * YEAR :]
    if len(whole) < YEAR:
        return FLAT
    grown = growth([units.get(month, 0) / _days(month) for month in whole])
    rates: dict[int, list[float]] = {}
    for number, month in enumerate(whole):
        rate = units.get(month, 0) / _days(month) / grown ** (number / YEAR)
        rates.setdefault(month.month, []).append(rate)
    return _against_the_middle({month: sum(found) / len(found) for month, found in rates.items()})


def growth(rates: list[float]) -> float:
    """How many times as much a year later, by the months that stand in both years; 1 where none does."""
    both = len(rates) - YEAR
    before, after = sum(rates[:both]), sum(rates[YEAR:])
    if both <= 0 or not before or not after:
        return 1.0
    return min(FASTEST, max(1 / FASTEST, after / before))


def of_product(units: Mapping[int, int], shop: Season) -> Season:
    """A product's own months of the last year, drawn towards the shop's."""
    total = sum(units.values())
    if not shop or not total:
        return shop
    own = _against_the_middle({month: units.get(month, 0) / _days(date(2001, month, 1)) for month in shop})
    return {month: (total * own[month] + LENT * shop[month]) / (total + LENT) for month in shop}


def _whole(units: Mapping[date, int], today: date) -> list[date]:
    """The whole months after the one in which anything was first asked for, to the last that ended."""
    month, found = min(units, default=today), list[date]()
    while (month := _after(month)) < today.replace(day=1):
        found.append(month)
    return found


def _against_the_middle(rates: Mapping[int, float]) -> dict[int, float]:
    middle = sum(rates.values()) / len(rates)
    if not middle:
        return dict.fromkeys(rates, 1.0)
    return {month: min(MOST, max(LEAST, rate / middle)) for month, rate in rates.items()}


def _days(month: date) -> int:
    return monthrange(month.year, month.month)[1]


def _after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
