"""Doing a task: answers save themselves, photos are attached, the whole is handed in."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from base.errors import Invalid, NotFound, Refused, Stale
from base.rows import changed, mine, one
from base.scope import Scope
from tasks import checklist, dispatch, drafts, marks, steps
from tasks.checklist import Facts, Item, Missing, Problem
from tasks.evidence import attach, remove_photo
from tasks.holding import HandedIn, LeaseEnded, ever_held, held
from tasks.items import decimal_of
from tasks.lifecycle import REWORK, SUBMIT
from tasks.models import Answer, Photo, Submission, Task
from tasks.news import TaskSubmitted
from tasks.recipients import recipient
from tasks.sheet import NotThisItem, UnknownItem, check_editable, done_so_far, facts_of, item_of, items_of

__all__ = [
    "BadAnswer",
    "HandedIn",
    "LeaseEnded",
    "NotThisItem",
    "Saved",
    "StaleAnswer",
    "Unfinished",
    "UnknownItem",
    "answer",
    "attach",
    "keep_late",
    "missing",
    "recipient",
    "remove_photo",
    "submit",
]

NOTHING = Facts()


class BadAnswer(Invalid):
    """The answer cannot stand. Facts: item, problem (a code) and the problem's own."""

    code = "tasks.bad_answer"


class StaleAnswer(Stale):
    """Another tab or phone answered this item first. Facts: item, value and version as they are now."""

    code = "tasks.stale_answer"


class Unfinished(Refused):
    """Something is still to be done. Facts: missing, a list of {item, code, facts}; n, how many."""

    code = "tasks.unfinished"
    status = 422


@dataclass(frozen=True, slots=True)
class Saved:
    """An answer as it stands now, what is still wrong with it, and how long the task is held."""

    version: int
    problem: Problem | None
    lease_until: datetime | None


def answer(scope: Scope, task_id: int, *, item: str, value: Any, version: int) -> Saved:
    """Saves one answer if nobody answered since the version seen (0: none yet); the lease is renewed.

    Raises NotFound, LeaseEnded, HandedIn, UnknownItem, NotThisItem, BadAnswer, StaleAnswer.
    """
    task = held(scope, task_id)
    asked = item_of(task, item)
    check_editable(scope, task, item)
    problem = _check(scope, task, asked, value)
    kept = _save(scope, task, item, value=canonical(asked, value), version=version)
    dispatch.renew(scope, task)
    return Saved(kept, problem, task.lease_until)


def keep_late(scope: Scope, task_id: int, *, item: str, value: Any) -> None:
    """Keeps an answer that came after the lease had ended. Raises NotFound, UnknownItem, BadAnswer."""
    task = one(scope, Task, task_id)
    if not ever_held(scope, task):
        raise NotFound
    asked = item_of(task, item)
    _check(scope, task, asked, value)
    drafts.keep_late(scope, task, item=item, value=canonical(asked, value))


def submit(scope: Scope, task_id: int, *, fence: int) -> Submission:
    """Hands the work in; handing in the same hold again gives what was handed in.

    Raises NotFound, LeaseEnded, HandedIn, Unfinished.
    """
    try:
        task = held(scope, task_id)
    except HandedIn:
        return _handed_in(scope, task_id, fence)
    if task.fence != fence:
        raise LeaseEnded(task_id=task.id, next_id=None)
    done, photos = done_so_far(scope, task)
    lacking = missing(task, facts_of(scope, task), done, photos)
    if lacking:
        raise Unfinished(missing=[asdict(one) for one in lacking], n=len(lacking))
    made = Submission(
        shop_id=scope.shop_id,
        task_id=task.id,
        round=task.round,
        partner_id=task.holder_id,
        fence=task.fence,
        answers={key: answer.value["v"] for key, answer in done.items()},
        photos={key: [photo.id for photo in taken] for key, taken in photos.items()},
        at=scope.now,
    )
    scope.session.add(made)
    steps.take(scope, task, SUBMIT, fence=fence)
    scope.session.flush()
    scope.tell(TaskSubmitted(task.id, made.id, made.round))
    return made


def missing(
    task: Task, facts: Facts, done: Mapping[str, Answer], photos: Mapping[str, list[Photo]]
) -> tuple[Missing, ...]:
    """What stands between the work and handing it in; in rework also what was marked and not done again."""
    answers = {key: answer.value["v"] for key, answer in done.items()}
    counts = {key: len(taken) for key, taken in photos.items()}
    lacking = checklist.missing(items_of(task), answers, counts, facts)
    if task.state != REWORK:
        return lacking
    asked = [item.key for item in checklist.visible(items_of(task), answers, facts)]
    touched = {key for key, answer in done.items() if answer.round == task.round}
    touched |= {key for key, taken in photos.items() if any(photo.round == task.round for photo in taken)}
    named = touched | {one.item for one in lacking}
    return lacking + tuple(
        Missing(key, "not_redone") for key in asked if key in marks.failed(task) and key not in named
    )


def canonical(item: Item, value: Any) -> Any:
    """The answer as it is stored: numbers as plain decimals, codes without blanks, nothing as None."""
    if checklist.blank(value) and item.type != "check":
        return None
    if item.type == "number":
        return f"{decimal_of(value):f}"
    if item.type == "scan":
        return [code.strip() for code in value if code.strip()]
    return value.strip() if item.type == "text" else value


def _check(scope: Scope, task: Task, item: Item, value: Any) -> Problem | None:
    """What is wrong with the answer; facts are read only for items that look at them."""
    if checklist.blank(value) and item.type != "check":
        return None
    facts = facts_of(scope, task) if item.type == "scan" or item.target else NOTHING
    problem = checklist.check(item, value, facts)
    if problem and not problem.stands:
        raise BadAnswer(item=item.key, field=item.key, problem=problem.code, **problem.facts)
    return problem


def _save(scope: Scope, task: Task, item: str, *, value: Any, version: int) -> int:
    now = {"value": {"v": value}, "round": task.round, "by": scope.actor.id, "at": scope.now}
    row = scope.session.scalar(mine(scope, Answer).where(Answer.task_id == task.id, Answer.item == item))
    if row is None and version == 0:
        scope.session.add(Answer(shop_id=scope.shop_id, task_id=task.id, item=item, version=1, **now))
        scope.session.flush()
        return 1
    if row is None:
        raise StaleAnswer(item=item, value=None, version=0)
    if row.version != version and (row.value["v"], row.round) == (value, task.round):
        return row.version  # the same answer twice, as a phone sends it that heard no reply
    stmt = (
        update(Answer)
        .where(Answer.shop_id == scope.shop_id, Answer.id == row.id, Answer.version == version)
        .values(version=version + 1, **now)
    )
    if changed(scope, stmt) != 1:
        raise StaleAnswer(item=item, value=row.value["v"], version=row.version)
    return version + 1


def _handed_in(scope: Scope, task_id: int, fence: int) -> Submission:
    made = scope.session.scalar(
        mine(scope, Submission)
        .where(
            Submission.task_id == task_id,
            Submission.partner_id == scope.actor.partner_id,
            Submission.fence == fence,
        )
        .order_by(Submission.round.desc())
        .limit(1)
    )
    if made is None:
        raise HandedIn
    return made
