"""Ordering from suppliers, and taking in what comes: in parts, looked at, differences kept."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, update

from base.errors import Invalid, NotFound, Refused, Stale
from base.rows import changed, mine, one
from base.scope import Scope
from security import audit
from stock import handling, levels, moves
from stock.buying import gathering, learning, looking, suppliers
from stock.buying import lifecycle as life
from stock.buying.models import Arrival, Purchase, PurchaseLine, Supplier
from stock.models import Product
from stock.value import keeping

MOST = 1_000_000  # units of a line


class NoSupplier(Refused):
    """Nobody is known who sells this product. Facts: sku."""

    code = "buying.no_supplier"


class BadUnits(Invalid):
    """Units are whole numbers, not all of them none. Facts: field."""

    code = "buying.bad_units"


@dataclass(frozen=True, slots=True)
class Came:
    """Units of a line that came: in order, and damaged."""

    good: int
    damaged: int


def order(scope: Scope, units: Mapping[int, int]) -> list[int]:
    """Orders units by product: one purchase for each supplier. Raises NotFound, NoSupplier, BadUnits."""
    if not units or not all(0 < count <= MOST for count in units.values()):
        raise BadUnits(field="units")
    for id_ in units:
        one(scope, Product, id_)
    terms = suppliers.terms(scope, sorted(units))
    if missing := sorted(units.keys() - terms.keys()):
        raise NoSupplier(sku=one(scope, Product, missing[0]).sku)
    by_supplier: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for id_, count in sorted(units.items()):
        by_supplier[terms[id_].supplier_id][id_] = count
    made = [
        _order(scope, supplier_id, goods, {id_: terms[id_].parts for id_ in goods})
        for supplier_id, goods in sorted(by_supplier.items())
    ]
    looking.refresh(scope, units.keys())
    return made


def _order(scope: Scope, supplier_id: int, goods: Mapping[int, int], parts: Mapping[int, int]) -> int:
    supplier = one(scope, Supplier, supplier_id)
    lead = gathering.learned(scope, supplier_id, supplier.lead_days)
    row = Purchase(
        shop_id=scope.shop_id,
        supplier_id=supplier_id,
        state=life.ORDERED,
        expected=gathering.today(scope) + timedelta(days=round(lead.days)),
        ordered_by=scope.actor.id,
        ordered_at=scope.now,
    )
    scope.session.add(row)
    scope.session.flush()
    lines = [
        PurchaseLine(shop_id=scope.shop_id, purchase_id=row.id, product_id=id_, units=count, parts=parts[id_])
        for id_, count in goods.items()
    ]
    scope.session.add_all(lines)
    scope.session.flush()
    audit.note(scope, "purchase.ordered", "purchase", row.id, products=len(goods), units=sum(goods.values()))
    return row.id


def receive(scope: Scope, purchase_id: int, came: Mapping[int, Came], *, key: str, version: int) -> None:
    """Takes in what came, by line: what is in order is free at once, what is damaged lies in quarantine.

    More than was ordered is taken in as well, and stands as a difference. The same key again does nothing.
    Raises NotFound, BadUnits, Stale where it has ended or somebody else was first.
    """
    one(scope, Purchase, purchase_id)
    if _happened(scope, key):
        return
    lines = {line.id: line for line in lines_of(scope, purchase_id)}
    told = {id_: what for id_, what in came.items() if what != Came(0, 0)}
    if not told or not all(0 <= n <= MOST for what in told.values() for n in (what.good, what.damaged)):
        raise BadUnits(field="units")
    if told.keys() - lines.keys():
        raise NotFound
    whole = all(
        line.units <= line.good + line.damaged + sum(_both(told.get(id_))) for id_, line in lines.items()
    )
    _take(scope, purchase_id, life.COMPLETE if whole else life.ARRIVE, version)
    for id_, what in sorted(told.items()):
        _arrived(scope, lines[id_], what, key)
    _stock(scope, {lines[id_]: what for id_, what in told.items()}, key)
    if whole:
        _end(scope, purchase_id)
    good, damaged = (sum(_both(what)[at] for what in told.values()) for at in (0, 1))
    audit.note(scope, "purchase.arrived", "purchase", purchase_id, good=good, damaged=damaged)
    looking.refresh(scope, {line.product_id for line in lines.values()})


def _both(what: Came | None) -> tuple[int, int]:
    return (what.good, what.damaged) if what else (0, 0)


def step(scope: Scope, purchase_id: int, name: str, *, version: int) -> None:
    """Gives up what has not come, or the whole order before anything came. Raises NotFound, Stale."""
    if name not in (life.CLOSE, life.CANCEL):
        raise NotFound
    one(scope, Purchase, purchase_id)
    _take(scope, purchase_id, name, version)
    _end(scope, purchase_id)
    missing = sum(line.coming for line in lines_of(scope, purchase_id))
    audit.note(scope, f"purchase.{name}", "purchase", purchase_id, missing=missing)
    looking.refresh(scope, {line.product_id for line in lines_of(scope, purchase_id)})


def lines_of(scope: Scope, purchase_id: int) -> list[PurchaseLine]:
    """The lines of a purchase."""
    stmt = mine(scope, PurchaseLine).where(PurchaseLine.purchase_id == purchase_id)
    return list(scope.session.scalars(stmt.order_by(PurchaseLine.id)))


def _happened(scope: Scope, key: str) -> bool:
    stmt = select(Arrival.id).where(Arrival.shop_id == scope.shop_id, Arrival.key == key)
    return scope.session.scalar(stmt.limit(1)) is not None


def _arrived(scope: Scope, line: PurchaseLine, what: Came, key: str) -> None:
    row = {"line_id": line.id, "key": key, "good": what.good, "damaged": what.damaged}
    scope.session.add(Arrival(shop_id=scope.shop_id, by=scope.actor.id, at=scope.now, **row))
    here = (PurchaseLine.shop_id == scope.shop_id, PurchaseLine.id == line.id)
    seen = (PurchaseLine.good == line.good, PurchaseLine.damaged == line.damaged)
    new = {"good": line.good + what.good, "damaged": line.damaged + what.damaged}
    if changed(scope, update(PurchaseLine).where(*here, *seen).values(new)) != 1:
        raise Stale


def _stock(scope: Scope, came: Mapping[PurchaseLine, Came], key: str) -> None:
    """Books what came through the ledger's gate, at the price of its line."""
    good = {line.product_id: what.good for line, what in came.items() if what.good}
    damaged = {line.product_id: what.damaged for line, what in came.items() if what.damaged}
    parts = {line.product_id: line.parts for line in came}
    for end, goods in (("", good), (":damaged", damaged)):
        keeping.price(scope, key=key + end, paid={id_: n * parts[id_] for id_, n in goods.items()})
    if good:
        handling.receive(scope, key=key, goods=good, reason="purchase")
    if damaged:
        place = levels.location(scope, levels.QUARANTINE)
        moves.receive(scope, key=f"{key}:damaged", goods=damaged, place=place, reason="purchase")


def _take(scope: Scope, purchase_id: int, name: str, version: int) -> None:
    here = (Purchase.shop_id == scope.shop_id, Purchase.id == purchase_id)
    still = (Purchase.version == version, Purchase.state.in_(life.starts(name)))
    values = {"state": life.end(name), "version": version + 1}
    if changed(scope, update(Purchase).where(*here, *still).values(values)) != 1:
        raise Stale


def _end(scope: Scope, purchase_id: int) -> None:
    """Notes when it ended, and how many days its goods took: what the supplier is known by from now on."""
    row = one(scope, Purchase, purchase_id)
    stmt = (
        select(Arrival.at, func.sum(Arrival.good + Arrival.damaged))
        .join(PurchaseLine, PurchaseLine.id == Arrival.line_id)
        .where(Arrival.shop_id == scope.shop_id, PurchaseLine.purchase_id == purchase_id)
        .group_by(Arrival.at)
    )
    came = [((at - row.ordered_at).days, int(units)) for at, units in scope.session.execute(stmt)]
    here = (Purchase.shop_id == scope.shop_id, Purchase.id == purchase_id)
    changed(scope, update(Purchase).where(*here).values(took=learning.took(came), ended_at=scope.now))
