"""Writing a draft: its items, its sections and what it is for, each act checked against the version seen."""

from collections.abc import Mapping, Sequence
from typing import Any

from base.errors import Refused
from base.rows import one
from base.scope import Scope
from tasks import documents, editions
from tasks.items import BadItem
from tasks.models import SopRevision

Entry = Mapping[str, Any]


class LastItem(Refused):
    """A procedure needs at least one item."""

    code = "tasks.sop_last_item"


def save(scope: Scope, revision_id: int, *, items: Sequence[Entry], version: int) -> SopRevision:
    """Keeps a draft's items if nobody changed it since. Raises as `write`."""
    doc = one(scope, SopRevision, revision_id).items
    return write(scope, revision_id, doc={**doc, "items": [dict(entry) for entry in items]}, version=version)


def write(scope: Scope, revision_id: int, *, doc: Entry, version: int) -> SopRevision:
    """Keeps a draft's document if nobody changed it since. Raises BadItem, Frozen, Stale, NotFound."""
    revision = one(scope, SopRevision, revision_id)
    documents.read(doc)
    editions.take(scope, revision, editions.SAVE, version=version, items=dict(doc))
    return revision


def reset(scope: Scope, revision_id: int, *, to: SopRevision, version: int) -> SopRevision:
    """Gives a draft the items and the rubric of another edition. Raises Frozen, Stale, NotFound."""
    revision = one(scope, SopRevision, revision_id)
    editions.take(scope, revision, editions.SAVE, version=version, items=to.items, rubric=to.rubric)
    return revision


def put_item(scope: Scope, revision_id: int, *, entry: Entry, version: int) -> SopRevision:
    """Adds an item at the end, or puts it in the place of the one with its key. Raises as `write`."""
    doc = one(scope, SopRevision, revision_id).items
    items = list(doc["items"])
    places = [place for place, item in enumerate(items) if item["key"] == entry.get("key")]
    if places:
        items[places[0]] = _within(entry, items[places[0]].get("section", ""))
    else:
        items.append(_within(entry, doc["sections"][-1]["key"] if doc.get("sections") else ""))
    return save(scope, revision_id, items=items, version=version)


def _within(entry: Entry, section: str) -> Entry:
    """The entry in a section; it is carried elsewhere by moving it alone."""
    plain = {name: value for name, value in entry.items() if name != "section"}
    return plain | ({"section": section} if section else {})


def move_item(scope: Scope, revision_id: int, *, key: str, by: int, version: int) -> SopRevision:
    """Carries an item up (negative) or down the list of headings and items. Raises as `write`."""
    doc = one(scope, SopRevision, revision_id).items
    here = documents.place_of(documents.rows(doc), key)
    return _carry(scope, revision_id, here, by=by, version=version)


def move_section(scope: Scope, revision_id: int, *, key: str, by: int, version: int) -> SopRevision:
    """Carries a heading up or down; what stands below it belongs to it. Raises as `write`."""
    doc = one(scope, SopRevision, revision_id).items
    here = documents.place_of(documents.rows(doc), key, heading=True)
    return _carry(scope, revision_id, here, by=by, version=version)


def _carry(scope: Scope, revision_id: int, here: int, *, by: int, version: int) -> SopRevision:
    """Moves a row of the list; at the ends it stays."""
    doc = one(scope, SopRevision, revision_id).items
    rows = documents.rows(doc)
    moved = rows.pop(here)
    rows.insert(min(max(0, here + by), len(rows)), moved)
    return write(scope, revision_id, doc=documents.from_rows(doc, rows), version=version)


def remove_item(scope: Scope, revision_id: int, *, key: str, version: int) -> SopRevision:
    """Takes an item out. Raises LastItem, and as `write`."""
    doc = one(scope, SopRevision, revision_id).items
    rows = documents.rows(doc)
    rows.pop(documents.place_of(rows, key))
    if len(doc["items"]) == 1:
        raise LastItem
    return write(scope, revision_id, doc=documents.from_rows(doc, rows), version=version)


def put_section(scope: Scope, revision_id: int, *, key: str, title: Entry, version: int) -> SopRevision:
    """Gives a section other words, or puts a new heading (no key) at the end. Raises as `write`."""
    doc = one(scope, SopRevision, revision_id).items
    sections = [dict(section) for section in doc.get("sections", ())]
    known = [section for section in sections if section["key"] == key]
    if key and not known:
        raise BadItem(item=key, field="key", why="unknown_item")
    if known:
        known[0]["title"] = dict(title)
    else:
        sections.append({"key": documents.free_section(doc), "title": dict(title)})
    return write(scope, revision_id, doc={**doc, "sections": sections}, version=version)


def remove_section(scope: Scope, revision_id: int, *, key: str, version: int) -> SopRevision:
    """Takes a heading away; its items join what stands above. Raises as `write`."""
    doc = one(scope, SopRevision, revision_id).items
    rows = documents.rows(doc)
    rows.pop(documents.place_of(rows, key, heading=True))
    return write(scope, revision_id, doc=documents.from_rows(doc, rows), version=version)


def set_purpose(scope: Scope, revision_id: int, *, purpose: Entry, version: int) -> SopRevision:
    """Says what the procedure is for; empty words say nothing. Raises as `write`."""
    kept = one(scope, SopRevision, revision_id).items
    doc = {name: part for name, part in kept.items() if name != "purpose"}
    said = {"purpose": dict(purpose)} if any(purpose.values()) else {}
    return write(scope, revision_id, doc=said | doc, version=version)
