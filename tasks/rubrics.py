"""Rubrics: what work under a procedure is judged by; written in its draft, frozen with the edition."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from base.errors import NotFound
from base.rows import one
from base.scope import Scope
from tasks import criteria, editions
from tasks.models import SopRevision

Entry = Mapping[str, Any]


def put(scope: Scope, revision_id: int, *, entry: Entry, version: int) -> SopRevision:
    """Keeps a criterion; one without a code is new. Raises BadCriterion, Frozen, Stale, NotFound."""
    revision = one(scope, SopRevision, revision_id)
    criteria.check(entry, items={item["key"] for item in revision.items["items"]})
    if entry["code"] and not any(kept["code"] == entry["code"] for kept in revision.rubric["criteria"]):
        raise NotFound
    named = entry if entry["code"] else {**entry, "code": _free_code(scope, revision)}
    return _save(scope, revision, criteria.put(revision.rubric, named), version)


def remove(scope: Scope, revision_id: int, *, code: str, version: int) -> SopRevision:
    """Takes a criterion out. Raises BadCriterion for the last one, Frozen, Stale, NotFound."""
    revision = one(scope, SopRevision, revision_id)
    return _save(scope, revision, criteria.without(revision.rubric, code), version)


def pass_from(scope: Scope, revision_id: int, *, points: int, version: int) -> SopRevision:
    """Sets the points from which work passes. Raises BadCriterion, Frozen, Stale, NotFound."""
    revision = one(scope, SopRevision, revision_id)
    return _save(scope, revision, criteria.passing_from(revision.rubric, points), version)


def _save(scope: Scope, revision: SopRevision, doc: dict[str, Any], version: int) -> SopRevision:
    editions.take(scope, revision, editions.SAVE, version=version, rubric=doc)
    return revision


def _free_code(scope: Scope, revision: SopRevision) -> str:
    every = select(SopRevision.rubric).where(
        SopRevision.shop_id == scope.shop_id, SopRevision.sop_id == revision.sop_id
    )
    return criteria.free_code(list(scope.session.scalars(every)))
