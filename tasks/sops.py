"""Procedures: drafted, published, retired; what was published once never changes."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from base.errors import Invalid, NotFound, Refused
from base.rows import mine, one
from base.scope import Scope
from security import audit
from tasks import documents, issuing
from tasks.editions import DRAFT, SCHEDULED
from tasks.issuing import BadDay, publish, retire, take_back
from tasks.kinds.known import kind as known_kind
from tasks.models import Sop, SopRevision
from tasks.sop_writing import (
    LastItem,
    move_item,
    move_section,
    put_item,
    put_section,
    remove_item,
    remove_section,
    reset,
    save,
    set_purpose,
    write,
)

__all__ = [
    "BadDay",
    "LastItem",
    "NoTitle",
    "TitleTaken",
    "Waiting",
    "adopt",
    "create",
    "draft",
    "move_item",
    "move_section",
    "publish",
    "published",
    "put_item",
    "put_section",
    "remove_item",
    "remove_section",
    "reset",
    "retire",
    "save",
    "set_purpose",
    "take_back",
    "write",
]

LONGEST_TITLE = 80

Entry = Mapping[str, Any]


class TitleTaken(Invalid):
    """Another procedure of this kind has that title."""

    code = "tasks.sop_title_taken"


class NoTitle(Invalid):
    """A procedure needs a title of up to 80 characters."""

    code = "tasks.sop_no_title"


class Waiting(Refused):
    """An edition that is published already waits for its day: until then there is no other draft."""

    code = "tasks.sop_waiting"


def create(scope: Scope, *, kind: str, title: str) -> SopRevision:
    """Makes a procedure with a first draft to start from. Raises NoTitle, TitleTaken, NotFound."""
    start = known_kind(scope, kind)
    doc = {"items": start.items}
    return adopt(scope, kind=kind, title=title, doc=doc, rubric={"criteria": start.criteria})


def adopt(scope: Scope, *, kind: str, title: str, doc: Entry, rubric: Entry) -> SopRevision:
    """Makes a procedure whose first draft is this document. Raises NoTitle, TitleTaken, BadItem."""
    doc = {**doc, "items": [dict(entry) for entry in doc["items"]]}
    documents.read(doc)
    title = title.strip()
    if not 0 < len(title) <= LONGEST_TITLE:
        raise NoTitle(field="title")
    if scope.session.scalar(mine(scope, Sop).where(Sop.kind == kind, Sop.title == title)):
        raise TitleTaken(field="title")
    sop = Sop(shop_id=scope.shop_id, kind=kind, title=title, made_at=scope.now)
    scope.session.add(sop)
    scope.session.flush()
    audit.note(scope, "sop.created", subject="sop", subject_id=sop.id)
    return _new_draft(scope, sop.id, 1, doc, rubric)


def draft(scope: Scope, sop_id: int) -> SopRevision:
    """The draft of a procedure; where there is none, a copy of its latest edition.

    Raises NotFound, Waiting.
    """
    sop = one(scope, Sop, sop_id)
    latest = scope.session.scalar(
        mine(scope, SopRevision)
        .where(SopRevision.sop_id == sop.id)
        .order_by(SopRevision.number.desc())
        .limit(1)
    )
    if latest is None:
        raise NotFound
    if latest.state == DRAFT:
        return latest
    if latest.state == SCHEDULED:
        raise Waiting(number=latest.number)
    return _new_draft(scope, sop.id, latest.number + 1, latest.items, latest.rubric)


def published(scope: Scope, kind: str) -> SopRevision:
    """The edition new tasks of a kind are done under; where a shop has none, the kind's own is published."""
    revision = issuing.in_force(scope, kind)
    if revision is not None:
        return revision
    made = create(scope, kind=kind, title=_free_title(scope, kind))
    return publish(scope, made.id, version=made.version)


def _free_title(scope: Scope, kind: str) -> str:
    """The kind's own title, numbered where procedures of that name were retired."""
    count = scope.session.scalar(
        select(func.count()).select_from(Sop).where(Sop.shop_id == scope.shop_id, Sop.kind == kind)
    )
    title = known_kind(scope, kind).sop_title
    return f"{title} {count + 1}" if count else title


def _new_draft(scope: Scope, sop_id: int, number: int, doc: Entry, rubric: Entry) -> SopRevision:
    revision = SopRevision(
        shop_id=scope.shop_id,
        sop_id=sop_id,
        number=number,
        items=dict(doc),
        rubric={**rubric, "criteria": [dict(entry) for entry in rubric["criteria"]]},
        made_by=scope.actor.id,
        made_at=scope.now,
    )
    scope.session.add(revision)
    scope.session.flush()
    return revision
