"""What each line of the ledger was worth, told in the order of the lines, and what each day comes to (pure).

What is bought comes at its price; what comes without one (a first count, a find, a customer's return) at the
average. What goes, goes at the average. A purchase taken back goes at the very price it came at. Goods that
only change their place are worth what they were: those lines are not told here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from stock.value.costing import Unvalued, Worth, reversed_, share

RECEIVED, ISSUED, RETURNED, ADJUSTED = "received", "issued", "returned", "adjusted"
SORTS = {"receipt": RECEIVED, "issue": ISSUED, "return": RETURNED, "adjustment": ADJUSTED}
TOLD = "told"  # the owner says what goods cost of which nobody knew


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger, or what the owner told after it; `paid` in parts where the price is known."""

    id: int
    kind: str
    units: int
    day: date
    paid: int | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A product's worth, and the parts of a unit as they were last known."""

    worth: Worth = Worth()  # noqa: RUF009 (frozen)
    each: int = 0
    last: int = 0  # the newest line in it


@dataclass(slots=True)
class Day:
    """Units and parts of a day by sort, and what stood at its end."""

    sums: dict[str, tuple[int, int]] = field(default_factory=dict)
    closing: Worth = Worth()  # noqa: RUF009 (frozen)


@dataclass(slots=True)
class Folded:
    """What lines came to: the state at their end, the parts of each by id, and the days they fell on."""

    end: State
    parts: dict[int, int] = field(default_factory=dict)
    days: dict[date, Day] = field(default_factory=dict)


def fold(state: State, lines: Iterable[Line]) -> Folded:
    """Tells lines, in their order, on top of a state."""
    found = Folded(state)
    for line in lines:
        before = found.end
        found.end = told(before, line)
        parts = found.end.worth.parts - before.worth.parts
        day = found.days.setdefault(line.day, Day())
        sort = ADJUSTED if line.kind == TOLD else SORTS[line.kind]
        units, value = day.sums.get(sort, (0, 0))
        day.sums[sort] = (units + line.units, value + parts)
        day.closing = found.end.worth
        if line.kind != TOLD:
            found.parts[line.id] = parts
    return found


def told(state: State, line: Line) -> State:
    """The state after one line; without units there is no value, whatever came before."""
    if line.kind == TOLD:
        each = line.paid or 0
        return replace(state, worth=Worth(state.worth.units, max(0, state.worth.units) * each), each=each)
    worth = _came(state, line) if line.units > 0 else _went(state, line)
    each = share(worth.parts, 1, worth.units) if worth.units > 0 else _each(state, line)
    return State(worth, each, max(state.last, line.id))


def _came(state: State, line: Line) -> Worth:
    """Goods came; what fills a hole that a later line had torn first is worth nothing any more."""
    before, units = state.worth, state.worth.units + line.units
    if line.paid is not None:
        parts = line.paid
    elif before.units > 0:
        parts = share(before.parts, line.units, before.units)
    else:
        parts = state.each * line.units
    if before.units >= 0:
        return Worth(units, before.parts + parts)
    return Worth(units, share(parts, units, line.units) if units > 0 else 0)


def _went(state: State, line: Line) -> Worth:
    before, units = state.worth, -line.units
    if line.paid is not None:
        try:
            return reversed_(before, units, line.paid)
        except Unvalued:
            pass  # some of those goods are gone: the rest goes at the average
    if units >= before.units:
        return Worth(before.units - units, 0)
    return Worth(before.units - units, before.parts - share(before.parts, units, before.units))


def _each(state: State, line: Line) -> int:
    """What a unit was last worth, when nothing is left."""
    if line.units > 0 and line.paid is not None:
        return share(line.paid, 1, line.units)
    return state.each
