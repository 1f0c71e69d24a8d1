"""A parcel in a made-up partner's hands: what a task asks, read once so that the play goes on without it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import case, exists, func, select

from base.rows import mine
from base.scope import Scope
from qa.appeals.lifecycle import OPENED
from qa.appeals.models import Appeal
from qa.rehearsal.slips import Slip, possible
from tasks import checklist, marks, sheet
from tasks.checklist import Facts, Item
from tasks.lifecycle import REWORK
from tasks.models import Task
from tasks.opening import PACKING
from tasks.steps import IS_HELD, IS_OPEN


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one hold of a task asks for, and what stands there already (versions and photo ids by item)."""

    task_id: int
    fence: int
    round: int
    items: tuple[Item, ...]
    facts: Facts
    failed: frozenset[str]
    versions: Mapping[str, int]
    photos: Mapping[str, tuple[int, ...]]
    slips: tuple[Slip, ...]


def in_hand(scope: Scope) -> Parcel | None:
    """What the partner has in hand: what was sent back first, then what ends soonest.

    What they appeal about lies there until the second look.
    """
    back = case((Task.state == REWORK, 0), else_=1)
    held = mine(scope, Task).where(Task.holder_id == scope.actor.partner_id, IS_HELD)
    asked = exists().where(Appeal.task_id == Task.id, Appeal.state == OPENED)
    task = scope.session.scalar(
        held.where(Task.lease_until > scope.now, ~asked).order_by(back, Task.lease_until).limit(1)
    )
    return parcel(scope, task) if task is not None else None


def offered(scope: Scope) -> bool:
    """Whether anything waits that the partner has not let go before."""
    left = func.coalesce(Task.left_by_id, 0) == scope.actor.partner_id
    waiting = select(Task.id).where(Task.shop_id == scope.shop_id, Task.kind == PACKING, IS_OPEN, ~left)
    return scope.session.scalar(waiting.limit(1)) is not None


def parcel(scope: Scope, task: Task) -> Parcel:
    """What a task that was just taken or sent back asks."""
    facts, (done, photos) = sheet.facts_of(scope, task), sheet.done_so_far(scope, task)
    answers = {key: answer.value["v"] for key, answer in done.items()}
    asked = checklist.visible(sheet.items_of(scope, task), answers, facts)
    return Parcel(
        task_id=task.id,
        fence=task.fence,
        round=task.round,
        items=asked,
        facts=facts,
        failed=frozenset(marks.failed(task)) if task.state == REWORK else frozenset(),
        versions={key: answer.version for key, answer in done.items()},
        photos={key: tuple(photo.id for photo in taken) for key, taken in photos.items()},
        slips=tuple(possible(task.revision.rubric["criteria"], {item.key for item in asked})),
    )
