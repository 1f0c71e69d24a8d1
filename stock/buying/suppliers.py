"""Who sells to the shop, and on what terms each product comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select, update

from base.errors import Invalid
from base.once import once
from base.personal import resident_number
from base.rows import changed, mine, one
from base.scope import Scope
from security import audit
from stock.buying import looking
from stock.buying.models import Supplier, Supply
from stock.models import Product
from stock.upserts import upsert
from stock.value import costing

LONGEST = 80
SLOWEST = 365  # days
MOST = 1_000_000


class BadSupplier(Invalid):
    """A supplier has a name of its own and says in how many days goods come. Facts: field, why (a code)."""

    code = "buying.bad_supplier"


class BadTerms(Invalid):
    """Terms are whole numbers of units, a price, and a supplier of the shop. Facts: field, why (a code)."""

    code = "buying.bad_terms"


@dataclass(frozen=True, slots=True)
class Told:
    """From whom a product comes, the least they sell, by how many, and won for a unit."""

    supplier_id: int
    least: int
    pack: int
    price: Decimal


def add(scope: Scope, *, name: str, lead_days: int) -> int:
    """A new supplier. Raises BadSupplier."""
    _check(name, lead_days)
    values = {"shop_id": scope.shop_id, "name": name, "lead_days": lead_days, "made_at": scope.now}
    made = once(scope.session, Supplier, values)
    if made is None:
        raise BadSupplier(field="name", why="taken")
    audit.note(scope, "supplier.added", "supplier", made, lead_days=lead_days)
    return made


def change(scope: Scope, supplier_id: int, *, name: str, lead_days: int) -> None:
    """Calls a supplier otherwise, or notes what they now say of their days. Raises NotFound, BadSupplier."""
    row = one(scope, Supplier, supplier_id)
    _check(name, lead_days)
    taken = mine(scope, Supplier).where(Supplier.name == name, Supplier.id != supplier_id)
    if scope.session.scalar(taken) is not None:
        raise BadSupplier(field="name", why="taken")
    here = (Supplier.shop_id == scope.shop_id, Supplier.id == row.id)
    changed(scope, update(Supplier).where(*here).values(name=name, lead_days=lead_days))
    audit.note(scope, "supplier.changed", "supplier", supplier_id, lead_days=lead_days)
    looking.refresh(scope, _products(scope, supplier_id))


def set_terms(scope: Scope, product_id: int, told: Told) -> None:
    """Notes on what terms a product is bought. Raises NotFound, BadTerms."""
    one(scope, Product, product_id)
    for field, units in (("least", told.least), ("pack", told.pack)):
        if not 0 < units <= MOST:
            raise BadTerms(field=field, why="units")
    if not 0 <= told.price <= 10**9:
        raise BadTerms(field="price", why="price")
    here = mine(scope, Supplier).where(Supplier.id == told.supplier_id)
    if scope.session.scalar(here) is None:
        raise BadTerms(field="supplier", why="choose")
    row = {"product_id": product_id, "supplier_id": told.supplier_id, "least": told.least, "pack": told.pack}
    kept = {**row, "parts": costing.parts(told.price)}
    put = ("supplier_id", "least", "pack", "parts")
    upsert(scope, Supply, [kept], keys=("shop_id", "product_id"), put=put)
    audit.note(scope, "supply.set", "product", product_id, supplier_id=told.supplier_id)
    looking.refresh(scope, [product_id])


def listed(scope: Scope) -> Sequence[Supplier]:
    """The shop's suppliers by name."""
    return scope.session.scalars(mine(scope, Supplier).order_by(Supplier.name, Supplier.id)).all()


def terms(scope: Scope, products: Sequence[int]) -> dict[int, Supply]:
    """On what terms these products are bought, where anybody said."""
    rows = scope.session.scalars(mine(scope, Supply).where(Supply.product_id.in_(products)))
    return {row.product_id: row for row in rows}


def _check(name: str, lead_days: int) -> None:
    if not 0 < len(name) <= LONGEST:
        raise BadSupplier(field="name", why="length")
    if resident_number(name):
        raise BadSupplier(field="name", why="resident_number")
    if not 0 < lead_days <= SLOWEST:
        raise BadSupplier(field="lead_days", why="days")


def _products(scope: Scope, supplier_id: int) -> list[int]:
    stmt = select(Supply.product_id).where(Supply.shop_id == scope.shop_id)
    return list(scope.session.scalars(stmt.where(Supply.supplier_id == supplier_id)))
