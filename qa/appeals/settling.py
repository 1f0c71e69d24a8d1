"""What the fall of a verdict brings about: the work counts after all, or is paid beside what replaced it."""

from sqlalchemy import ColumnElement, exists, select

from base.rows import mine, one
from base.scope import Scope
from qa import accepting
from qa.appeals.lifecycle import KNOWN, WHOLE, Stand, effect
from stock.lifecycle import READY
from stock.models import Order
from tasks import dispatch, opening
from tasks.lifecycle import ACCEPTED, ENDED, OPEN, OVERTURN, REWORK, UNDONE
from tasks.models import Task


def effect_of(scope: Scope, task: Task, *, unseen: bool = False) -> str:
    """What it would bring now, a code of `lifecycle.EFFECTS`."""
    other = _replacement(scope, task)
    stand = Stand(
        state=task.state,
        replaced=other.state if other else "",
        wanted=task.order_id is None or one(scope, Order, task.order_id).state == READY,
        of_set=bool(task.set_key),
        again=_given_again(scope, task),
        unseen=unseen,
    )
    return effect(stand)


def settle(scope: Scope, task: Task, brought: str) -> None:
    """Carries it out. Raises Gone when somebody takes the work that replaced it at this very moment."""
    if brought == KNOWN:
        return
    other, was = _replacement(scope, task), task.state
    if brought == WHOLE:
        if other is not None and other.state == OPEN:
            opening.cancel(scope.as_house(), other.id)
        accepting.accept(scope, task, step=OVERTURN)
        return
    accepting.pay_for(scope, task, step=OVERTURN)
    gone = other is None or other.state in UNDONE
    if was == REWORK or (task.order_id is not None and gone):
        dispatch.reopen(scope.as_house(), task)


def _replacement(scope: Scope, task: Task) -> Task | None:
    """The work that took its place: what is under way, else what was accepted, else the latest."""
    newer = list(scope.session.scalars(mine(scope, Task).where(*_of_same(task)).order_by(Task.id.desc())))
    live = [one_ for one_ in newer if one_.state not in ENDED]
    done = [one_ for one_ in newer if one_.state == ACCEPTED]
    return next(iter([*live, *done, *newer]), None)


def _of_same(task: Task) -> tuple[ColumnElement[bool], ...]:
    later = (Task.kind == task.kind, Task.id > task.id)
    if task.order_id is not None:
        return (*later, Task.order_id == task.order_id)
    if task.product_id is None and not task.set_key:
        return (*later, Task.replaces_id == task.id)
    about = (Task.product_id == task.product_id, Task.target == task.target, Task.slot == task.slot)
    return (*later, *about, Task.set_key == task.set_key)


def _given_again(scope: Scope, task: Task) -> bool:
    """Whether the same hand holds or has given another of the answers wanted about one thing."""
    if not task.set_key or task.holder_id is None:
        return False
    same = exists().where(
        Task.shop_id == scope.shop_id,
        Task.set_key == task.set_key,
        Task.holder_id == task.holder_id,
        Task.id != task.id,
        Task.state.not_in(UNDONE),
    )
    return bool(scope.session.scalar(select(same)))
