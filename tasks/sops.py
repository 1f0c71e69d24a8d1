"""Procedures: drafted, published, retired; what was published once never changes."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from base.errors import Invalid, NotFound, Refused
from base.rows import mine, one
from base.scope import Scope
from security import audit
from tasks import editions
from tasks.checklist import BadItem, parse
from tasks.editions import DRAFT, PUBLISHED
from tasks.kinds.known import kind as known_kind
from tasks.models import Sop, SopRevision

LONGEST_TITLE = 80

Entry = Mapping[str, Any]


class TitleTaken(Invalid):
    """Another procedure of this kind has that title."""

    code = "tasks.sop_title_taken"


class NoTitle(Invalid):
    """A procedure needs a title of up to 80 characters."""

    code = "tasks.sop_no_title"


class LastItem(Refused):
    """A procedure needs at least one item."""

    code = "tasks.sop_last_item"


def create(scope: Scope, *, kind: str, title: str) -> SopRevision:
    """Makes a procedure with a first draft to start from. Raises NoTitle, TitleTaken, NotFound."""
    start = known_kind(kind)
    title = title.strip()
    if not 0 < len(title) <= LONGEST_TITLE:
        raise NoTitle(field="title")
    if scope.session.scalar(mine(scope, Sop).where(Sop.kind == kind, Sop.title == title)):
        raise TitleTaken(field="title")
    sop = Sop(shop_id=scope.shop_id, kind=kind, title=title, made_at=scope.now)
    scope.session.add(sop)
    scope.session.flush()
    audit.note(scope, "sop.created", subject="sop", subject_id=sop.id)
    return _new_draft(scope, sop.id, 1, start.items, {"criteria": start.criteria})


def draft(scope: Scope, sop_id: int) -> SopRevision:
    """The draft of a procedure; where there is none, a copy of its latest revision. Raises NotFound."""
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
    return _new_draft(scope, sop.id, latest.number + 1, latest.items["items"], latest.rubric)


def save(scope: Scope, revision_id: int, *, items: Sequence[Entry], version: int) -> SopRevision:
    """Keeps a draft's items if nobody changed it since. Raises BadItem, Frozen, Stale, NotFound."""
    revision = one(scope, SopRevision, revision_id)
    doc = {"items": [dict(entry) for entry in items]}
    parse(doc)
    editions.take(scope, revision, editions.SAVE, version=version, items=doc)
    return revision


def reset(scope: Scope, revision_id: int, *, to: SopRevision, version: int) -> SopRevision:
    """Gives a draft the items and the rubric of another edition. Raises Frozen, Stale, NotFound."""
    revision = one(scope, SopRevision, revision_id)
    editions.take(scope, revision, editions.SAVE, version=version, items=to.items, rubric=to.rubric)
    return revision


def put_item(scope: Scope, revision_id: int, *, entry: Entry, version: int) -> SopRevision:
    """Adds an item at the end, or puts it in the place of the one with its key. Raises as `save`."""
    items = _items(scope, revision_id)
    places = [place for place, item in enumerate(items) if item["key"] == entry.get("key")]
    if places:
        items[places[0]] = entry
    else:
        items.append(entry)
    return save(scope, revision_id, items=items, version=version)


def move_item(scope: Scope, revision_id: int, *, key: str, by: int, version: int) -> SopRevision:
    """Carries an item up (negative) or down; at the ends it stays. Raises as `save`."""
    items = _items(scope, revision_id)
    here = _place(items, key)
    moved = items.pop(here)
    items.insert(min(max(0, here + by), len(items)), moved)
    return save(scope, revision_id, items=items, version=version)


def remove_item(scope: Scope, revision_id: int, *, key: str, version: int) -> SopRevision:
    """Takes an item out. Raises LastItem, and as `save`."""
    items = _items(scope, revision_id)
    if len(items) == 1:
        raise LastItem
    items.pop(_place(items, key))
    return save(scope, revision_id, items=items, version=version)


def publish(scope: Scope, revision_id: int, *, version: int) -> SopRevision:
    """Makes a draft what new tasks are done under; the former retires. Raises Frozen, Stale, NotFound."""
    revision = one(scope, SopRevision, revision_id)
    parse(revision.items)
    former = scope.session.scalar(
        mine(scope, SopRevision).where(SopRevision.sop_id == revision.sop_id, SopRevision.state == PUBLISHED)
    )
    if former is not None and former.id != revision.id:
        editions.take(scope, former, editions.RETIRE, version=former.version)
    editions.take(scope, revision, editions.PUBLISH, version=version, published_at=scope.now)
    return revision


def retire(scope: Scope, revision_id: int, *, version: int) -> None:
    """Takes an edition out of use; tasks pinned to it keep it. Raises Frozen, Stale, NotFound."""
    editions.take(scope, one(scope, SopRevision, revision_id), editions.RETIRE, version=version)


def published(scope: Scope, kind: str) -> SopRevision:
    """The edition new tasks of a kind are done under; where a shop has none, the kind's own is published."""
    revision = scope.session.scalar(
        mine(scope, SopRevision)
        .join(Sop, Sop.id == SopRevision.sop_id)
        .where(Sop.kind == kind, SopRevision.state == PUBLISHED)
        .order_by(SopRevision.published_at.desc(), SopRevision.id.desc())
        .limit(1)
    )
    if revision is not None:
        return revision
    made = create(scope, kind=kind, title=_free_title(scope, kind))
    return publish(scope, made.id, version=made.version)


def _free_title(scope: Scope, kind: str) -> str:
    """The kind's own title, numbered where procedures of that name were retired."""
    count = scope.session.scalar(
        select(func.count()).select_from(Sop).where(Sop.shop_id == scope.shop_id, Sop.kind == kind)
    )
    title = known_kind(kind).sop_title
    return f"{title} {count + 1}" if count else title


def _new_draft(scope: Scope, sop_id: int, number: int, items: Sequence[Entry], rubric: Entry) -> SopRevision:
    revision = SopRevision(
        shop_id=scope.shop_id,
        sop_id=sop_id,
        number=number,
        items={"items": [dict(entry) for entry in items]},
        rubric={**rubric, "criteria": [dict(entry) for entry in rubric["criteria"]]},
        made_by=scope.actor.id,
        made_at=scope.now,
    )
    scope.session.add(revision)
    scope.session.flush()
    return revision


def _items(scope: Scope, revision_id: int) -> list[Entry]:
    return list(one(scope, SopRevision, revision_id).items["items"])


def _place(items: Sequence[Entry], key: str) -> int:
    for place, item in enumerate(items):
        if item["key"] == key:
            return place
    raise BadItem(item=key, field="key", why="unknown_item")
