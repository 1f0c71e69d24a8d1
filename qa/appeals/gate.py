"""The gate of appeals: opened once for a verdict, moved by the table, and journalled. Sole writer of both."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm.attributes import set_committed_value

from base.errors import Refused
from base.once import once
from base.rows import changed, one
from base.scope import Scope
from qa.appeals.lifecycle import OPENED, after
from qa.appeals.models import Appeal
from qa.models import Inspection
from security import audit


class AppealedAlready(Refused):
    """There is one appeal against a verdict, and there was one."""

    code = "appeals.appealed_already"


class AppealOver(Refused):
    """The appeal has ended. Facts: state."""

    code = "appeals.over"


@dataclass(frozen=True, slots=True)
class Filed:
    """What a partner files: her sealed words under their own id, the photos she points at, and the times."""

    uid: str
    words: bytes
    photos: tuple[int, ...]
    judge_by: datetime
    paused: bool


def open_(scope: Scope, inspection: Inspection, *, partner_id: int, filed: Filed) -> Appeal:
    """Opens the appeal against a verdict. Raises AppealedAlready."""
    row = {
        "shop_id": scope.shop_id,
        "uid": filed.uid,
        "inspection_id": inspection.id,
        "task_id": inspection.task_id,
        "partner_id": partner_id,
        "against_id": inspection.reviewer_id,
        "state": OPENED,
        "words": filed.words,
        "photos": {"ids": list(filed.photos)},
        "opened_at": scope.now,
        "judge_by": filed.judge_by,
        "paused": filed.paused,
        "alone": False,
        "verdict": "",
        "found": {},
        "note": "",
        "effect": "",
    }
    made = once(scope.session, Appeal, row)
    if made is None:
        raise AppealedAlready
    facts = {"inspection": inspection.id, "task": inspection.task_id}
    audit.note(scope, "appeal.opened", subject="appeal", subject_id=made, **facts)
    return one(scope, Appeal, made)


def take(scope: Scope, appeal: Appeal, step: str, **changes: Any) -> None:
    """Moves an open appeal one step, once. Raises AppealOver."""
    to = after(appeal.state, step)
    values = {"state": to, "ended_at": scope.now} | changes
    this = (Appeal.shop_id == scope.shop_id, Appeal.id == appeal.id, Appeal.state == OPENED)
    moving = update(Appeal).where(*this).values(values).execution_options(synchronize_session=False)
    if to is None or changed(scope, moving) != 1:
        scope.session.refresh(appeal)
        raise AppealOver(state=appeal.state)
    for name, value in values.items():
        set_committed_value(appeal, name, value)
    facts = {"inspection": appeal.inspection_id, "task": appeal.task_id}
    facts |= {name: values[name] for name in ("verdict", "score", "effect", "alone") if name in values}
    audit.note(scope, f"appeal.{to}", subject="appeal", subject_id=appeal.id, **facts)
