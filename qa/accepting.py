"""Accepting, in one transaction: the task ends, its hand is paid, and its kind says what follows."""

from typing import Any

from sqlalchemy import ColumnElement, select

from base.errors import Refused
from base.scope import Scope
from partners.pay import lines
from partners.pay.lines import InHand
from qa.models import Inspection
from qa.news import TaskAccepted
from tasks import steps
from tasks.kinds.known import kind
from tasks.lifecycle import ACCEPT
from tasks.models import Submission, Task


class NothingToPay(Refused):
    """The task was never claimed at a price, so it cannot be accepted."""

    code = "qa.nothing_to_pay"


def accept(scope: Scope, task: Task, *, step: str = ACCEPT) -> None:
    """Accepts the task by a step that leads there, pays its hand as claimed, and lets its kind do the rest.

    Raises NothingToPay, and as `steps.take` and the kind's `accepted`; then nothing of it is kept.
    """
    pay_for(scope, task, step=step)
    scope.tell(TaskAccepted(task.id, task.product_id))
    kind(scope, task.kind).accepted(scope, task)


def pay_for(scope: Scope, task: Task, *, step: str) -> None:
    """Ends the task as accepted and pays its hand, and nothing else: another's work counts in its place.

    Raises NothingToPay, and as `steps.take`.
    """
    if task.holder_id is None or task.won is None:
        raise NothingToPay(task_id=task.id)
    steps.take(scope, task, step)
    lines.accrue(
        scope,
        task_id=task.id,
        partner_id=task.holder_id,
        kind=task.kind,
        won=task.won,
        in_hand=_in_hand(scope, task),
    )


def _in_hand(scope: Scope, task: Task) -> InHand | None:
    """How long the task was in hand; to mend it counts no longer than doing it did: nobody saw it begin."""
    if task.claimed_at is None or task.submitted_at is None:
        return None
    taken, handed_in = int(task.claimed_at.timestamp()), int(task.submitted_at.timestamp())
    if task.round == 1:
        return InHand(taken, handed_in)
    rounds = dict(scope.session.execute(_HANDED_IN.where(*_of(scope, Submission, task))).all())
    judged = dict(scope.session.execute(_JUDGED.where(*_of(scope, Inspection, task))).all())
    first = int(rounds[1].timestamp()) if 1 in rounds else handed_in
    back = {nth + 1: at for nth, at in judged.items() if at is not None}
    again = (int((at - back[nth]).total_seconds()) for nth, at in rounds.items() if nth in back)
    return InHand(taken, first, sum(min(max(0, seconds), first - taken) for seconds in again))


def _of(scope: Scope, table: Any, task: Task) -> tuple[ColumnElement[bool], ...]:
    return table.shop_id == scope.shop_id, table.task_id == task.id


_HANDED_IN = select(Submission.round, Submission.at)
_JUDGED = select(Inspection.round, Inspection.judged_at)
