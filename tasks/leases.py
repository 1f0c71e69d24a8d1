"""How long work is held: a lease that still runs is made longer, alone or with all that was taken with it."""

from datetime import datetime

from sqlalchemy import bindparam, literal_column, update
from sqlalchemy.orm.attributes import set_committed_value

from base import prepared
from base.db import Big
from base.prepared import SHOP
from base.scope import Scope
from tasks.lifecycle import CLAIMED
from tasks.models import Task
from tasks.picks import IS_HELD, TASKS


def extend(scope: Scope, task: Task, *, until: datetime) -> None:
    """Moves the end of a lease that still runs; a lease that has ended is not woken."""
    facts = {"task": task.id, "held": task.fence, "now": scope.now, "until": until}
    if prepared.run(scope, _EXTENDING, facts).rowcount == 1:
        set_committed_value(task, "lease_until", until)


_EXTENDING = (
    update(TASKS)
    .where(
        TASKS.c.shop_id == SHOP,
        TASKS.c.id == bindparam("task"),
        TASKS.c.fence == bindparam("held"),
        IS_HELD,
        TASKS.c.lease_until > bindparam("now"),
    )
    .values(lease_until=bindparam("until"))
)


def extend_together(scope: Scope, task: Task, *, until: datetime) -> None:
    """Moves the end of the one lease that the task and those taken with it have, as `extend` does."""
    facts = {"batch": task.batch_id, "to": task.holder_id, "now": scope.now, "until": until}
    if prepared.run(scope, _EXTENDING_TOGETHER, facts).rowcount > 0:
        set_committed_value(task, "lease_until", until)


_EXTENDING_TOGETHER = (
    update(TASKS)
    .where(
        TASKS.c.shop_id == SHOP,
        TASKS.c.batch_id == bindparam("batch"),
        TASKS.c.holder_id == bindparam("to", type_=Big),
        TASKS.c.state == literal_column(f"'{CLAIMED}'"),
        TASKS.c.lease_until > bindparam("now"),
    )
    .values(lease_until=bindparam("until"))
)
