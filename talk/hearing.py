"""What the work's news mean to people: who is told of which."""

from base.rows import one
from base.scope import Scope
from qa.models import Inspection
from qa.news import TaskJudged
from talk import notices
from talk.notices import Told
from tasks.lifecycle import REJECTED
from tasks.models import Task
from tasks.news import TaskExpired


def on_judged(scope: Scope, news: TaskJudged) -> None:
    """Whoever did it is told what they can act on: it came back, it was refused, it carries a remark."""
    remark = one(scope, Inspection, news.inspection_id).note
    kind = {"send_back": "sent_back", "reject": "rejected", "accept": "remark" if remark else ""}[
        news.verdict
    ]
    holder_id = one(scope, Task, news.task_id).holder_id
    if kind and holder_id is not None:
        _partner(scope, holder_id, Told(kind, f"{kind}-{news.inspection_id}", news.task_id))


def on_expired(scope: Scope, news: TaskExpired) -> None:
    """Work that came back and was not mended in time is refused; work that was only held is just gone on."""
    if one(scope, Task, news.task_id).state == REJECTED:
        _partner(scope, news.partner_id, Told("rejected", f"expired-{news.task_id}", news.task_id))


def _partner(scope: Scope, partner_id: int, told: Told) -> None:
    notices.give(scope, notices.readers_of(scope, [partner_id]), told)
