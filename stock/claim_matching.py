"""Claims of a file, row by row, as claims on lines of orders; what fits none is a problem of its row."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from base.scope import Scope
from stock import claims
from stock.batches import batches
from stock.claim_file import NAMES, ClaimFile, ClaimRow, Column
from stock.claims import Told
from stock.drafts import Problem
from stock.models import Order, OrderLine, Product

Line = tuple[OrderLine, Order, str]  # with the product's SKU
#: The column a claim's trouble stands in, and what was expected there.
WHERE: Mapping[str, Column] = {
    "reason": Column.REASON,
    "units": Column.UNITS,
    "claimed_at": Column.AT,
    "words": Column.WORDS,
}


@dataclass(frozen=True, slots=True)
class Matched:
    """The claims that can be recorded, and the rows that fit no line."""

    told: tuple[Told, ...]
    problems: tuple[Problem, ...]


def match(scope: Scope, file: ClaimFile) -> Matched:
    """The line each row speaks of: by the order's number, and the SKU where the order has several lines."""
    known, found, problems = _lines(scope, file), list[Told](), list[Problem]()
    for row in file.claims:
        line, why = _line_of(row, known.get(row.order, ()))
        if line is None:
            problems.append(_problem(file, row, *why))
            continue
        told = Told(line[0].id, row.wish, row.reason, row.units or 1, row.claimed_at, row.words, row.number)
        wrong = claims.trouble(scope, told, line[0], line[1])
        if wrong is not None:
            problems.append(_problem(file, row, WHERE[wrong[0]], f"claim_{wrong[1]}"))
        found.append(told)
    return Matched(tuple(found), tuple(problems))


def _line_of(row: ClaimRow, lines: Sequence[Line]) -> tuple[Line | None, tuple[Column, str]]:
    """The one line a row means, or the column that is wrong and why."""
    if not lines:
        return None, (Column.ORDER, "claim_order")
    if len({order.id for _line, order, _sku in lines}) > 1:
        return None, (Column.ORDER, "claim_orders")
    fitting = [line for line in lines if not row.sku or line[2] == row.sku]
    if len(fitting) == 1:
        return fitting[0], (Column.SKU, "")
    return None, (Column.SKU, "claim_line" if not fitting else "claim_lines")


def _problem(file: ClaimFile, row: ClaimRow, column: Column, expected: str) -> Problem:
    shown = {Column.ORDER: row.order, Column.SKU: row.sku, Column.REASON: row.reason}.get(column, "")
    return Problem(row.row, file.names.get(column, NAMES[column][0]), shown, expected)


def _lines(scope: Scope, file: ClaimFile) -> Mapping[str, Sequence[Line]]:
    """The lines of the orders that are named, by the order's number; an order has few."""
    found: dict[str, list[Line]] = defaultdict(list)
    stmt = (
        select(OrderLine, Order, Product.sku)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(OrderLine.shop_id == scope.shop_id, Order.shop_id == scope.shop_id)
        .where(OrderLine.quantity > OrderLine.cancelled)
    )
    for some in batches(sorted({row.order for row in file.claims})):
        for line, order, sku in scope.session.execute(stmt.where(Order.number.in_(some))):
            found[order.number].append((line, order, sku))
    return found
