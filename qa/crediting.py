"""What a verdict says about the hand that did the work: the first word about each piece counts, once."""

from functools import partial

from sqlalchemy import select

from base.rows import one
from base.scope import Scope
from partners import standings
from partners.standings import Verdict
from qa.models import Inspection
from qa.news import TaskJudged
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


def first_verdicts(scope: Scope, partner_id: int, kind: str) -> list[Verdict]:
    """The first verdict about every inspected piece of a partner and kind, the earliest first."""
    rows = scope.session.execute(
        select(Task.id, Inspection.verdict, Inspection.judged_at)
        .join(Inspection, (Inspection.task_id == Task.id) & (Inspection.shop_id == Task.shop_id))
        .where(Task.shop_id == scope.shop_id, Task.holder_id == partner_id, Task.kind == kind)
        .where(Inspection.round == 1, Inspection.state == "judged")
        .order_by(Inspection.judged_at, Inspection.id)
    )
    return [Verdict(partner_id, kind, task_id, said == ACCEPT, at) for task_id, said, at in rows if at]
