"""Making a sample: items of a procedure in use that can be marked alone, with what is right and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from base.errors import NotFound
from base.rows import one
from base.scope import Scope
from partners.training import trying
from partners.training.trying import BadSample, Made
from qa.models import Inspection
from qa.reviewers.models import Known
from qa.scoring import ACCEPT
from tasks import checklist, procedures
from tasks.checklist import Facts
from tasks.items import Item
from tasks.models import SopRevision, Submission, Task
from tasks.numbers import decimal_of
from tasks.procedures import Procedure

MARKED = ("check", "number", "choice")  # what needs nobody to look at it, and names nobody
MOST_KNOWN = 6


@dataclass(frozen=True, slots=True)
class Gold:
    """What was handed in once and is known to be right: its answers begin a sample."""

    submission_id: int
    title: str
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sample as the owner writes it: of the items that have a why, what is right."""

    title: str
    story: str
    right: Mapping[str, str]
    why: Mapping[str, str]
    pass_pct: int = 100
    from_id: int | None = None


def usable(scope: Scope) -> list[Procedure]:
    """The procedures that are in use."""
    return [one_ for one_ in procedures.shelf(scope) if one_.published is not None]


def revision(scope: Scope, sop_id: int) -> SopRevision:
    """The edition of a procedure that is in use. Raises NotFound."""
    published = procedures.procedure(scope, sop_id).published
    if published is None:
        raise NotFound
    return procedures.edition(scope, sop_id, published.number)


def items(doc: Mapping[str, Any]) -> tuple[Item, ...]:
    """The items of a document that can be marked by themselves; asked whatever was answered before."""
    return tuple(item for item in checklist.parse(doc) if item.type in MARKED)


def gold(scope: Scope, row: SopRevision) -> Sequence[Gold]:
    """Accepted work under this edition whose verdict is known to be right, the latest first."""
    known = (
        select(Submission.id, Task.title, Submission.answers)
        .join(Inspection, Inspection.submission_id == Submission.id)
        .join(Known, Known.inspection_id == Inspection.id)
        .join(Task, Task.id == Submission.task_id)
        .where(Known.shop_id == scope.shop_id, Known.retired_at.is_(None), Known.verdict == ACCEPT)
        .where(Submission.shop_id == scope.shop_id, Task.sop_revision_id == row.id)
        .order_by(Known.id.desc())
        .limit(MOST_KNOWN)
    )
    return [Gold(*found) for found in scope.session.execute(known)]


def make(scope: Scope, sop_id: int, wanted: Wanted) -> int:
    """Makes a sample of a procedure in use; gives its id. Raises NotFound, BadSample."""
    row = revision(scope, sop_id)
    if wanted.from_id is not None:
        one(scope, Submission, wanted.from_id)
    asked = [item for item in items(row.items) if wanted.why.get(item.key, "").strip()]
    told = {
        item.key: {"right": right(item, wanted.right.get(item.key, "")), "why": wanted.why[item.key].strip()}
        for item in asked
    }
    entries = [_alone(entry) for entry in row.items["items"] if entry["key"] in told]
    made = Made(
        kind=row.sop.kind,
        title=wanted.title,
        story=wanted.story,
        sop_id=sop_id,
        items=entries,
        gold=told,
        pass_pct=wanted.pass_pct,
        from_id=wanted.from_id,
    )
    return trying.make(scope, made)


def _alone(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as a sample asks it: by itself, with nothing that needs a real task."""
    return {name: value for name, value in entry.items() if name not in {"when", "section", "media"}}


def right(item: Item, typed: str) -> Any:
    """What is right of an item as it was typed. Raises BadSample."""
    if item.type == "check":
        return typed == "1"
    value: Any = typed.strip()
    known = decimal_of(value) is not None if item.type == "number" else _fits(item, value)
    if not known:
        raise BadSample(field=f"right-{item.key}", why="right", most=0)
    return value


def _fits(item: Item, value: Any) -> bool:
    return checklist.check(item, value, Facts()) is None
