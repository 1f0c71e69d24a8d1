"""The sheet of a task: the items it is pinned to, what is answered so far, and what may still be changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from base import prepared
from base.errors import Invalid, Refused
from base.prepared import SHOP
from base.scope import Scope, for_good, remembered
from tasks import checklist, marks
from tasks.checklist import Facts, Item
from tasks.kinds.known import kind
from tasks.lifecycle import REWORK
from tasks.models import Answer, Photo, Submission, Task

ANEW = frozenset({"check", "number", "choice", "scan"})  # an old answer, shown, would pass for a new one


class UnknownItem(Invalid):
    """The task's procedure has no such item."""

    code = "tasks.unknown_item"


class NotThisItem(Refused):
    """In rework only what the reviewer marked is to be done again."""

    code = "tasks.not_this_item"


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it stands; `value` is {"v": …}, the answer as its item's type has it."""

    item: str
    value: Mapping[str, Any]
    round: int
    version: int


def items_of(scope: Scope, task: Task) -> tuple[Item, ...]:
    """The items of the revision the task is pinned to; it is published and never changes."""
    return for_good(scope, ("items", task.sop_revision_id), lambda: checklist.parse(task.revision.items))


def item_of(scope: Scope, task: Task, key: str) -> Item:
    """The item of this key. Raises UnknownItem."""
    for item in items_of(scope, task):
        if item.key == key:
            return item
    raise UnknownItem(item=key)


def facts_of(scope: Scope, task: Task) -> Facts:
    """What is known of the task beforehand."""
    return remembered(scope, ("facts", task.id), lambda: kind(task.kind).facts(scope, task))


def facts_asked(scope: Scope, task: Task) -> Facts:
    """What is known of the task, where an item of it looks at that; nothing is read where none does."""
    looked_at = any(checklist.looks_at_facts(item) for item in items_of(scope, task))
    return facts_of(scope, task) if looked_at else Facts()


def done_so_far(scope: Scope, task: Task) -> tuple[dict[str, Given], dict[str, list[Photo]]]:
    """The task's answers and live photos, by item."""
    return answers_of(scope, task), photos_of(scope, task)


def answers_of(scope: Scope, task: Task) -> dict[str, Given]:
    """The task's answers by item, read once while it is held; whoever writes one keeps them up to date."""
    return remembered(scope, ("answers", task.id), lambda: _answers(scope, task))


def _answers(scope: Scope, task: Task) -> dict[str, Given]:
    rows = prepared.run(scope, _ANSWERS, {"task": task.id})
    return {row.item: Given(row.item, row.value, row.round, row.version) for row in rows}


def photos_of(scope: Scope, task: Task) -> dict[str, list[Photo]]:
    """The task's live photos by item, in the order they were taken."""
    photos: dict[str, list[Photo]] = {}
    for row in prepared.run(scope, _PHOTOS, {"task": task.id}):
        photos.setdefault(row.item, []).append(prepared.found(scope, Photo, row))
    return photos


_ANSWERS = select(Answer.item, Answer.value, Answer.round, Answer.version).where(
    Answer.shop_id == SHOP, Answer.task_id == bindparam("task")
)
_PHOTOS = (
    select(Photo.__table__)
    .where(Photo.shop_id == SHOP, Photo.task_id == bindparam("task"), Photo.removed_at.is_(None))
    .order_by(Photo.id)
)


def asked_anew(task: Task, item: Item, answer: Given | None) -> bool:
    """Whether what was answered before was marked and counts no more, so that the item is asked empty."""
    in_question = answer is not None and task.state == REWORK and answer.round < task.round
    return in_question and item.type in ANEW and item.key in marks.failed(task)


def check_editable(scope: Scope, task: Task, key: str) -> None:
    """Raises NotThisItem for what was handed in and not marked; what a condition asks anew is open."""
    if key in remembered(scope, ("stood", task.id, task.round), lambda: stood(scope, task)):
        raise NotThisItem(item=key)


def stood(scope: Scope, task: Task) -> set[str]:
    """The items of the last round that the reviewer let stand; none where no item was marked."""
    failed = marks.failed(task)
    if task.state != REWORK or not failed:
        return set()
    handed_in = scope.session.execute(
        select(Submission.answers, Submission.photos).where(
            Submission.shop_id == scope.shop_id,
            Submission.task_id == task.id,
            Submission.round == task.round - 1,
        )
    ).one()
    answered = {key for key, value in handed_in.answers.items() if not checklist.blank(value)}
    return (answered | set(handed_in.photos)) - failed
