"""What needs the owner's decision: counted, with since when the oldest waits, the oldest first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, literal_column, select

from base.models import Errand
from base.scope import Scope
from qa.models import Inspection
from stock.models import Count, Import, Level, Order
from tasks.models import ClockPause, StageClock

RECENT = timedelta(days=7)
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


def _short_orders(scope: Scope) -> Asked:
    short = (Order.shop_id == scope.shop_id, Order.state == "short")
    first = select(Order.placed_at).where(*short).order_by(Order.ship_by, Order.id).limit(1)
    return _row(scope, select(func.count(), first.scalar_subquery()).where(*short))


def _dead_letters(scope: Scope) -> Asked:
    # The state as SQL text: an index of a part of the table is used only where its condition can be read.
    dead = Errand.state == literal_column("'dead'")
    return _row(
        scope, select(func.count(), func.min(Errand.created_at)).where(Errand.shop_id == scope.shop_id, dead)
    )


def _overdue_inspections(scope: Scope) -> Asked:
    return _row(
        scope,
        select(func.count(), func.min(Inspection.due_at)).where(
            Inspection.shop_id == scope.shop_id,
            Inspection.state == "waiting",
            Inspection.due_at < scope.now,
        ),
    )


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
    return _row(
        scope,
        select(func.count(), func.min(Import.at)).where(
            Import.shop_id == scope.shop_id, Import.state == "refused", Import.at >= scope.now - RECENT
        ),
    )


def _waits_for_owner(scope: Scope) -> Asked:
    """Clocks that stand still because the owner owes the next move."""
    return _row(
        scope,
        select(func.count(), func.min(ClockPause.from_at))
        .join(StageClock, StageClock.id == ClockPause.clock_id)
        .where(
            StageClock.shop_id == scope.shop_id,
            StageClock.ended_at.is_(None),
            StageClock.paused_at.is_not(None),
            ClockPause.to_at.is_(None),
            ClockPause.owed_by == "owner",
        ),
    )


def _row(scope: Scope, stmt: object) -> Asked:
    count, since = scope.session.execute(stmt).one()  # type: ignore[call-overload]
    return count, since


ASKED: dict[str, Callable[[Scope], Asked]] = {
    "short_orders": _short_orders,
    "dead_letters": _dead_letters,
    "overdue_inspections": _overdue_inspections,
    "goods_missing": _goods_missing,
    "refused_imports": _refused_imports,
    "waits_for_owner": _waits_for_owner,
}
