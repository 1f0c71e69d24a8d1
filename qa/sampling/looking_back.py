"""What stands behind a submission, and the plan it falls under: read by one statement at every hand-in."""

from typing import Any

from sqlalchemy import Float, and_, bindparam, case, cast, exists, func, or_, select, true

from base import prepared
from base.db import Big
from base.prepared import SHOP
from base.scope import Scope
from partners import standings
from partners.lifecycle import PILOT
from partners.models import Partner
from partners.standing import GATES, NEW
from qa.sampling import recent, tracks
from qa.sampling.draws import RECENT, Past, Plan
from qa.sampling.models import SamplingPlan, SamplingState, Watch
from qa.sampling.plans import COLUMNS, WHOLE_SHOP, of
from qa.sampling.tracks import Track
from security.shops import Rules, rules
from stock.models import Order, OrderLine
from tasks import practice
from tasks.models import Task
from tasks.news import TaskSubmitted

OF = 10_000
LOOKED_BACK = 200  # of a hand's latest tasks, to see whether it knows the work


def past(scope: Scope, task: Task, news: TaskSubmitted) -> tuple[Plan, Past, int | None]:
    """The plan in force, its row's id if it has one, and what this hand handed in before.

    Bounded, whatever the hand's history. What is mended is inspected whatever the plan, so nothing is read.
    """
    ruled = rules(scope)
    if news.round > 1:
        return of(ruled, None), Past(news.round, 0, 0), None
    asked = {
        "task": task.id,
        "hand": task.holder_id,
        "back": max(LOOKED_BACK, 2 * ruled.newcomer_n),
        "kind_asked": task.kind,
        "revision": task.sop_revision_id,
        "order_asked": task.order_id,
        "product_asked": task.product_id,
        "now": scope.now,
    }
    row = prepared.run(scope, _LATEST, asked).one()
    plan = _plan(ruled, row)
    return plan, _past(row, plan, news.round), row.plan_id


def _plan(ruled: Rules, row: Any) -> Plan:
    return of(ruled, row if row.plan_id is not None else None)


def _past(row: Any, plan: Plan, round_: int) -> Past:
    track = tracks.under(Track(row.terms or "", row.phase or "", turn=row.turn or 0), plan)
    return Past(
        round_,
        row.of_kind,
        row.clean or 0,
        phase=track.phase,
        turn=track.turn,
        hits=row.hits or 0,
        n=row.n or 0,
        rejected=bool(row.rejected),
        level=(row.level or 0) / OF,
        won=int(row.won or 0),
        watched=bool(row.watched),
        below=GATES[row.band or NEW].inspect_all,
        pilot=row.card == PILOT,
    )


_BEFORE = (
    select(Task.kind, Task.submitted_at)
    .where(Task.shop_id == SHOP, Task.holder_id == bindparam("hand"), Task.id != bindparam("task"))
    .order_by(Task.id.desc())
    .limit(bindparam("back"))
    .subquery()
)
_HANDED_IN = _BEFORE.c.submitted_at.is_not(None)
_KNOWN = select(
    func.count().filter(_HANDED_IN, _BEFORE.c.kind == bindparam("kind_asked")).label("of_kind"),
    practice.clean_pieces().label("clean"),
).subquery("known")
_PLAN = (
    select(SamplingPlan.id, *(getattr(SamplingPlan, name) for name in COLUMNS))
    .where(SamplingPlan.shop_id == SHOP, SamplingPlan.kind.in_((bindparam("kind_asked"), WHOLE_SHOP)))
    .order_by(SamplingPlan.kind.desc(), SamplingPlan.number.desc())
    .limit(1)
    .subquery("plan")
)
_STATE = (
    select(
        SamplingState.terms,
        SamplingState.phase,
        SamplingState.turn,
        SamplingState.hits,
        SamplingState.n,
        SamplingState.rejected,
    )
    .where(
        SamplingState.shop_id == SHOP,
        SamplingState.kind == bindparam("kind_asked"),
        SamplingState.partner_id == bindparam("hand"),
    )
    .subquery("state")
)
#: The shop's level of wrong pieces, of ten thousand, as recent.level has it.
_AVERAGE = func.avg((cast(SamplingState.hits, Float) + 0.5) / (SamplingState.n + 2))
_LONE = and_(func.count() < recent.HANDS, _AVERAGE > recent.BEARABLE)
_SEEN = func.coalesce(case((_LONE, recent.BEARABLE), else_=_AVERAGE), recent.BEARABLE)
_LEVEL = (
    select(cast(func.round(_SEEN * OF), Big))
    .where(
        SamplingState.shop_id == SHOP,
        SamplingState.kind == bindparam("kind_asked"),
        SamplingState.n >= recent.ENOUGH,
    )
    .scalar_subquery()
)
_WORTH = (
    select(cast(func.sum(OrderLine.price * (OrderLine.quantity - OrderLine.cancelled)), Big))
    .where(OrderLine.shop_id == SHOP, OrderLine.order_id == bindparam("order_asked", type_=Big))
    .scalar_subquery()
)
_ITS_GOODS = select(OrderLine.product_id).where(
    OrderLine.shop_id == SHOP, OrderLine.order_id == bindparam("order_asked", type_=Big)
)
_ITS_CUSTOMER = select(Order.customer).where(
    Order.shop_id == SHOP, Order.id == bindparam("order_asked", type_=Big)
)
_WATCHED = exists().where(
    Watch.shop_id == SHOP,
    Watch.until > bindparam("now"),
    or_(
        Watch.product_id == bindparam("product_asked", type_=Big),
        Watch.product_id.in_(_ITS_GOODS),
        and_(Watch.customer != "", Watch.customer.in_(_ITS_CUSTOMER)),
    ),
)
_CARD = (
    select(Partner.state)
    .where(Partner.shop_id == SHOP, Partner.id == bindparam("hand", type_=Big))
    .scalar_subquery()
)
_LATEST = (
    select(
        _KNOWN.c.of_kind,
        _KNOWN.c.clean,
        _PLAN.c.id.label("plan_id"),
        *(_PLAN.c[name] for name in COLUMNS),
        *(_STATE.c[name] for name in ("terms", "phase", "turn", "hits", "n", "rejected")),
        case((_PLAN.c.method == RECENT, _LEVEL), else_=0).label("level"),
        case((_PLAN.c.over_won > 0, _WORTH), else_=0).label("won"),
        _WATCHED.label("watched"),
        standings.band_of().label("band"),
        _CARD.label("card"),
    )
    .select_from(_KNOWN)
    .outerjoin(_PLAN, true())
    .outerjoin(_STATE, true())
)
