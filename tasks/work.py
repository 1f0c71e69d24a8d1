"""Doing a task: answers save themselves, photos are attached, the whole is handed in."""

from collections.abc import Mapping
from dataclasses import asdict

from base import prepared
from base.errors import Refused
from base.rows import mine
from base.scope import Scope
from tasks import checklist, holding, marks, running, sheet, steps
from tasks.answering import BadAnswer, Saved, StaleAnswer, answer, answer_all, keep_late
from tasks.checklist import Facts, Missing
from tasks.evidence import attach, remove_photo
from tasks.holding import HandedIn, LeaseEnded, held
from tasks.lifecycle import REWORK, SUBMIT
from tasks.models import Photo, Submission, Task
from tasks.news import TaskSubmitted
from tasks.recipients import recipient
from tasks.sheet import (
    Given,
    NotThisItem,
    UnknownItem,
    done_so_far,
    facts_asked,
    held_up,
    items_of,
)
from tasks.suggestions import noting

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
    "answer_all",
    "attach",
    "keep_late",
    "missing",
    "recipient",
    "remove_photo",
    "submit",
]


class Unfinished(Refused):
    """Something is still to be done. Facts: missing, a list of {item, code, facts}; n, how many."""

    code = "tasks.unfinished"
    status = 422


def ahead(scope: Scope, task_id: int) -> None:
    """Asks in one breath for all that handing in looks at; first for the task, which its row then locks."""
    for ask in (holding.ahead, sheet.ahead, running.ahead):
        ask(scope, task_id)
    prepared.number_ahead(scope, Submission)


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
    lacking = missing(scope, task, facts_asked(scope, task), done, photos)
    if lacking:
        raise Unfinished(missing=[asdict(one) for one in lacking], n=len(lacking))
    made = _submission(scope, task, done, photos)
    noting.note(scope, task, made.answers)
    steps.take(scope, task, SUBMIT, fence=fence)
    scope.tell(TaskSubmitted(task.id, made.id, made.round))
    return made


def _submission(
    scope: Scope, task: Task, done: Mapping[str, Given], photos: Mapping[str, list[Photo]]
) -> Submission:
    """Freezes what is handed in; the object is a copy of the row, which nobody changes."""
    row = {
        "task_id": task.id,
        "round": task.round,
        "partner_id": task.holder_id,
        "fence": task.fence,
        "answers": {key: answer.value["v"] for key, answer in done.items()},
        "photos": {key: [photo.id for photo in taken] for key, taken in photos.items()},
        "at": scope.now,
    }
    return Submission(id=prepared.put_one(scope, Submission, row), shop_id=scope.shop_id, **row)


def missing(
    scope: Scope, task: Task, facts: Facts, done: Mapping[str, Given], photos: Mapping[str, list[Photo]]
) -> tuple[Missing, ...]:
    """What stands between the work and handing it in; in rework also what was marked and not done again."""
    answers = {key: answer.value["v"] for key, answer in done.items()}
    counts = {key: len(taken) for key, taken in photos.items()}
    items = items_of(scope, task)
    lacking = checklist.missing(items, answers, counts, facts)
    lacking += tuple(one for one in held_up(scope, task, answers) if one not in lacking)
    if task.state != REWORK:
        return lacking
    asked = [item.key for item in checklist.visible(items, answers, facts)]
    touched = {key for key, answer in done.items() if answer.round == task.round}
    touched |= {key for key, taken in photos.items() if any(photo.round == task.round for photo in taken)}
    named = touched | {one.item for one in lacking}
    return lacking + tuple(
        Missing(key, "not_redone") for key in asked if key in marks.failed(task) and key not in named
    )


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
