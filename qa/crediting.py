"""What a verdict says about the hand that did the work: the first word about each piece counts, once."""

from functools import partial

from sqlalchemy import or_, select

from base.rows import one
from base.scope import Scope
from partners import standings
from partners.standings import Verdict
from partners.training import accompanying
from qa.appeals.lifecycle import OVERTURNED
from qa.appeals.models import Appeal
from qa.appeals.news import AppealEnded
from qa.appeals.reads import fallen
from qa.models import Inspection
from qa.news import TaskJudged
from qa.sampling import mending
from qa.scoring import ACCEPT
from tasks.models import Task


def on_judged(scope: Scope, news: TaskJudged) -> None:
    """Counts a first verdict towards the partner's standing in that kind; later rounds count for nothing."""
    inspection = one(scope, Inspection, news.inspection_id)
    task = one(scope, Task, news.task_id)
    if inspection.round != 1 or task.holder_id is None:
        return
    verdict = Verdict(task.holder_id, task.kind, task.id, news.verdict == ACCEPT, scope.now)
    standings.count(scope, verdict, past=partial(first_verdicts, scope, task.holder_id, task.kind))
    accompanying.on_counted(scope, task.holder_id)


def first_verdicts(scope: Scope, partner_id: int, kind: str) -> list[Verdict]:
    """The first verdict about every inspected piece of a partner and kind, the earliest first."""
    rows = scope.session.execute(
        select(Task.id, or_(Inspection.verdict == ACCEPT, fallen()), Inspection.judged_at)
        .join(Inspection, (Inspection.task_id == Task.id) & (Inspection.shop_id == Task.shop_id))
        .where(Task.shop_id == scope.shop_id, Task.holder_id == partner_id, Task.kind == kind)
        .where(Inspection.round == 1, Inspection.state == "judged")
        .order_by(Inspection.judged_at, Inspection.id)
    )
    return [Verdict(partner_id, kind, task_id, bool(passed), at) for task_id, passed, at in rows if at]


def on_appeal_ended(scope: Scope, news: AppealEnded) -> None:
    """A first verdict that fell at a second look never was one: what it said of the hand is put right.

    An appeal that lapsed says nothing: nobody looked, and else appealing would lessen what is looked at.
    """
    appeal = one(scope, Appeal, news.appeal_id)
    inspection, task = one(scope, Inspection, appeal.inspection_id), one(scope, Task, appeal.task_id)
    if news.state != OVERTURNED or inspection.judged_at is None:
        return
    mending.on_fallen(scope, inspection, task)
    if inspection.round != 1:
        return
    right = Verdict(appeal.partner_id, task.kind, task.id, passed=True, at=inspection.judged_at)
    standings.mend(scope, right)
    accompanying.on_counted(scope, appeal.partner_id)
