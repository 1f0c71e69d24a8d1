"""Reads of what lies where: products and their balances in the warehouse, in quarantine, at homes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from base.rows import Page, mine, page
from base.scope import Scope
from security.models import Account, Membership
from stock import levels, tags
from stock.levels import HOME, QUARANTINE, TRANSIT, WAREHOUSE
from stock.lifecycle import SHORT
from stock.models import Level, Location, Order, OrderLine, Product
from stock.sets import recipes
from stock.sets.models import SetPart

ALL, MISSING, LOW = "all", "missing", "low"
VIEWS = (ALL, MISSING, LOW)
KINDS = (WAREHOUSE, QUARANTINE, HOME, TRANSIT)

Demand = Mapping[int, int]  # units by product id


@dataclass(frozen=True, slots=True)
class Place:
    """A location; `name` is a partner's for a home or the way to it, `here`: she still works with us."""

    id: int
    kind: str
    partner_id: int
    name: str
    here: bool


@dataclass(frozen=True, slots=True)
class Stand:
    """How a product stands: in the warehouse, at partners' homes, in quarantine; `wanted` by short orders."""

    product_id: int
    sku: str
    name: str
    option: str
    on_hand: int
    reserved: int
    homes: int  # and on the way to them or back
    quarantine: int
    wanted: int
    makeable: int | None = None  # of a set: as many as its parts allow

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved if self.makeable is None else self.makeable

    @property
    def missing(self) -> int:
        """Units that waiting orders lack."""
        return max(0, self.wanted - max(0, self.available))

    @property
    def mark(self) -> str:
        """missing for waiting orders, out, low (less is free than is promised), ok."""
        if self.missing:
            return MISSING
        if self.available <= 0:
            return "out"
        return LOW if self.available < self.reserved else "ok"


@dataclass(frozen=True, slots=True)
class Shelved:
    """A product at one place."""

    place: Place
    on_hand: int
    reserved: int

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True)
class Owed:
    """A product at a partner's home, still ours; `units` is None while it is counted blind."""

    product_id: int
    sku: str
    name: str
    option: str
    units: int | None


def places(scope: Scope) -> dict[int, Place]:
    """The shop's locations by id: the warehouse, quarantine, then homes by name, then the ways to them."""
    stmt = (
        select(Location.id, Location.kind, Location.partner_id, Account.name, Membership.ended_at)
        .join(Membership, Membership.id == Location.partner_id, isouter=True)
        .join(Account, Account.id == Membership.account_id, isouter=True)
        .where(Location.shop_id == scope.shop_id)
    )
    found = [
        Place(id_, kind, partner_id, name or "", ended_at is None)
        for id_, kind, partner_id, name, ended_at in scope.session.execute(stmt)
    ]
    found.sort(key=lambda place: (KINDS.index(place.kind), place.name, place.id))
    return {place.id: place for place in found}


def demand(scope: Scope) -> Demand:
    """Units that short orders ask for, by product: asked once for a page, from the few orders that wait."""
    waiting = select(Order.id).where(Order.shop_id == scope.shop_id, Order.state == SHORT)
    product = (OrderLine.product_id + 0).label("product")  # unadorned, SQLite would walk every line ever sold
    stmt = (
        select(product, func.sum(OrderLine.quantity - OrderLine.cancelled))
        .where(OrderLine.shop_id == scope.shop_id, OrderLine.order_id.in_(waiting))
        .group_by(product)
    )
    return {id_: int(units) for id_, units in scope.session.execute(stmt)}


def stands(
    scope: Scope, wanted: Demand, *, view: str = ALL, text: str = "", after: str = "", size: int = 50
) -> Page[Stand]:
    """A page of products by SKU with their balances. Raises BadCursor."""
    stmt = matching(scope, text)
    if view == MISSING:
        stmt = stmt.where(Product.id.in_(_lacking(scope, wanted)))
    if view == LOW:
        stmt = stmt.where(Product.id.in_(_low(scope)))
    found = page(scope, stmt, by=(Product.sku,), after=after, size=size, newest_first=False)
    return Page(rows=_stands(scope, found.rows, wanted), next=found.next)


def stand(scope: Scope, product: Product) -> Stand:
    """How one product stands."""
    return _stands(scope, [product], demand(scope))[0]


