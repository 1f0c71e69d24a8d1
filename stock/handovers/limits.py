"""How much of ours may lie in a home, in won: asked before goods go there, and changed by the owner alone."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from sqlalchemy import select

from base.errors import Invalid, Refused
from base.scope import Scope
from security import audit
from stock.handovers.models import HomeLimit
from stock.levels import HOME, TRANSIT
from stock.models import Level, Location, Product
from stock.upserts import upsert
from stock.value import costing
from stock.value.models import Worth

STANDARD = 1_000_000  # won in a home, until the owner says otherwise
MOST = 1_000_000_000


class OverLimit(Refused):
    """A home would hold more than it may; nothing was sent. Facts: limit, there, coming: in won."""

    code = "handovers.over_limit"


class BadLimit(Invalid):
    """A limit is a sum in won."""

    code = "handovers.bad_limit"


def each(scope: Scope, products: Collection[int]) -> dict[int, Decimal]:
    """What a unit is worth in won: what it cost where that is known, else what it sells for."""
    cost = Worth.each.label("each")
    stmt = (
        select(Product.id, Product.price, cost)
        .join(Worth, (Worth.product_id == Product.id) & (Worth.shop_id == Product.shop_id), isouter=True)
        .where(Product.shop_id == scope.shop_id, Product.id.in_(products))
    )
    return {
        id_: costing.won(parts) if parts else (price or Decimal(0))
        for id_, price, parts in scope.session.execute(stmt)
    }


def worth(units: Mapping[int, int], prices: Mapping[int, Decimal]) -> int:
    """What goods are worth together, in whole won."""
    return int(sum((prices.get(id_, Decimal(0)) * n for id_, n in units.items()), Decimal(0)))


def of(scope: Scope) -> dict[int, int]:
    """The limits that were set, by partner; under 0 the one of all other homes."""
    stmt = select(HomeLimit.partner_id, HomeLimit.won).where(HomeLimit.shop_id == scope.shop_id)
    return {0: STANDARD} | dict(scope.session.execute(stmt).all())


def check(scope: Scope, partner_id: int, goods: Mapping[int, int]) -> None:
    """Raises OverLimit where these goods are too much for a home. Its place is locked until the end."""
    hold = select(Location.id).where(Location.shop_id == scope.shop_id, Location.partner_id == partner_id)
    scope.session.execute(hold.order_by(Location.id).with_for_update(key_share=True)).all()
    there = lying(scope, partner_id)
    prices = each(scope, there.keys() | goods.keys())
    stands = of(scope)
    limit = stands.get(partner_id, stands[0])
    now, more = worth(there, prices), worth(goods, prices)
    if now + more > limit:
        raise OverLimit(limit=limit, there=now, coming=more)


def lying(scope: Scope, partner_id: int) -> dict[int, int]:
    """Units by product at a partner's home and on the way to or from it."""
    stmt = (
        select(Level.product_id, Level.on_hand)
        .join(Location, Location.id == Level.location_id)
        .where(Level.shop_id == scope.shop_id, Location.shop_id == scope.shop_id, Level.on_hand > 0)
        .where(Location.partner_id == partner_id, Location.kind.in_((HOME, TRANSIT)))
    )
    found: dict[int, int] = {}
    for product, units in scope.session.execute(stmt):
        found[product] = found.get(product, 0) + units
    return found


def set_(scope: Scope, partner_id: int, *, won: int) -> None:
    """Says what a home may hold (partner 0: every other home). Raises BadLimit."""
    if not 0 <= won <= MOST:
        raise BadLimit(field="won", most=MOST)
    row = {"partner_id": partner_id, "won": won, "set_by": scope.actor.id, "set_at": scope.now}
    upsert(scope, HomeLimit, [row], keys=("shop_id", "partner_id"), put=("won", "set_by", "set_at"))
    audit.note(scope, "home.limit", subject="membership", subject_id=partner_id, won=won)
