"""The sheet of a task: the items it is pinned to, what is answered so far, and what may still be changed."""

from sqlalchemy import select

from base.errors import Invalid, Refused
from base.rows import mine
from base.scope import Scope
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


def items_of(task: Task) -> tuple[Item, ...]:
    """The items of the revision the task is pinned to."""
    return checklist.parse(task.revision.items)


def item_of(task: Task, key: str) -> Item:
    """The item of this key. Raises UnknownItem."""
    for item in items_of(task):
        if item.key == key:
            return item
    raise UnknownItem(item=key)


def facts_of(scope: Scope, task: Task) -> Facts:
    """What is known of the task beforehand."""
    return kind(task.kind).facts(scope, task)


def done_so_far(scope: Scope, task: Task) -> tuple[dict[str, Answer], dict[str, list[Photo]]]:
    """The task's answers and live photos, by item."""
    answers = scope.session.scalars(mine(scope, Answer).where(Answer.task_id == task.id))
    live = mine(scope, Photo).where(Photo.task_id == task.id, Photo.removed_at.is_(None))
    photos: dict[str, list[Photo]] = {}
    for photo in scope.session.scalars(live.order_by(Photo.id)):
        photos.setdefault(photo.item, []).append(photo)
    return {answer.item: answer for answer in answers}, photos


def asked_anew(task: Task, item: Item, answer: Answer | None) -> bool:
    """Whether what was answered before was marked and counts no more, so that the item is asked empty."""
    in_question = answer is not None and task.state == REWORK and answer.round < task.round
    return in_question and item.type in ANEW and item.key in marks.failed(task)


def check_editable(scope: Scope, task: Task, key: str) -> None:
    """Raises NotThisItem for what was handed in and not marked; what a condition asks anew is open."""
    if key in stood(scope, task):
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
