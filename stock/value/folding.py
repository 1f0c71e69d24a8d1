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
TRANSFER, MOVED_IN, MOVED_OUT = "transfer", "moved_in", "moved_out"
TOLD = "told"  # the owner says what goods cost of which nobody knew


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the ledger, or what the owner told after it; `paid` in parts where the price is known."""

    id: int
    kind: str
    units: int
    day: date
    paid: int | None = None
    place: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """A product's worth, and the parts of a unit as they were last known."""

    worth: Worth = Worth()  # noqa: RUF009 (frozen)
    each: int = 0
    last: int = 0  # the newest line in it
    month: date = date.min  # that it fell into: a later line falls into no earlier one


@dataclass(slots=True)
class Day:
    """Units and parts of a day by sort, and what stood at its end."""

    sums: dict[str, tuple[int, int]] = field(default_factory=dict)
    closing: Worth = Worth()  # noqa: RUF009 (frozen)


@dataclass(slots=True)
class Month:
    """Units and parts of a month by place and sort, and what stood everywhere at its end."""

    sums: dict[tuple[int, str], tuple[int, int]] = field(default_factory=dict)
    closing: Worth = Worth()  # noqa: RUF009 (frozen)


@dataclass(slots=True)
class Folded:
    """What lines came to: the state at their end, the parts of each by id, and their days and months."""

    end: State
    parts: dict[int, int] = field(default_factory=dict)
    days: dict[date, Day] = field(default_factory=dict)
    months: dict[date, Month] = field(default_factory=dict)


def fold(state: State, lines: Iterable[Line]) -> Folded:
    """Tells lines, in their order, on top of a state."""
    found = Folded(state)
    for line in lines:
        before = found.end
        found.end = told(before, line)
        parts = carried(before.worth, line.units) if line.kind == TRANSFER else _change(before, found.end)
        if line.kind != TRANSFER:
            _on_its_day(found, line, parts)
        _in_its_month(found, line, parts)
        if line.kind != TOLD:
            found.parts[line.id] = parts
    return found


def _change(before: State, after: State) -> int:
    return after.worth.parts - before.worth.parts


def _on_its_day(found: Folded, line: Line, parts: int) -> None:
    day = found.days.setdefault(line.day, Day())
    sort = ADJUSTED if line.kind == TOLD else SORTS[line.kind]
    units, value = day.sums.get(sort, (0, 0))
    day.sums[sort] = (units + line.units, value + parts)
    day.closing = found.end.worth


def _in_its_month(found: Folded, line: Line, parts: int) -> None:
    """A told cost belongs to no place: it is part of what the goods of every place are worth at the end."""
    month = found.months.setdefault(found.end.month, Month())
    month.closing = found.end.worth
    if line.kind != TOLD:
        sort = SORTS.get(line.kind, MOVED_IN if line.units > 0 else MOVED_OUT)
        units, value = month.sums.get((line.place, sort), (0, 0))
        month.sums[line.place, sort] = (units + line.units, value + parts)


def carried(worth: Worth, units: int) -> int:
    """What goods are worth that change their place, with the sign of their units."""
    if worth.units <= 0:
        return 0
    parts = share(worth.parts, min(abs(units), worth.units), worth.units)
    return parts if units > 0 else -parts


def told(state: State, line: Line) -> State:
    """The state after one line; without units there is no value, whatever came before."""
    month = max(state.month, line.day.replace(day=1))
    if line.kind == TOLD:
        each = line.paid or 0
        worth = Worth(state.worth.units, max(0, state.worth.units) * each)
        return replace(state, worth=worth, each=each, month=month)
    if line.kind == TRANSFER:
        return replace(state, last=max(state.last, line.id), month=month)
    worth = _came(state, line) if line.units > 0 else _went(state, line)
    each = share(worth.parts, 1, worth.units) if worth.units > 0 else _each(state, line)
    return State(worth, each, max(state.last, line.id), month)


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