def tally(scope: Scope, wanted: Demand) -> dict[str, int]:
    """How many products the shop has, how many orders lack, how many run low."""
    every = select(func.count()).select_from(Product).where(Product.shop_id == scope.shop_id)
    low = select(func.count()).select_from(_low(scope).subquery())
    row = scope.session.execute(select(every.scalar_subquery(), low.scalar_subquery())).one()
    return {ALL: row[0], MISSING: len(_lacking(scope, wanted)), LOW: row[1]}


def at_places(scope: Scope, product_id: int) -> list[Shelved]:
    """Where a product lies; the warehouse is always told."""
    stmt = select(Level.location_id, Level.on_hand, Level.reserved).where(
        Level.shop_id == scope.shop_id, Level.product_id == product_id
    )
    known = {place: (on_hand, reserved) for place, on_hand, reserved in scope.session.execute(stmt)}
    return [
        Shelved(place, *known.get(place.id, (0, 0)))
        for place in places(scope).values()
        if place.kind == WAREHOUSE or any(known.get(place.id, (0, 0)))
    ]


def at_home(scope: Scope, partner_id: int) -> list[Owed]:
    """What lies at a partner's home, by SKU."""
    stmt = (
        select(Product.id, Product.sku, Product.name, Product.option, Level.on_hand)
        .join(Level, Level.product_id == Product.id)
        .join(Location, Location.id == Level.location_id)
        .where(Product.shop_id == scope.shop_id, Level.shop_id == scope.shop_id, Level.on_hand > 0)
        .where(Location.kind == HOME, Location.partner_id == partner_id)
        .order_by(Product.sku)
    )
    return [Owed(*row) for row in scope.session.execute(stmt)]


def matching(scope: Scope, text: str) -> Select[Any]:
    """The products whose SKU, name or barcode holds a text, or whose pictures carry a tag called so."""
    stmt: Select[Any] = mine(scope, Product)
    if not text:
        return stmt
    told = (column.icontains(text, autoescape=True) for column in (Product.sku, Product.name))
    return stmt.where(or_(*told, Product.barcode == text, tags.tagged(scope, text)))


def _stands(scope: Scope, products: Sequence[Product], wanted: Demand) -> list[Stand]:
    ids = [product.id for product in products]
    known, sets = _balances(scope, ids), recipes.available(scope, ids)
    return [
        Stand(
            product_id=product.id,
            sku=product.sku,
            name=product.name,
            option=product.option,
            on_hand=known.get((product.id, WAREHOUSE), (0, 0))[0],
            reserved=known.get((product.id, WAREHOUSE), (0, 0))[1],
            homes=sum(known.get((product.id, kind), (0, 0))[0] for kind in (HOME, TRANSIT)),
            quarantine=known.get((product.id, QUARANTINE), (0, 0))[0],
            wanted=wanted.get(product.id, 0),
            makeable=sets.get(product.id),
        )
        for product in products
    ]


def _balances(scope: Scope, products: Sequence[int]) -> dict[tuple[int, str], tuple[int, int]]:
    """On hand and reserved by product and kind of place."""
    stmt = (
        select(Level.product_id, Location.kind, func.sum(Level.on_hand), func.sum(Level.reserved))
        .join(Location, Location.id == Level.location_id)
        .where(Level.shop_id == scope.shop_id, Level.product_id.in_(products))
        .group_by(Level.product_id, Location.kind)
    )
    return {
        (product, kind): (int(here), int(promised))
        for product, kind, here, promised in scope.session.execute(stmt)
    }


def _lacking(scope: Scope, wanted: Demand) -> list[int]:
    """Products of which waiting orders lack units."""
    free = {
        product: on_hand - reserved
        for (product, kind), (on_hand, reserved) in _balances(scope, list(wanted)).items()
        if kind == WAREHOUSE
    }
    return [product for product, units in wanted.items() if units > max(0, free.get(product, 0))]


def _low(scope: Scope) -> Select[Any]:
    """Products of which nothing is free, or less than is promised; a set runs low with its parts."""
    free = func.coalesce(Level.on_hand - Level.reserved, 0)
    low = or_(free <= 0, free < Level.reserved)
    stmt = select(Product.id).join(Level, _here(scope, Product.id), isouter=True)
    sets = select(SetPart.set_id).where(SetPart.shop_id == scope.shop_id)
    return stmt.where(Product.shop_id == scope.shop_id, low, Product.id.not_in(sets))


def _here(scope: Scope, product: Any) -> ColumnElement[bool]:
    warehouse = levels.location(scope, WAREHOUSE)
    return and_(Level.shop_id == scope.shop_id, Level.product_id == product, Level.location_id == warehouse)
