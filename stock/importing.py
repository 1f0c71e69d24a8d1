"""A whole order file in one transaction: products, orders, fees, corrections, cancellations, then filling."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from base.scope import Scope
from stock import correcting, goods, placing, recipients, takebacks
from stock.anomalies import screening
from stock.batches import batches
from stock.correcting import Corrected
from stock.cuts import Cut
from stock.drafts import Fee, Intake
from stock.models import Fee as FeeRow
from stock.news import OrdersCancelled, OrdersReduced
from stock.placing import Placed, Prepared
from stock.source import Source
from stock.takebacks import TakenBack


@dataclass(frozen=True, slots=True)
class Work:
    """A file understood and prepared: everything slow is done."""

    intake: Intake
    orders: Sequence[Prepared]
    customers: Mapping[str, str]  # the tokens of those who took something back, by their ids in the channel


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything an import did; `fees` are those that no earlier file held."""

    orders: Mapping[int, Prepared]  # the new ones by id
    placed: Placed
    new_products: int
    fees: Sequence[Fee]
    corrected: Sequence[Corrected]
    taken_back: TakenBack


def prepared(scope: Scope, intake: Intake) -> Work:
    """Seals recipients, makes promises, blinds customers; a reading scope will do. Raises KeysUnavailable."""
    named = {each.customer for each in intake.cancellations if each.customer}
    tokens = {name: recipients.customer_token(scope, channel=intake.channel, customer=name) for name in named}
    return Work(intake, placing.prepared(scope, intake.orders), tokens)


def carry_out(scope: Scope, work: Work, *, import_id: int) -> Outcome:
    """Writes the whole file; called in one transaction, so that all of it stands or nothing."""
    intake = work.intake
    products, new = goods.ensure(scope, intake.goods)
    written = placing.write(scope, work.orders, products=products, import_id=import_id)
    source = Source(intake.channel, import_id, products)
    fees = _charge(scope, intake.fees, source)
    corrected = correcting.correct(scope, intake.corrections, source)
    taken_back = takebacks.take_back(scope, takebacks.by_token(intake.cancellations, work.customers), source)
    gone = set(taken_back.cut.cancelled)
    alive = {id_: order for id_, order in written.items() if id_ not in gone}
    held = screening.hold(scope, alive, products=products, new=new)
    placed = _settle(scope, work, written, products=products, cut=taken_back.cut, held=held)
    return Outcome(written, placed, len(new), fees, corrected, taken_back)


def _charge(scope: Scope, fees: Sequence[Fee], source: Source) -> list[Fee]:
    """Writes the fees that are on no order, once however many files hold them."""
    known: set[str] = set()
    for some in batches([fee.key for fee in fees]):
        here = (FeeRow.shop_id == scope.shop_id, FeeRow.channel == source.channel, FeeRow.key.in_(some))
        known |= set(scope.session.scalars(select(FeeRow.key).where(*here)))
    fresh = [fee for fee in fees if fee.key not in known]
    rows = [
        placing.fee_row(scope, fee, channel=source.channel, order_id=None, import_id=source.import_id)
        for fee in fresh
    ]
    if rows:
        scope.session.connection().execute(insert(FeeRow), rows)
    return fresh


def _settle(
    scope: Scope,
    work: Work,
    written: Collection[int],
    *,
    products: Mapping[str, int],
    cut: Cut,
    held: Sequence[int],
) -> Placed:
    """Fills what can be filled, now that all is written, and tells what became of earlier orders.

    An order that its own file takes back whole was never anybody's work: nobody is told of it.
    """
    new, gone = set(written), set(cut.cancelled)
    alive = [id_ for id_ in written if id_ not in gone]
    if earlier := tuple(sorted(gone - new)):
        scope.tell(OrdersCancelled(earlier))
    if smaller := tuple(id_ for id_ in cut.reduced if id_ not in new):
        scope.tell(OrdersReduced(smaller))
    known = len(work.orders) - len(written)
    return placing.settle(scope, alive, products=sorted(products.values()), known=known, held=held)
