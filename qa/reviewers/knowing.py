"""Pieces whose verdict is known, mixed into reviewers' queues: how it becomes known, and who gets which."""

from datetime import timedelta

from sqlalchemy import exists, func, or_, select, update

from base.once import once
from base.rows import changed, mine, one
from base.scope import Scope
from qa import judgement
from qa.models import Inspection
from qa.reviewers import planning, rules
from qa.reviewers.models import Known, Look
from qa.reviewers.pairs import codes_of, seen
from qa.reviewers.planning import Meant, SeedOf
from qa.reviewers.rules import DROPPED, GOLD, SECOND, Opinion, opinion
from security import audit
from security.shops import rules as rules_of_shop
from stock.lifecycle import CANCELLED
from stock.models import Order
from tasks.models import Submission, Task

SETTLED, AGREED, BY_OWNER = "settled", "agreed", "owner"
MOST = 60  # known pieces that are in use at once
TRIED = 200


def know(scope: Scope, inspection_id: int, known: Opinion, *, source: str) -> int | None:
    """Takes down what is true of a piece of past work; None where it was known already. Raises NotFound."""
    inspection = one(scope, Inspection, inspection_id)
    row = {
        "shop_id": scope.shop_id,
        "inspection_id": inspection.id,
        "verdict": known.verdict,
        "codes": {"codes": sorted(known.codes)},
        "source": source,
        "made_by": scope.actor.id,
        "made_at": scope.now,
    }
    made = once(scope.session, Known, row)
    if made is not None:
        told = known.verdict
        audit.note(scope, "look.known", subject="look", subject_id=made, first=inspection.id, verdict=told)
    return made


def retire(scope: Scope, known_id: int) -> bool:
    """Takes a known piece out of use. Raises NotFound."""
    known = one(scope, Known, known_id)
    this = (Known.shop_id == scope.shop_id, Known.id == known.id, Known.retired_at.is_(None))
    moved = changed(scope, update(Known).where(*this).values(retired_at=scope.now))
    if moved:
        audit.note(scope, "look.retired", subject="look", subject_id=known.id)
    return moved == 1


def on_looked(scope: Scope, look: Look) -> None:
    """Where two saw the same independently, defect by defect, it is known from then on."""
    if look.purpose != SECOND or in_use(scope) >= MOST:
        return
    first = one(scope, Inspection, look.first_id)
    told = opinion(first.verdict, codes_of(scope, [first.id]).get(first.id, ()))
    if seen(look) == told:
        know(scope.as_house(), first.id, told, source=AGREED)


def in_use(scope: Scope) -> int:
    """How many known pieces are in use."""
    counted = select(func.count()).where(Known.shop_id == scope.shop_id, Known.retired_at.is_(None))
    return scope.session.scalar(counted) or 0


def on_judged(scope: Scope, inspection: Inspection, *, seed_of: SeedOf) -> None:
    """Plans, now and then, that a known piece comes to who just judged: in their share, never twice."""
    percent, me = rules_of_shop(scope).gold_percent, scope.actor.id
    seed = seed_of(scope, -inspection.id)
    if not rules.drawn(rules.roll(seed, inspection.id), percent):
        return
    seen_today, judged = planning.gold_today(scope, me), planning.judged_today(scope, me)
    if not rules.within_budget(seen=seen_today, judged=judged, percent=percent):
        return
    wear_out(scope)
    offered = _fresh_for(scope)
    wanted = rules.pick(seed, offered, seen=times_seen(scope))
    if wanted is not None:
        meant = Meant(GOLD, for_id=me, known_id=wanted)
        planning.plan(scope, one(scope, Inspection, offered[wanted]), meant, seed=seed)


def _fresh_for(scope: Scope) -> dict[int, int]:
    """Known pieces, with their inspections, that the actor neither did nor judged nor was to look at."""
    me = scope.actor.id
    met = exists().where(
        Look.shop_id == scope.shop_id,
        Look.submission_id == Inspection.submission_id,
        or_(Look.reviewer_id == me, Look.for_id == me),
    )
    stmt = (
        select(Known.id, Known.inspection_id)
        .join(Inspection, Inspection.id == Known.inspection_id)
        .join(Task, Task.id == Inspection.task_id)
        .outerjoin(Order, Order.id == Task.order_id)
        .where(Known.shop_id == scope.shop_id, Known.retired_at.is_(None))
        .where(Inspection.reviewer_id != me, ~met, ~judgement.own_work(scope))
        .where(or_(Order.id.is_(None), Order.state != CANCELLED))
        .order_by(Known.id)
        .limit(TRIED)
    )
    return {id_: value for id_, value in scope.session.execute(stmt)}  # noqa: C416 (rows are no pairs)


def times_seen(scope: Scope) -> dict[int, int]:
    """How many reviewers met each known piece that is in use."""
    rows = scope.session.execute(
        select(Look.known_id, func.count())
        .join(Known, Known.id == Look.known_id)
        .where(Look.shop_id == scope.shop_id, Look.state != DROPPED, Known.retired_at.is_(None))
        .group_by(Look.known_id)
    )
    return {id_: n for id_, n in rows if id_ is not None}


def wear_out(scope: Scope) -> int:
    """Retires what many have seen, and what is so old that its number tells; gives how many."""
    house = scope.as_house()
    many = [id_ for id_, n in times_seen(scope).items() if n >= rules.WORN_OUT]
    old = (
        select(Known.id)
        .join(Inspection, Inspection.id == Known.inspection_id)
        .join(Submission, Submission.id == Inspection.submission_id)
        .where(Known.shop_id == scope.shop_id, Known.retired_at.is_(None))
        .where(Submission.at < scope.now - timedelta(days=rules.TOO_OLD))
    )
    return sum(retire(house, id_) for id_ in sorted({*many, *scope.session.scalars(old)}))


def every(scope: Scope) -> list[Known]:
    """The known pieces, those in use first, then the latest."""
    stmt = mine(scope, Known).order_by(Known.retired_at.is_not(None), Known.id.desc())
    return list(scope.session.scalars(stmt.limit(MOST)))
