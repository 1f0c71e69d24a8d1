"""Reads for the pages of buying: proposals with their reason, a product's story, suppliers, purchases."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select

from base.rows import Page, mine, page
from base.scope import Scope
from base.shares import Share
from stock.buying import gathering, learning, suppliers
from stock.buying.lifecycle import LIVE
from stock.buying.models import Outlook, Purchase, PurchaseLine, Supplier, Supply
from stock.buying.reorder import Lead
from stock.demand import counting
from stock.models import Movement, Product
from stock.value.models import Valued

SIZE = 30
NONE: ColumnElement[int] = literal_column("0")  # said outright: by a bound value no partial index is found
HISTORY = 12  # weeks


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to order, and all the reason is made of; `weeks` is the stock if it is ordered now."""

    product: Product
    look: Outlook
    supply: Supply | None
    supplier: str
    weeks: list[int]

    @property
    def reason(self) -> str:
        """Why, as the last part of a catalogue key."""
        if self.look.free <= 0:
            return "out"
        return "late" if self.look.lasts < self.look.lead_days else "soon"


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase in a list."""

    id: int
    supplier_id: int
    supplier: str
    state: str
    ordered_at: datetime
    expected: date
    late: bool
    products: int
    units: int
    came: int


@dataclass(frozen=True, slots=True)
class Known:
    """A supplier, and what deliveries say: the days they really take, and units that came damaged."""

    row: Supplier
    lead: Lead
    deliveries: int
    damaged: Share
    products: int


@dataclass(frozen=True, slots=True)
class Booked:
    """A movement with what it was worth; None while it is not valued yet."""

    row: Movement
    parts: int | None


def proposals(scope: Scope, *, after: str = "") -> Page[Proposal]:
    """What to order, what runs out first on top. Raises BadCursor."""
    stmt = _fresh(scope).where(Outlook.propose > NONE)
    by = (Outlook.lasts, Outlook.product_id)
    found = page(scope, stmt, by=by, after=after, size=SIZE, newest_first=False)
    ids = [look.product_id for look in found.rows]
    goods, terms, coming = named(scope, ids), suppliers.terms(scope, ids), arriving(scope, ids)
    names = {row.id: row.name for row in suppliers.listed(scope)}
    rows = [_proposal(goods[look.product_id], look, terms, names, coming) for look in found.rows]
    return Page(rows, found.next)


def _proposal(
    product: Product,
    look: Outlook,
    terms: Mapping[int, Supply],
    names: Mapping[int, str],
    coming: Mapping[int, Mapping[int, int]],
) -> Proposal:
    supply = terms.get(product.id)
    name = names[supply.supplier_id] if supply else ""
    return Proposal(product, look, supply, name, weeks(look, coming.get(product.id, {})))


def weeks(look: Outlook, coming: Mapping[int, int]) -> list[int]:
    """The stock of the next weeks if what is proposed is ordered now."""
    lead = max(1, look.lead_days)
    ordered = dict(coming) | {lead: coming.get(lead, 0) + look.propose}
    return learning.weeks_ahead(look.free, look.rate_milli / 1000, ordered)


def look(scope: Scope, product_id: int) -> Outlook | None:
    """How a product stands; None before its first roll-up."""
    return scope.session.scalar(_fresh(scope).where(Outlook.product_id == product_id))


def _fresh(scope: Scope) -> Select[Outlook]:
    """Outlooks as they are in the database: they are written past the session."""
    return mine(scope, Outlook).execution_options(populate_existing=True)


def named(scope: Scope, ids: Collection[int]) -> dict[int, Product]:
    """These products."""
    return {row.id: row for row in scope.session.scalars(mine(scope, Product).where(Product.id.in_(ids)))}


def arriving(scope: Scope, products: Collection[int]) -> dict[int, dict[int, int]]:
    """Units that are on their way, by product and days from today; what is late may come tomorrow."""
    today = gathering.today(scope)
    stmt = (
        select(PurchaseLine, Purchase.expected)
        .join(Purchase, Purchase.id == PurchaseLine.purchase_id)
        .where(PurchaseLine.shop_id == scope.shop_id, Purchase.state.in_(LIVE))
        .where(PurchaseLine.product_id.in_(products))
    )
    found: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for line, expected in scope.session.execute(stmt):
        days = found[line.product_id]
        at = max(1, (expected - today).days)
        days[at] = days.get(at, 0) + line.coming
    return found


def history(scope: Scope, product_id: int) -> list[tuple[date, int]]:
    """Units asked for in each of the last weeks, by the first day of the week."""
    today = gathering.today(scope)
    first = today - timedelta(days=7 * HISTORY)
    asked = counting.asked(scope, [product_id], since=first)[product_id]
    begins = [first + timedelta(days=7 * number) for number in range(HISTORY)]
    return [
        (begin, sum(units for day, units in asked.items() if 0 <= (day - begin).days < 7)) for begin in begins
    ]


def booked(scope: Scope, product_id: int, size: int = 12) -> list[Booked]:
    """The latest movements of a product with what each was worth."""
    stmt = (
        select(Movement, Valued.parts)
        .outerjoin(Valued, (Valued.movement_id == Movement.id) & (Valued.shop_id == scope.shop_id))
        .where(Movement.shop_id == scope.shop_id, Movement.product_id == product_id)
        .order_by(Movement.id.desc())
        .limit(size)
    )
    return [Booked(row, parts) for row, parts in scope.session.execute(stmt)]


def purchases(scope: Scope, *, supplier_id: int = 0, after: str = "") -> Page[Bought]:
    """Purchases, the newest first. Raises BadCursor."""
    stmt: Any = mine(scope, Purchase)
    stmt = stmt.where(Purchase.supplier_id == supplier_id) if supplier_id else stmt
    found = page(scope, stmt, by=(Purchase.id,), after=after, size=SIZE)
    names = {row.id: row.name for row in suppliers.listed(scope)}
    sums, today = _sums(scope, [row.id for row in found.rows]), gathering.today(scope)
    rows = [
        Bought(
            row.id,
            row.supplier_id,
            names[row.supplier_id],
            row.state,
            row.ordered_at,
            row.expected,
            row.state in LIVE and row.expected < today,
            *sums[row.id],
        )
        for row in found.rows
    ]
    return Page(rows, found.next)


def _sums(scope: Scope, ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """Products, units ordered and units that came, by purchase."""
    came = func.sum(PurchaseLine.good + PurchaseLine.damaged)
    stmt = (
        select(PurchaseLine.purchase_id, func.count(), func.sum(PurchaseLine.units), came)
        .where(PurchaseLine.shop_id == scope.shop_id, PurchaseLine.purchase_id.in_(ids))
        .group_by(PurchaseLine.purchase_id)
    )
    return {id_: (int(n), int(units), int(done)) for id_, n, units, done in scope.session.execute(stmt)}


def known(scope: Scope) -> list[Known]:
    """The shop's suppliers with what is known of them."""
    stmt = (
        select(Purchase.supplier_id, func.sum(PurchaseLine.damaged), func.sum(PurchaseLine.good))
        .join(PurchaseLine, PurchaseLine.purchase_id == Purchase.id)
        .where(Purchase.shop_id == scope.shop_id, PurchaseLine.shop_id == scope.shop_id)
        .group_by(Purchase.supplier_id)
    )
    units = {id_: (int(bad), int(good)) for id_, bad, good in scope.session.execute(stmt)}
    ended, sold = _counted(scope, Purchase.supplier_id), _counted(scope, Supply.supplier_id)
    return [
        Known(
            row,
            gathering.learned(scope, row.id, row.lead_days),
            ended.get(row.id, 0),
            Share(units.get(row.id, (0, 0))[0], sum(units.get(row.id, (0, 0)))),
            sold.get(row.id, 0),
        )
        for row in suppliers.listed(scope)
    ]


def _counted(scope: Scope, column: Any) -> dict[int, int]:
    model: Any = column.class_
    stmt = select(column, func.count()).where(model.shop_id == scope.shop_id).group_by(column)
    if model is Purchase:
        stmt = stmt.where(Purchase.took.is_not(None))
    return {id_: int(n) for id_, n in scope.session.execute(stmt)}
