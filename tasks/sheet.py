"""The sheet of a task: the items it is pinned to, what is answered so far, and what may still be changed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import bindparam, select

from base import prepared
from base.errors import Invalid, NotFound, Refused
from base.i18n import knows
from base.prepared import SHOP
from base.rows import mine
from base.scope import Scope, for_good, remembered
from tasks import checklist, marks
from tasks.checklist import Facts, Item, Missing, Problem
from tasks.kinds.kind import Kind
from tasks.kinds.known import kind
from tasks.lifecycle import REWORK
from tasks.models import Answer, Photo, Submission, Task
from tasks.own import PREFIX, Finding, Own

PHOTO = "photo"
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
    """The kind's own fields, then the items of the revision the task is pinned to, which never changes."""
    asked = for_good(scope, ("items", task.sop_revision_id), lambda: checklist.parse(task.revision.items))
    return (*fields_of(scope, task), *asked)


def fields_of(scope: Scope, task: Task) -> tuple[Item, ...]:
    """What the task's kind asks besides its procedure."""
    of = kind(scope, task.kind)
    if not of.has_fields:
        return ()
    return remembered(scope, ("fields", task.id), lambda: _fields(scope, task, of))


def _fields(scope: Scope, task: Task, of: Kind) -> tuple[Item, ...]:
    own = Own(of.typed, partial(_own_problem, of))
    fields = of.fields(scope, task)
    if wrong := [item.key for item in fields if item.type != "own" or not item.key.startswith(PREFIX)]:
        raise ValueError(f"fields of {of.name} are of type own and called {PREFIX}…: {wrong}")
    return tuple(replace(item, own=own) for item in fields)


def _own_problem(of: Kind, item: Item, value: Any, facts: Facts) -> Problem | None:
    """What the kind finds wrong, in the kind's own words where it has any."""
    found = of.check(item, value, facts)
    key = f"kinds.{of.name}.problem.{found.code}" if found else ""
    return replace(found, code=key) if found and knows(key) else found


def findings_of(scope: Scope, task: Task, answers: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What the kind's machine sees in these answers before a person does."""
    return kind(scope, task.kind).look(scope, task, answers)


def shown_of(scope: Scope, task: Task, answers: Mapping[str, Any]) -> Mapping[str, object]:
    """What the kind's own pages need besides the sheet."""
    return kind(scope, task.kind).shown(scope, task, answers)


def held_up(scope: Scope, task: Task, answers: Mapping[str, Any]) -> tuple[Missing, ...]:
    """The findings that stand in the way of handing in."""
    if not kind(scope, task.kind).looks:
        return ()
    found = (one for one in findings_of(scope, task, answers) if one.holds_up)
    return tuple(Missing(one.item, finding_key(task.kind, one), one.facts) for one in found)


def finding_key(of: str, found: Finding) -> str:
    """The key of a finding's words."""
    return f"kinds.{of}.finding.{found.code}"


def handed_in(scope: Scope, task: Task) -> Submission:
    """What was handed in last. Raises NotFound."""
    latest = mine(scope, Submission).where(Submission.task_id == task.id)
    found = scope.session.scalar(latest.order_by(Submission.round.desc()).limit(1))
    if found is None:
        raise NotFound
    return found


def item_of(scope: Scope, task: Task, key: str) -> Item:
    """The item of this key. Raises UnknownItem."""
    for item in items_of(scope, task):
        if item.key == key:
            return item
    raise UnknownItem(item=key)


def facts_of(scope: Scope, task: Task) -> Facts:
    """What is known of the task beforehand."""
    return remembered(scope, ("facts", task.id), lambda: kind(scope, task.kind).facts(scope, task))


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


def ahead(scope: Scope, task_id: int) -> None:
    """Asks for the task's answers with the next breath, see `prepared.ahead`."""
    prepared.ahead(scope, _ANSWERS, {"task": task_id})


def _answers(scope: Scope, task: Task) -> dict[str, Given]:
    rows = prepared.run(scope, _ANSWERS, {"task": task.id})
    return {row.item: Given(row.item, row.value, row.round, row.version) for row in rows}


def photos_of(scope: Scope, task: Task) -> dict[str, list[Photo]]:
    """The task's live photos by item, in the order they were taken; only where photos are asked for."""
    photos: dict[str, list[Photo]] = {}
    if not any(item.type == PHOTO for item in items_of(scope, task)):
        return photos
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
