"""Reads of what is known of products today: their days, goods, terms and notes, many products at a time."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, func, select

from base import calendars
from base.scope import Scope
from stock.buying import learning
from stock.buying.lifecycle import LIVE
from stock.buying.models import Purchase, PurchaseLine, Supplier, Supply
from stock.buying.reorder import Lead, Terms
from stock.buying.standing import SEEN, TURNED, Facts
from stock.demand import counting, season
from stock.demand.models import DemandDay, DemandNote
from stock.demand.notes import Note
from stock.demand.season import FLAT, Season
from stock.levels import QUARANTINE
from stock.lifecycle import SHORT
from stock.models import Level, Location, Order, OrderLine, Product
from stock.value.ageing import Received
from stock.value.models import ProductRoom, ValueDay, Worth
from stock.value.returns import mean_held

YEAR = 365  # days whose months are a product's season
AGED = 400  # days back that receipts are looked for; what is older is old
LEARNED = 12  # deliveries of a supplier that still teach


@dataclass(frozen=True, slots=True)
class Supplied:
    """How a product comes: in how many days, by how many."""

    lead: Lead
    terms: Terms


def today(scope: Scope) -> date:
    """The local day."""
    return scope.now.astimezone(calendars.current(scope).zone).date()


def facts(scope: Scope, products: Sequence[int], year: Season = FLAT) -> dict[int, Facts]:
    """What is known of these products today; `year` is the season of the shop."""
    day = today(scope)
    asked = counting.asked(scope, products, since=day - timedelta(days=SEEN))
    notes, ledger = notes_of(scope, products), _ledger(scope, products)
    free, waiting, coming = _free(scope, products), _waiting(scope, products), on_order(scope, products)
    supplied = _supplied(scope, products)
    worths, first = _worths(scope, products), _first(scope, products)
    sold = counting.earned(scope, products, since=day - timedelta(days=TURNED))
    seasons, rooms = _seasons(scope, products, year, first), _rooms(scope, products)
    nothing = Supplied(learning.lead(learning.USUAL, ()), Terms())
    found = dict[int, Facts]()
    for id_, made, price in _products(scope, products):
        days = ledger.get(id_, [])
        known = supplied.get(id_, nothing)
        found[id_] = Facts(
            today=day,
            since=_known_since(first.get(id_), days, made),
            asked=asked[id_],
            notes=notes.get(id_, ()),
            out=frozenset(_out(days, day)),
            free=free.get(id_, 0) - waiting.get(id_, 0),
            on_order=coming.get(id_, 0),
            lead=known.lead,
            terms=known.terms,
            units=worths.get(id_, (0, 0, 0))[0],
            parts=worths.get(id_, (0, 0, 0))[1],
            each=worths.get(id_, (0, 0, 0))[2],
            season=seasons.get(id_, year),
            sold=sold.get(id_, (0, 0)),
            mean_parts=mean_held(((one.day, one.closing_parts) for one in days), day, TURNED),
            room=rooms.get(id_, 10),
            received=_received(days),
            issued_parts=-sum(one.issued_parts for one in days if (day - one.day).days <= TURNED),
            price=price,
        )
    return found


def _known_since(asked: date | None, days: Sequence[ValueDay], made: date) -> date:
    """The first day on which anybody asked or goods came: before, that nobody asked says nothing."""
    return min([*(one.day for one in days[:1]), *([asked] if asked else [])], default=made)


def _products(scope: Scope, ids: Sequence[int]) -> Iterator[tuple[int, date, int]]:
    zone = calendars.current(scope).zone
    stmt = select(Product.id, Product.made_at, Product.price).where(Product.shop_id == scope.shop_id)
    for id_, made, price in scope.session.execute(stmt.where(Product.id.in_(ids))):
        yield id_, made.astimezone(zone).date(), int(price or 0)


def _first(scope: Scope, products: Sequence[int]) -> dict[int, date]:
    """The first day on which anybody asked."""
    stmt = select(DemandDay.product_id, func.min(DemandDay.day)).group_by(DemandDay.product_id)
    here = stmt.where(DemandDay.shop_id == scope.shop_id, DemandDay.product_id.in_(products))
    return dict(scope.session.execute(here).all())


def _ledger(scope: Scope, products: Sequence[int]) -> dict[int, list[ValueDay]]:
    """The days on which these products moved, oldest first."""
    since = today(scope) - timedelta(days=AGED)
    stmt = select(ValueDay).where(ValueDay.shop_id == scope.shop_id, ValueDay.product_id.in_(products))
    found: defaultdict[int, list[ValueDay]] = defaultdict(list)
    for row in scope.session.scalars(
        stmt.where(counting.since_day(ValueDay.day, since)).order_by(ValueDay.day)
    ):
        found[row.product_id].append(row)
    return found


def _out(days: Sequence[ValueDay], today: date) -> Iterator[date]:
    """Days on which nothing was anywhere: from the day after the last unit left to the next goods."""
    for at, row in enumerate(days):
        if row.closing > 0:
            continue
        end = days[at + 1].day if at + 1 < len(days) else today
        yield from (row.day + timedelta(days=n) for n in range(1, (end - row.day).days))


def _received(days: Sequence[ValueDay]) -> list[Received]:
    came = ((one.day, one.received + one.returned + max(0, one.adjusted)) for one in days)
    return [(day, units) for day, units in came if units > 0]


def _free(scope: Scope, products: Sequence[int]) -> dict[int, int]:
    """Units here and in homes that nobody was promised; what is in quarantine is not counted."""
    stmt = (
        select(Level.product_id, func.sum(Level.on_hand - Level.reserved))
        .join(Location, Location.id == Level.location_id)
        .where(Level.shop_id == scope.shop_id, Location.kind != QUARANTINE, Level.product_id.in_(products))
        .group_by(Level.product_id)
    )
    return {id_: int(units) for id_, units in scope.session.execute(stmt)}


def _waiting(scope: Scope, products: Sequence[int]) -> dict[int, int]:
    """Units that orders wait for which the stock could not fill: what comes is theirs first."""
    left = OrderLine.quantity - OrderLine.cancelled
    stmt = (
        select(OrderLine.product_id, func.sum(left))
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.shop_id == scope.shop_id, Order.state == SHORT, OrderLine.shop_id == scope.shop_id)
        .where(OrderLine.product_id.in_(products))
        .group_by(OrderLine.product_id)
    )
    return {id_: int(units) for id_, units in scope.session.execute(stmt)}


def on_order(scope: Scope, products: Sequence[int]) -> dict[int, int]:
    """Units that suppliers still owe."""
    left = PurchaseLine.units - PurchaseLine.good - PurchaseLine.damaged
    stmt = (
        select(PurchaseLine.product_id, func.sum(case((left > 0, left), else_=0)))
        .join(Purchase, Purchase.id == PurchaseLine.purchase_id)
        .where(PurchaseLine.shop_id == scope.shop_id, Purchase.state.in_(LIVE))
        .where(PurchaseLine.product_id.in_(products))
        .group_by(PurchaseLine.product_id)
    )
    return {id_: int(units) for id_, units in scope.session.execute(stmt)}


def _supplied(scope: Scope, products: Sequence[int]) -> dict[int, Supplied]:
    stmt = select(Supply, Supplier.lead_days).join(Supplier, Supplier.id == Supply.supplier_id)
    here = stmt.where(Supply.shop_id == scope.shop_id, Supply.product_id.in_(products))
    rows = scope.session.execute(here).all()
    leads = {id_: learned(scope, id_, told) for id_, told in {(row.supplier_id, told) for row, told in rows}}
    return {row.product_id: Supplied(leads[row.supplier_id], Terms(row.least, row.pack)) for row, _ in rows}


def learned(scope: Scope, supplier_id: int, told: int) -> Lead:
    """What a supplier's latest deliveries say of the days they take."""
    stmt = select(Purchase.took).where(Purchase.shop_id == scope.shop_id, Purchase.supplier_id == supplier_id)
    latest = stmt.where(Purchase.took.is_not(None)).order_by(Purchase.id.desc()).limit(LEARNED)
    return learning.lead(told, [days for days in scope.session.scalars(latest) if days is not None])


