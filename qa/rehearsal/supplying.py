"""Where the demo's goods come from: suppliers, what was bought months ago and still lies, what came since."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from base.scope import Scope
from stock import goods, handling, rolling
from stock.buying import noting, purchasing, reads, suppliers
from stock.buying.models import Purchase
from stock.buying.purchasing import Came
from stock.checks import checking
from stock.models import Product
from stock.value import costing, keeping, storing

LONG_AGO, ORDERED, CAME, CHECKED = (timedelta(days=days) for days in (140, 24, 17, 7))
COST = Decimal("0.45")  # of the price at which it sells
UNPRICED = 10_000  # won
STORAGE = 180_000  # won a month
#: Makers, the days they say they need, and the goods they make by the beginning of the SKU.
MAKERS = (
    ("다온 도자기", 6, ("MUG", "PLATE", "BOWL")),
    ("솔숲 직물", 9, ("APRON", "BAG", "CLOTH", "POUCH")),
    ("새벽 공방", 4, ("",)),
)
SLEEPING = {"NOTE-A5": 90, "TEA-BARLEY": 60, "CLOTH-CHECK": 45}  # bought too much of, long ago
RESTOCKED = {"MUG-WHITE": 24, "MUG-SAND": 24, "PLATE-18": 12}
BROKEN = 2  # units of the first line


def long_ago(scope: Scope) -> None:
    """Suppliers with their terms, and goods that were bought too many of."""
    ids = {name: suppliers.add(scope, name=name, lead_days=days) for name, days, _ in MAKERS}
    for product in scope.session.scalars(select(Product).where(Product.shop_id == scope.shop_id)).all():
        told = suppliers.Told(ids[_maker(product.sku)], 6, 6, _cost(product))
        suppliers.set_terms(scope, product.id, told)
    _bought(scope, SLEEPING, "long-ago")
    storing.set_cost(scope, STORAGE)


def first_goods(scope: Scope, *, key: str, each: int) -> None:
    """The price of the goods of the first day, noted before they come."""
    found = scope.session.scalars(select(Product).where(Product.shop_id == scope.shop_id))
    keeping.price(scope, key=key, paid={one.id: each * costing.parts(_cost(one)) for one in found})


def ordered(scope: Scope) -> None:
    """An order that came since."""
    known = goods.known(scope, sorted(RESTOCKED))
    purchasing.order(scope, {known[sku]: units for sku, units in RESTOCKED.items()})


def came(scope: Scope) -> None:
    """It came, two of it broken."""
    row = scope.session.scalars(select(Purchase).where(Purchase.shop_id == scope.shop_id)).one()
    lines = purchasing.lines_of(scope, row.id)
    broken = {lines[0].id: BROKEN}
    arrived = {one.id: Came(one.units - broken.get(one.id, 0), broken.get(one.id, 0)) for one in lines}
    purchasing.receive(scope, row.id, arrived, key="restocked", version=row.version)


def checked(scope: Scope) -> None:
    """Last week's check, signed."""
    rolling.keep(scope)
    made = checking.begin(scope)
    notes = {"clear": "공책과 보리차는 두 개씩 묶어 팔아요.", "next": "묶음 상품 사진을 새로 찍기"}
    checking.write(scope, made, notes, version=1)
    checking.sign(scope, made, version=2)


def today(scope: Scope, *, on: date) -> None:
    """Everything rolled up, a promotion that is known of, and the most urgent of what is proposed ordered."""
    rolling.keep(scope)
    rows = reads.proposals(scope).rows
    if len(rows) > 1:
        noted = noting.Told("promotion", 150, on, on + timedelta(days=6), "주말 기획전에 나가요")
        noting.note(scope, rows[1].product.id, noted)
    if rows:
        purchasing.order(scope, {rows[0].product.id: rows[0].look.propose})


def _bought(scope: Scope, units: dict[str, int], key: str) -> None:
    known = goods.known(scope, sorted(units))
    costs = {one.id: _cost(one) for one in reads.named(scope, known.values()).values()}
    paid = {known[sku]: count * costing.parts(costs[known[sku]]) for sku, count in units.items()}
    keeping.price(scope, key=key, paid=paid)
    handling.receive(scope, key=key, goods={known[sku]: count for sku, count in units.items()})


def _cost(product: Product) -> Decimal:
    return (product.price or Decimal(UNPRICED)) * COST // 10 * 10


def _maker(sku: str) -> str:
    return next(name for name, _, begins in MAKERS if sku.startswith(begins))
