"""Leases that are about to end, work offered and given: told in time, and no more once it is over."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from base.rows import mine
from base.scope import Scope
from security import audit
from security.models import Membership
from talk import notices
from talk.models import Notice
from talk.notices import Told
from talk.quiet import WARNED
from tasks.lifecycle import CLAIMED, OPEN
from tasks.models import Task, TaskOffer
from tasks.steps import IS_HELD

MOST = 500  # of one turn; the next one is a minute away


def warn(scope: Scope) -> int:
    """Tells the holders of leases that are about to end, once for each lease; gives how many.

    Periodic. What is over is settled first: a lease that was renewed or ended, work that was mended.
    """
    notices.settle(scope, _over(scope))
    ending = mine(scope, Task).where(_ending(scope.now)).order_by(Task.lease_until).limit(MOST)
    by_key = {_key(task): task for task in scope.session.scalars(ending)}
    told = select(Notice.key).where(Notice.shop_id == scope.shop_id, Notice.key.in_(by_key))
    for key in by_key.keys() - set(scope.session.scalars(told)):
        task = by_key[key]
        notices.give(scope, notices.readers_of(scope, [task.holder_id or 0]), Told("lease", key, task.id))
        audit.note(scope, "lease.warned", "task", task.id, fence=task.fence)
    return len(by_key)


def _key(task: Task) -> str:
    return f"lease-{task.id}-{int(task.lease_until.timestamp()) if task.lease_until else 0}"


def _ending(now: datetime) -> ColumnElement[bool]:
    """Held, and with less left than a person should know of."""
    soon = [and_(Task.state == state, Task.lease_until <= now + span) for state, span in WARNED.items()]
    return and_(IS_HELD, Task.lease_until > now, or_(*soon))


def _over(scope: Scope) -> ColumnElement[bool]:
    """A lease that does not end soon any more; what came back, was given or offered and is so no more."""
    task = select(Task.id).where(Task.shop_id == scope.shop_id, Task.id == Notice.task_id)
    theirs = task.join(Membership, Membership.account_id == Notice.account_id)
    shown = theirs.join(
        TaskOffer, and_(TaskOffer.task_id == Task.id, TaskOffer.partner_id == Membership.id)
    ).where(Task.state == OPEN, TaskOffer.declined_at.is_(None), TaskOffer.until > scope.now)
    held = theirs.where(Task.state == CLAIMED, Task.holder_id == Membership.id)
    return or_(
        and_(Notice.kind == "assigned", ~held.exists()),
        and_(Notice.kind == "offered", ~shown.exists()),
        and_(Notice.kind == "lease", ~task.where(_ending(scope.now)).exists()),
        and_(Notice.kind == "sent_back", ~task.where(Task.state == "rework").exists()),
    )
