"""A product's months at each place: what was there, what came and went, what is left (pure).

The goods of a product are worth the same wherever they lie, so what lies at a place is worth its part of the
whole by its units. Goods that come dearer to one place make those at another dearer too: that, and nothing
else, is `revalued`. So for every place and month opening + what came and went + revalued = closing, exactly.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from stock.value.costing import share
from stock.value.folding import ADJUSTED, ISSUED, MOVED_IN, MOVED_OUT, RECEIVED, RETURNED, Month

SORTS = (RECEIVED, ISSUED, RETURNED, ADJUSTED, MOVED_IN, MOVED_OUT)


@dataclass(frozen=True, slots=True)
class Held:
    """Units at a place and what they are worth, in parts of a won."""

    units: int = 0
    parts: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A month of a product at a place; `sums` are units and parts by sort, with their signs."""

    month: date
    place: int
    sums: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    revalued: int = 0
    closing: Held = Held()


def rows(before: Mapping[int, Held], months: Mapping[date, Month]) -> Iterator[Row]:
    """The rows of a product's months on top of what was at each place; none where nothing happened."""
    held = dict(before)
    for month, of in sorted(months.items()):
        units = {place: one.units for place, one in held.items()}
        for (place, _), (count, _) in of.sums.items():
            units[place] = units.get(place, 0) + count
        worth = allotted(of.closing.parts, units)
        for place in sorted(units):
            sums = {sort: of.sums[place, sort] for sort in SORTS if (place, sort) in of.sums}
            was = held.get(place, Held())
            revalued = worth[place] - was.parts - sum(parts for _, parts in sums.values())
            held[place] = Held(units[place], worth[place])
            if sums or revalued:
                yield Row(month, place, sums, revalued, held[place])


def allotted(parts: int, units: Mapping[int, int]) -> dict[int, int]:
    """The parts of a whole by units at each place, to the last one; fewer than none hold nothing."""
    total, before, given, found = sum(max(0, count) for count in units.values()), 0, 0, dict[int, int]()
    for place, count in sorted(units.items()):
        before += max(0, count)
        upto = share(parts, before, total) if total else 0
        found[place], given = upto - given, upto
    return found


def month_after(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
