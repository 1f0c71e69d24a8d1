"""What a partner who leaves has in their hands: goods come back counted, work opens for others at once."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from base.errors import Invalid, NotFound, Refused
from base.rows import one
from base.scope import Scope
from partners.leaving import forgetting
from partners.lifecycle import LEFT
from partners.models import Partner
from security import audit
from security.news import MemberLeft
from security.policy import PARTNER
from stock import counting, levels, moves, shelves
from stock.handovers import reads as handovers
from stock.handovers.reads import Slip
from stock.levels import HOME, WAREHOUSE
from stock.news import StockArrived
from stock.shelves import Owed
from tasks import dispatch, steps
from tasks.lifecycle import INSPECTION, REWORK, SUBMITTED
from tasks.models import Task

NAMED = 5  # products named in a refusal


class GoodsOutstanding(Refused):
    """Goods of the shop lie at the partner's home or are on their way. Facts: n, goods (names and units)."""

    code = "leaving.goods_outstanding"


class BadUnits(Invalid):
    """What came back is between nothing and what lay there. Facts: field, most."""

    code = "leaving.bad_units"


@dataclass(frozen=True, slots=True)
class InHand:
    """What a partner has of the shop: goods at home, work that is theirs to do, work that is being judged."""

    goods: tuple[Owed, ...]
    on_way: tuple[Slip, ...]  # hand-overs that nobody has received, or that differ
    work: tuple[tuple[int, str], ...]  # task and kind
    judged: int

    @property
    def units(self) -> int:
        return sum(one.units or 0 for one in self.goods)

    @property
    def owes(self) -> bool:
        """Whether anything of the shop's is at the home, or between it and the warehouse."""
        return bool(self.goods or self.on_way)


def in_hand(scope: Scope, partner_id: int) -> InHand:
    """What a partner has; the edge has made sure that the reader may see it."""
    held = select(Task.id, Task.kind).where(
        Task.shop_id == scope.shop_id, steps.IS_HELD, Task.holder_id == partner_id
    )
    work = tuple((id_, kind) for id_, kind in scope.session.execute(held.order_by(Task.id)))
    judged = select(func.count()).where(*_judged(scope, partner_id))
    goods, on_way = shelves.at_home(scope, partner_id), handovers.live(scope, partner_id=partner_id)
    return InHand(tuple(goods), tuple(on_way), work, scope.session.scalar(judged) or 0)


def on_left(scope: Scope, news: MemberLeft) -> None:
    """Nobody is gone with goods of the shop; work in hand goes on in others. Raises GoodsOutstanding."""
    if news.role != PARTNER:
        return
    found = in_hand(scope, news.membership_id)
    if found.owes:
        named = {one_.name: one_.units or 0 for one_ in found.goods}
        for line in (line for slip in found.on_way for line in slip.lines):
            named[line.product.name] = named.get(line.product.name, 0) + line.sent
        goods = ", ".join(f"{name} {units}" for name, units in list(named.items())[:NAMED])
        raise GoodsOutstanding(n=sum(named.values()), goods=goods)
    if found.work:
        back = dispatch.take_back(scope, news.membership_id)
        audit.note(
            scope, "leaving.work_returned", subject="partner", subject_id=news.membership_id, count=back
        )


def settle_goods(scope: Scope, partner_id: int, *, came_back: Mapping[int, int], key: str) -> int:
    """Books what came back without a hand-over of the partner's, by product; the rest is counted as missing.

    A home that is counted twice is the same home. Gives the units that are missing.
    Raises NotFound, BadUnits, OutOfStock.
    """
    card = one(scope, Partner, partner_id)
    goods = {owed.product_id: owed.units or 0 for owed in shelves.at_home(scope, card.id)}
    if card.state == LEFT or not goods:
        raise NotFound
    for product_id, units in came_back.items():
        if product_id not in goods or not 0 <= units <= goods[product_id]:
            raise BadUnits(field=f"back-{product_id}", most=goods.get(product_id, 0))
    home = levels.location(scope, HOME, partner_id=card.id)
    back = {id_: units for id_, units in came_back.items() if units}
    if back:
        places = {"source": home, "target": levels.location(scope, WAREHOUSE)}
        moves.carry(scope, key=f"leaving:{key}", goods=back, reason="return_from_home", **places)
        scope.tell(StockArrived(tuple(sorted(back))))
    missing = {id_: units - came_back.get(id_, 0) for id_, units in goods.items()}
    for product_id, units in missing.items():
        if units:
            shelf = (product_id, home)
            counting.count(scope, shelf=shelf, counted=0, begun=counting.begin(scope, shelf))
    sums = {"back": sum(back.values()), "missing": sum(missing.values())}
    audit.note(scope, "leaving.goods_counted", subject="partner", subject_id=card.id, **sums)
    return sums["missing"]


def forget_due(scope: Scope) -> int:
    """Forgets who left and whom nobody needs to know any more; periodic. Gives how many.

    Work that is still being judged keeps somebody's pay open, and with it their name.
    """
    waiting = [one_ for one_ in forgetting.due(scope) if not _is_judged(scope, one_.partner_id)]
    for departure in waiting:
        forgetting.forget(scope, departure)
    return len(waiting) + forgetting.release(scope)


def _is_judged(scope: Scope, partner_id: int) -> bool:
    return scope.session.scalar(select(Task.id).where(*_judged(scope, partner_id)).limit(1)) is not None


def _judged(scope: Scope, partner_id: int) -> tuple[ColumnElement[bool], ...]:
    states = Task.state.in_([SUBMITTED, INSPECTION, REWORK])
    return (Task.shop_id == scope.shop_id, Task.holder_id == partner_id, states)
