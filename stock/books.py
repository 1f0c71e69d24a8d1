"""Reads of the ledger: what moved, what was counted, and the blind sheet of what may be counted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from base.rows import Page, mine, page
from base.scope import Scope
from stock import shelves
from stock.levels import WAREHOUSE
from stock.models import Count, Level, Movement, Product
from stock.shelves import Place, places

Span = tuple[datetime, datetime]  # from, until just before


@dataclass(frozen=True, slots=True)
class Moved:
    """A line of the ledger in words a page can use; `who` is an account, 0 the house."""

    id: int
    at: datetime
    sku: str
    name: str
    product_id: int
    place: Place
    quantity: int
    kind: str
    reason: str
    order_id: int | None
    who: int


@dataclass(frozen=True, slots=True)
class Tallied:
    """A count that was made: counted against the book."""

    id: int
    at: datetime
    sku: str
    name: str
    product_id: int
    place: Place
    book: int
    counted: int
    over_reserved: bool
    who: int

    @property
    def variance(self) -> int:
        return self.counted - self.book


@dataclass(frozen=True, slots=True)
class Sheet:
    """A line of a count sheet: blind, with the mark of the book at which the count begins."""

    product_id: int
    sku: str
    name: str
    option: str
    begun: int


def moved(
    scope: Scope,
    *,
    product_id: int = 0,
    place_id: int = 0,
    span: Span | None = None,
    after: str = "",
    size: int = 50,
) -> Page[Moved]:
    """A page of the ledger, newest first, or of what was booked in a span. Raises BadCursor."""
    stmt: Select[Any] = mine(scope, Movement)
    if span:
        stmt = stmt.where(Movement.recorded_at >= span[0], Movement.recorded_at < span[1])
    stmt = stmt.where(Movement.product_id == product_id) if product_id else stmt
    stmt = stmt.where(Movement.location_id == place_id) if place_id else stmt
    found = page(scope, stmt, by=(Movement.id,), after=after, size=size)
    where, goods = places(scope), _named(scope, {row.product_id for row in found.rows})
    rows = [
        Moved(
            id=row.id,
            at=row.occurred_at,
            sku=goods[row.product_id].sku,
            name=goods[row.product_id].name,
            product_id=row.product_id,
            place=where[row.location_id],
            quantity=row.quantity,
            kind=row.kind,
            reason=row.reason,
            order_id=row.order_id,
            who=row.actor_id,
        )
        for row in found.rows
    ]
    return Page(rows=rows, next=found.next)


def tallied(scope: Scope, *, after: str = "") -> Page[Tallied]:
    """A page of counts, newest first. Raises BadCursor."""
    found = page(scope, mine(scope, Count), by=(Count.id,), after=after)
    where, goods = places(scope), _named(scope, {row.product_id for row in found.rows})
    rows = [
        Tallied(
            id=row.id,
            at=row.at,
            sku=goods[row.product_id].sku,
            name=goods[row.product_id].name,
            product_id=row.product_id,
            place=where[row.location_id],
            book=row.book,
            counted=row.counted,
            over_reserved=row.over_reserved,
            who=row.actor_id,
        )
        for row in found.rows
    ]
    return Page(rows=rows, next=found.next)


def sheet(scope: Scope, place: Place, *, text: str = "", after: str = "", size: int = 30) -> Page[Sheet]:
    """A page of what may be counted at a place: all products in the warehouse, else what was ever there.

    Says nothing of what the book expects. Raises BadCursor.
    """
    stmt = shelves.matching(scope, text)
    if place.kind != WAREHOUSE:
        here = select(Level.product_id).where(Level.shop_id == scope.shop_id, Level.location_id == place.id)
        stmt = stmt.where(Product.id.in_(here))
    found = page(scope, stmt, by=(Product.sku,), after=after, size=size, newest_first=False)
    begun = marks(scope, place.id, [product.id for product in found.rows])
    rows = [Sheet(one.id, one.sku, one.name, one.option, begun.get(one.id, 0)) for one in found.rows]
    return Page(rows=rows, next=found.next)


def marks(scope: Scope, place_id: int, products: Sequence[int]) -> dict[int, int]:
    """The marks at which counts of these products begin: what `counting.begin` says of each."""
    stmt = (
        select(Movement.product_id, func.max(Movement.id))
        .where(Movement.shop_id == scope.shop_id, Movement.location_id == place_id)
        .where(Movement.product_id.in_(products))
        .group_by(Movement.product_id)
    )
    return dict(scope.session.execute(stmt).all())


def _named(scope: Scope, products: Iterable[int]) -> Mapping[int, Product]:
    rows = scope.session.scalars(mine(scope, Product).where(Product.id.in_(list(products))))
    return {row.id: row for row in rows}
