"""Cancellations of a channel: matched to the orders they come from, in the file or placed before."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import func, insert, select

from base.scope import Scope
from stock import cancelling, cuts, promises
from stock.batches import batches
from stock.cancelling import Match, Matches, OpenLine, Unmatched
from stock.cuts import Cut
from stock.drafts import Cancellation
from stock.lifecycle import SHIPPED
from stock.models import Cancellation as Row
from stock.models import Order, OrderLine, Product
from stock.sets import selling
from stock.source import Source


@dataclass(frozen=True, slots=True)
class Line:
    """An order line that a cancellation can come from."""

    order_id: int
    line_id: int  # of a set the first of its parts
    shipped: bool
    parts: Mapping[int, int] = field(default_factory=dict, compare=False)  # units by line in one set


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What became of a file's cancellations; `known` stood in an earlier file."""

    known: int
    matched: Sequence[Match[Line]]
    unmatched: Sequence[Unmatched]
    cut: Cut


def take_back(scope: Scope, asked: Sequence[Cancellation], source: Source) -> TakenBack:
    """Takes units out of the orders they come from; the customers are given by their tokens.

    What had shipped stays shipped and is kept as a cancellation after shipping; what no order explains is
    kept without one.
    """
    known = _known(scope, source.channel, [each.key for each in asked])
    fresh = [each for each in asked if each.key not in known]
    found = cancelling.match(fresh, _open_lines(scope, source.channel, fresh))
    _write(scope, found, source)
    cut = cuts.cut(scope, _units(found.matched))
    promises.note_taken_back(scope, cut.cancelled)
    return TakenBack(len(known), found.matched, found.unmatched, cut)


def _known(scope: Scope, channel: str, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in batches(keys):
        stmt = select(Row.key).where(Row.shop_id == scope.shop_id, Row.channel == channel, Row.key.in_(some))
        found |= set(scope.session.scalars(stmt))
    return found


def _open_lines(scope: Scope, channel: str, asked: Sequence[Cancellation]) -> list[OpenLine[Line]]:
    """The lines of these customers and SKUs with units that may still be taken back."""
    pairs = {(each.customer, each.sku) for each in asked if each.customer}
    gone = _taken_after_shipping(scope)
    lines: list[OpenLine[Line]] = []
    for some in batches(sorted({customer for customer, _ in pairs})):
        rows = scope.session.execute(_lines(scope, channel, some)).all()
        for (*_, customer, _, placed_at, _), ref, sku, units in _with_sets(scope, rows):
            left = units - gone[ref.line_id]
            if left and (customer, sku) in pairs:
                lines.append(OpenLine(ref, customer, sku, placed_at, left))
    return lines


def _with_sets(scope: Scope, rows: Sequence[Any]) -> Iterator[tuple[Any, Line, str, int]]:
    """Each line that may be taken back, with its SKU and units: those of sets as the sets that were sold."""
    of_line = {
        line: sold for sold in selling.on_orders(scope, {row[0] for row in rows}) for line in sold.lines
    }
    for row in rows:
        order, line, state, _, sku, _, units = row
        sold = of_line.get(line)
        if sold is None:
            yield row, Line(order, line, state == SHIPPED), sku, units
        elif line == min(sold.lines):
            yield row, Line(order, line, state == SHIPPED, sold.lines), sold.sku, sold.left


def _lines(scope: Scope, channel: str, customers: Sequence[str]) -> Any:
    return (
        select(
            Order.id,
            OrderLine.id,
            Order.state,
            Order.customer,
            Product.sku,
            Order.placed_at,
            OrderLine.quantity - OrderLine.cancelled,
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(Order.shop_id == scope.shop_id, OrderLine.shop_id == scope.shop_id)
        .where(Product.shop_id == scope.shop_id, Order.channel == channel, Order.customer.in_(customers))
        .order_by(OrderLine.id)
    )


def _taken_after_shipping(scope: Scope) -> Counter[int]:
    """Units of shipped lines that were taken back before."""
    stmt = select(Row.line_id, func.sum(Row.quantity)).where(Row.shop_id == scope.shop_id, Row.after_shipping)
    return Counter(
        {line: int(units) for line, units in scope.session.execute(stmt.group_by(Row.line_id)) if line}
    )


def _units(matched: Iterable[Match[Line]]) -> dict[int, dict[int, int]]:
    """Units by order and line of what has not shipped."""
    units: dict[int, dict[int, int]] = {}
    for match in matched:
        if not match.ref.shipped:
            lines = units.setdefault(match.ref.order_id, {})
            for line, each in (match.ref.parts or {match.ref.line_id: 1}).items():
                lines[line] = lines.get(line, 0) + match.quantity * each
    return units


def _write(scope: Scope, found: Matches[Line], source: Source) -> None:
    """One row a part: the first bears the key of the cancellation, the others a number behind it."""
    parts: list[tuple[Cancellation, Line | None, int]] = [
        *((match.cancellation, match.ref, match.quantity) for match in found.matched),
        *((rest.cancellation, None, rest.quantity) for rest in found.unmatched),
    ]
    seen: Counter[str] = Counter()
    rows = []
    for asked, line, units in parts:
        number = seen[asked.key]
        seen[asked.key] += 1
        rows.append(
            {
                "shop_id": scope.shop_id,
                "channel": source.channel,
                "key": f"{asked.key}#{number}" if number else asked.key,
                "product_id": source.products[asked.sku],
                "line_id": line.line_id if line else None,
                "quantity": units,
                "after_shipping": line is not None and line.shipped,
                "import_id": source.import_id,
                "at": asked.at,
            }
        )
    if rows:
        scope.session.connection().execute(insert(Row), rows)


def by_token(asked: Iterable[Cancellation], tokens: Mapping[str, str]) -> list[Cancellation]:
    """The cancellations with their customers as the database knows them."""
    return [replace(each, customer=tokens.get(each.customer, "")) for each in asked]
