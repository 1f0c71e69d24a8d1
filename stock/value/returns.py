"""What money in goods brings back: average stock, margin, and what a won in stock earns a year (pure)."""

from collections.abc import Iterable
from datetime import date, timedelta

from stock.value.costing import PARTS, share

UNKNOWN = 1_000_000  # where nobody knows what the goods cost, or none were here
YEAR = 365


def mean_held(closings: Iterable[tuple[date, int]], today: date, span: int) -> int:
    """Parts held on average at the end of the last `span` days; (day, parts) as they stood from a day on."""
    first, total, before, since = today - timedelta(days=span), 0, 0, date.min
    for day, parts in sorted(closings):
        if day >= today:
            break
        total += before * max(0, (day - max(first, since)).days)
        before, since = parts, day
    return (total + before * (today - max(first, since)).days) // span


def margin(units: int, won: int, each: int) -> int:
    """Won that sales left over what their goods cost, at so many parts a unit."""
    return won - share(units * each, 1, PARTS)


def returned(margin: int, mean_parts: int, span: int) -> int:
    """Hundredths of a won that a won in stock earned a year (GMROI); UNKNOWN where none was in stock."""
    if mean_parts <= 0:
        return UNKNOWN
    return max(-UNKNOWN + 1, min(UNKNOWN - 1, round(margin * PARTS * YEAR * 100 / span / mean_parts)))