def notes_of(scope: Scope, products: Sequence[int]) -> dict[int, list[Note]]:
    """What the owner knows of these products' demand and has not withdrawn."""
    stmt = select(DemandNote).where(DemandNote.shop_id == scope.shop_id, DemandNote.withdrawn_at.is_(None))
    found: defaultdict[int, list[Note]] = defaultdict(list)
    for row in scope.session.scalars(stmt.where(DemandNote.product_id.in_(products)).order_by(DemandNote.id)):
        found[row.product_id].append(Note(row.first, row.last, row.percent, row.kind))
    return found


def _worths(scope: Scope, products: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    stmt = select(Worth.product_id, Worth.units, Worth.parts, Worth.each)
    here = stmt.where(Worth.shop_id == scope.shop_id, Worth.product_id.in_(products))
    return {id_: (units, parts, each) for id_, units, parts, each in scope.session.execute(here)}


def _seasons(
    scope: Scope, products: Sequence[int], year: Season, first: Mapping[int, date]
) -> dict[int, Season]:
    """The seasons of products that were asked for a whole year; the shop's is every other's."""
    since = today(scope) - timedelta(days=YEAR)
    old = [id_ for id_ in products if first.get(id_, date.max) <= since] if year else []
    if not old:
        return {}
    sold = counting.by_month(scope, old, since=since)
    return {id_: season.of_product(units, year) for id_, units in sold.items()}


def _rooms(scope: Scope, products: Sequence[int]) -> dict[int, int]:
    stmt = select(ProductRoom.product_id, ProductRoom.tenths).where(ProductRoom.shop_id == scope.shop_id)
    return dict(scope.session.execute(stmt.where(ProductRoom.product_id.in_(products))).all())
