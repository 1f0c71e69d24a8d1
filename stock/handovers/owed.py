"""What was not given back yet: per partner and product, its worth against the limit, and for how long."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Select, select

from base import calendars
from base.rows import mine
from base.scope import Scope
from stock import shelves
from stock.handovers import limits
from stock.levels import HOME, TRANSIT
from stock.models import Level, Location, Movement, Product
from stock.shelves import Place
from stock.value.ageing import newest


@dataclass(frozen=True, slots=True)
class Lent:
    """A product with a partner: units at home, units on the way, won, and days since the oldest came."""

    product: Product
    units: int
    way: int
    each: Decimal
    days: int | None  # None: it came by a count, or is on the way alone

    @property
    def won(self) -> int:
        return int(self.each * (self.units + self.way))


@dataclass(frozen=True, slots=True)
class Home:
    """What lies with one partner, the oldest first, and how much may."""

    place: Place
    limit: int
    own_limit: bool  # said of this home alone
    lent: tuple[Lent, ...] = ()

    @property
    def units(self) -> int:
        return sum(row.units for row in self.lent)

    @property
    def way(self) -> int:
        return sum(row.way for row in self.lent)

    @property
    def won(self) -> int:
        return limits.worth(
            {row.product.id: row.units + row.way for row in self.lent},
            {row.product.id: row.each for row in self.lent},
        )

    @property
    def unpriced(self) -> int:
        """Products of which nobody knows what they are worth."""
        return sum(not row.each for row in self.lent)

    @property
    def days(self) -> int | None:
        return max((row.days for row in self.lent if row.days is not None), default=None)


@dataclass(slots=True)
class _Lying:
    units: int = 0
    way: int = 0
    came: list[tuple[date, int]] = field(default_factory=list)


def homes(scope: Scope) -> list[Home]:
    """Every home that holds something or may: the most worth first."""
    found = [
        home
        for home in _homes(scope, [one for one in shelves.places(scope).values() if one.kind == HOME])
        if home.lent or home.place.here
    ]
    return sorted(found, key=lambda home: (-home.won, -home.units, home.place.name))


def home(scope: Scope, place: Place) -> Home:
    """What lies with one partner."""
    return _homes(scope, [place])[0]


def _homes(scope: Scope, places: Collection[Place]) -> list[Home]:
    partners = [place.partner_id for place in places]
    lying = _lying(scope, partners)
    ids = sorted({product for _, product in lying})
    goods = {row.id: row for row in scope.session.scalars(mine(scope, Product).where(Product.id.in_(ids)))}
    prices, said, today = limits.each(scope, ids), limits.of(scope), calendars.today(scope)
    lent: dict[int, list[Lent]] = {}
    for (partner, product), of in lying.items():
        aged = newest(of.came, of.units)
        days = (today - aged[0][0]).days if aged else None
        row = Lent(goods[product], of.units, of.way, prices[product], days)
        lent.setdefault(partner, []).append(row)
    return [
        Home(
            place,
            said.get(place.partner_id, said[0]),
            place.partner_id in said,
            tuple(
                sorted(lent.get(place.partner_id, ()), key=lambda row: (-(row.days or 0), row.product.sku))
            ),
        )
        for place in places
    ]


def _lying(scope: Scope, partners: Collection[int]) -> Mapping[tuple[int, int], _Lying]:
    """What lies with these partners by partner and product, and when what came there came."""
    stmt = (
        select(Location.partner_id, Location.kind, Level.product_id, Level.on_hand)
        .join(Level, Level.location_id == Location.id)
        .where(Location.shop_id == scope.shop_id, Level.shop_id == scope.shop_id, Level.on_hand > 0)
        .where(Location.partner_id.in_(partners), Location.kind.in_((HOME, TRANSIT)))
    )
    found: dict[tuple[int, int], _Lying] = {}
    for partner, kind, product, units in scope.session.execute(stmt):
        of = found.setdefault((partner, product), _Lying())
        if kind == HOME:
            of.units = units
        else:
            of.way = units
    zone = calendars.current(scope).zone
    for partner, product, at, units in scope.session.execute(_arrivals(scope, partners)):
        if of_product := found.get((partner, product)):
            of_product.came.append((at.astimezone(zone).date(), units))
    return found


def _arrivals(scope: Scope, partners: Collection[int]) -> Select[int, int, datetime, int]:
    """What came to these homes, of products that lie there: a few rows of the ledger each."""
    here = (Movement.product_id == Level.product_id) & (Movement.location_id == Level.location_id)
    return (
        select(Location.partner_id, Movement.product_id, Movement.occurred_at, Movement.quantity)
        .join(Level, Level.location_id == Location.id)
        .join(Movement, here)
        .where(Location.shop_id == scope.shop_id, Location.kind == HOME, Location.partner_id.in_(partners))
        .where(Level.shop_id == scope.shop_id, Level.on_hand > 0)
        .where(Movement.shop_id == scope.shop_id, Movement.quantity > 0)
    )
