"""Which order lines a file's cancellations take back, be they of the same file or placed before."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from stock.drafts import Cancellation

Ref = TypeVar("Ref", bound=Hashable)


@dataclass(frozen=True, slots=True)
class OpenLine(Generic[Ref]):
    """Units of an order line that may still be cancelled; `ref` is whatever names the line to the caller."""

    ref: Ref
    customer: str = field(repr=False)
    sku: str
    placed_at: datetime
    remaining: int


@dataclass(frozen=True, slots=True)
class Match(Generic[Ref]):
    """Units of a cancellation that come from one order line."""

    cancellation: Cancellation
    ref: Ref
    quantity: int


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Units of a cancellation that no order explains: `no_customer` to look for, or `no_order` of theirs."""

    cancellation: Cancellation
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class Matches(Generic[Ref]):
    """Where the units of cancellations come from; every unit stands in one of the two."""

    matched: tuple[Match[Ref], ...]
    unmatched: tuple[Unmatched, ...]


@dataclass(slots=True)
class _Rest(Generic[Ref]):
    line: OpenLine[Ref]
    units: int


def match(cancellations: Iterable[Cancellation], open_lines: Iterable[OpenLine[Ref]]) -> Matches[Ref]:
    """Takes cancellations, earliest first, from the customer's earlier lines of the SKU, latest first."""
    asked = sorted(cancellations, key=lambda one: (one.at, one.row))
    rests = _by_buyer(open_lines, {(one.customer, one.sku) for one in asked})
    matched: list[Match[Ref]] = []
    unmatched: list[Unmatched] = []
    for one in asked:
        taken = list(_taken(one, rests[one.customer, one.sku])) if one.customer else []
        matched += taken
        left = one.quantity - sum(part.quantity for part in taken)
        if left:
            unmatched.append(Unmatched(one, left, "no_order" if one.customer else "no_customer"))
    return Matches(tuple(matched), tuple(unmatched))


def _by_buyer(
    open_lines: Iterable[OpenLine[Ref]], asked: set[tuple[str, str]]
) -> defaultdict[tuple[str, str], list[_Rest[Ref]]]:
    """The lines of each customer and SKU asked for, latest first; of two placed at once, the later given."""
    rests: defaultdict[tuple[str, str], list[_Rest[Ref]]] = defaultdict(list)
    for line in open_lines:
        if (buyer := (line.customer, line.sku)) in asked:
            rests[buyer].append(_Rest(line, line.remaining))
    for lines in rests.values():
        lines.reverse()
        lines.sort(key=lambda rest: rest.line.placed_at, reverse=True)
    return rests


def _taken(cancellation: Cancellation, rests: list[_Rest[Ref]]) -> Iterable[Match[Ref]]:
    left = cancellation.quantity
    for rest in rests:
        units = min(left, rest.units) if rest.line.placed_at < cancellation.at else 0
        if units:
            rest.units -= units
            left -= units
            yield Match(cancellation, rest.line.ref, units)
        if not left:
            return
