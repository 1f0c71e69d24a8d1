"""What needs the owner's decision: counted, with since when the oldest waits, the oldest first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, literal_column, select

from base.models import Errand
from base.scope import Scope
from partners.pay import closing, disputing, proposals
from qa.causes import actions, alarms, escapes
from qa.models import Inspection
from stock.anomalies import deciding
from stock.counts import rounds
from stock.handovers import reads as handovers
from stock.models import Count, Import, Level, Order
from stock.returns import reads as returns
from tasks.automation import acting
from tasks.models import ClockPause, StageClock

RECENT = timedelta(days=7)
MOST = 1000  # of a kind that are counted; as many or more is said as so many
Asked = tuple[int, datetime | None]


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that waits for the owner: the words are `qa.decision.<code>`."""

    code: str
    count: int
    since: datetime | None


def decisions(scope: Scope) -> list[Decision]:
    """What waits for the owner, the oldest first; one statement for each kind."""
    found = [Decision(code, *ask(scope)) for code, ask in ASKED.items()]
    waiting = [one for one in found if one.count]
    return [*_keys(scope), *sorted(waiting, key=lambda one: (one.since or scope.now, one.code))]


def _keys(scope: Scope) -> Iterator[Decision]:
    """Without its keys the house neither opens nor seals: before anything else."""
    if scope.world.keys.trouble:
        yield Decision("keys_away", 1, None)


def short_orders(scope: Scope) -> Asked:
    """Orders that wait for goods, and since when the one that was promised first waits."""
    short = (Order.shop_id == scope.shop_id, Order.state == "short")
    return _some(scope, select(Order.placed_at).where(*short).order_by(Order.ship_by, Order.id))


def _dead_letters(scope: Scope) -> Asked:
    # The state as SQL text: an index of a part of the table is used only where its condition can be read.
    dead = Errand.state == literal_column("'dead'")
    here = select(Errand.created_at).where(Errand.shop_id == scope.shop_id, dead)
    return _some(scope, here.order_by(Errand.id))


def _overdue_inspections(scope: Scope) -> Asked:
    late = (Inspection.shop_id == scope.shop_id, Inspection.state == "waiting", Inspection.due_at < scope.now)
    return _some(scope, select(Inspection.due_at).where(*late).order_by(Inspection.due_at, Inspection.id))


def _goods_missing(scope: Scope) -> Asked:
    """Balances of which more is promised than is here: a count found fewer."""
    counted = and_(
        Count.shop_id == Level.shop_id,
        Count.product_id == Level.product_id,
        Count.location_id == Level.location_id,
        Count.over_reserved.is_(True),
    )
    return _row(
        scope,
        select(func.count(func.distinct(Level.id)), func.max(Count.at))
        .select_from(Level)
        .outerjoin(Count, counted)
        .where(Level.shop_id == scope.shop_id, Level.reserved > Level.on_hand),
    )


def _refused_imports(scope: Scope) -> Asked:
    refused = Import.state == literal_column("'refused'")  # as above
    here = (Import.shop_id == scope.shop_id, refused, Import.at >= scope.now - RECENT)
    return _some(scope, select(Import.at).where(*here).order_by(Import.at))


def _waits_for_owner(scope: Scope) -> Asked:
    """Clocks that stand still because the owner owes the next move."""
    return _row(
        scope,
        select(func.count(), func.min(ClockPause.from_at))
        .join(StageClock, StageClock.id == ClockPause.clock_id)
        .where(
            StageClock.shop_id == scope.shop_id,
            ClockPause.shop_id == scope.shop_id,
            StageClock.ended_at.is_(None),
            StageClock.paused_at.is_not(None),
            ClockPause.to_at.is_(None),
            ClockPause.owed_by == "owner",
        ),
    )


def _some(scope: Scope, stmt: Select[datetime]) -> Asked:
    """How many there are, to MOST and no further, and the first of them."""
    waiting = scope.session.scalars(stmt.limit(MOST)).all()
    return len(waiting), waiting[0] if waiting else None


def _row(scope: Scope, stmt: object) -> Asked:
    count, since = scope.session.execute(stmt).one()  # type: ignore[call-overload]
    return count, since


ASKED: dict[str, Callable[[Scope], Asked]] = {
    "short_orders": short_orders,
    "odd_orders": deciding.waiting,
    "returns_here": returns.waiting,
    "dead_letters": _dead_letters,
    "overdue_inspections": _overdue_inspections,
    "goods_missing": _goods_missing,
    "refused_imports": _refused_imports,
    "counts_differ": rounds.differing,
    "handovers": handovers.asked,
    "waits_for_owner": _waits_for_owner,
    "stopped_automations": acting.stopped,
    "quality_alarms": alarms.asked,
    "untied_escapes": escapes.untied,
    "overdue_actions": actions.overdue,
    "pay_questions": disputing.asked,
    "pay_proposals": proposals.asked,
    "pay_due": closing.asked,
}
