"""Work that left a partner's hands unfinished: kept for its author, given back with the task."""

from typing import Any

from sqlalchemy import delete, insert, update

from base.rows import mine
from base.scope import Scope, forget
from tasks.models import Answer, LateDraft, Photo, Task


def put_away(scope: Scope, task: Task) -> None:
    """Takes a task's unfinished answers and photos off it, so that the next hand starts clean."""
    if task.round > 1 or task.holder_id is None:
        return  # what was handed in before stays with the task
    forget(scope, ("answers", task.id))
    answers = {answer.item: answer.value["v"] for answer in _answers(scope, task.id)}
    photos = scope.session.scalars(
        update(Photo)
        .where(Photo.shop_id == scope.shop_id, Photo.task_id == task.id, Photo.removed_at.is_(None))
        .values(removed_at=scope.now)
        .returning(Photo.id)
    ).all()
    if not answers and not photos:
        return
    draft = _of_hold(scope, task.id, task.holder_id, task.fence)
    draft.answers = answers | draft.answers  # what came after the lease had ended is newer
    draft.at = scope.now  # the photos' removal names this instant: so `restore` knows them
    scope.session.execute(delete(Answer).where(Answer.shop_id == scope.shop_id, Answer.task_id == task.id))


def keep_late(scope: Scope, task: Task, *, item: str, value: Any) -> None:
    """Keeps what the actor sent after the lease had ended: theirs again with the task, not counted."""
    partner_id = scope.actor.partner_id or 0
    last = _latest(scope, task.id, partner_id)
    fence = task.fence if task.holder_id == partner_id or last is None else last.fence
    draft = _of_hold(scope, task.id, partner_id, fence)
    draft.answers = draft.answers | {item: value}


def restore(scope: Scope, task: Task) -> None:
    """Puts the holder's own kept draft back onto the task they have just taken again."""
    draft = _latest(scope, task.id, task.holder_id or 0)
    if draft is None:
        return
    forget(scope, ("answers", task.id))
    rows = [
        {"shop_id": scope.shop_id, "task_id": task.id, "item": item, "value": {"v": value}}
        | {"round": task.round, "version": 1, "by": scope.actor.id, "at": scope.now}
        for item, value in draft.answers.items()
    ]
    if rows:
        scope.session.execute(insert(Answer), rows)
    scope.session.execute(
        update(Photo)
        .where(
            Photo.shop_id == scope.shop_id,
            Photo.task_id == task.id,
            Photo.by == scope.actor.id,
            Photo.removed_at == draft.at,
        )
        .values(removed_at=None)
    )
    scope.session.delete(draft)


def _of_hold(scope: Scope, task_id: int, partner_id: int, fence: int) -> LateDraft:
    """The one draft of a hold, made where there is none yet."""
    last = _latest(scope, task_id, partner_id)
    if last is not None and last.fence == fence:
        return last
    made = LateDraft(
        shop_id=scope.shop_id,
        task_id=task_id,
        partner_id=partner_id,
        fence=fence,
        answers={},
        at=scope.now,
    )
    scope.session.add(made)
    return made


def _latest(scope: Scope, task_id: int, partner_id: int) -> LateDraft | None:
    return scope.session.scalar(
        mine(scope, LateDraft)
        .where(LateDraft.partner_id == partner_id, LateDraft.task_id == task_id)
        .order_by(LateDraft.id.desc())
        .limit(1)
    )


def _answers(scope: Scope, task_id: int) -> list[Answer]:
    return list(scope.session.scalars(mine(scope, Answer).where(Answer.task_id == task_id)))
