"""Noting at the hand-in which suggestions stood in the sheet, and reading how often they are kept."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Integer, cast, func, insert, select

from base.scope import Scope, remembered
from base.shares import Share
from tasks.kinds.known import kind
from tasks.models import Task
from tasks.suggestions.models import ShownSuggestion
from tasks.suggestions.rule import Figure

LOOKED_BACK = 5000  # of a kind: what was shown long ago says little about today's work


def note(scope: Scope, task: Task, answers: Mapping[str, Any]) -> None:
    """Notes for each suggestion of a task that is handed in for the first time whether it was kept."""
    of = kind(scope, task.kind)
    if not of.suggests or task.round > 1:
        return
    common = {"shop_id": scope.shop_id, "task_id": task.id, "kind": task.kind, "at": scope.now}
    rows = [
        common | {"field": one.field, "source": one.source, "kept": one.kept}
        for one in of.suggested(scope, task, answers)
    ]
    if rows:
        scope.session.execute(insert(ShownSuggestion), rows)


def figures(scope: Scope, kind_: str) -> Sequence[Figure]:
    """How often the latest suggestions of a kind were kept, by field and source."""
    return remembered(scope, ("suggestions", kind_), lambda: _figures(scope, kind_))


def _figures(scope: Scope, kind_: str) -> Sequence[Figure]:
    of_kind = (ShownSuggestion.shop_id == scope.shop_id, ShownSuggestion.kind == kind_)
    columns = (ShownSuggestion.field, ShownSuggestion.source, ShownSuggestion.kept)
    latest = (
        select(*columns).where(*of_kind).order_by(ShownSuggestion.id.desc()).limit(LOOKED_BACK).subquery()
    )
    told = select(
        latest.c.field, latest.c.source, func.sum(cast(latest.c.kept, Integer)), func.count()
    ).group_by(latest.c.field, latest.c.source)
    rows = scope.session.execute(told.order_by(latest.c.field, latest.c.source))
    return tuple(Figure(field, source, Share(int(kept), n)) for field, source, kept, n in rows)


def resting(scope: Scope, kind_: str) -> frozenset[tuple[str, str]]:
    """The field and source of every suggestion of a kind that is kept too rarely to be shown."""
    return frozenset((one.field, one.source) for one in figures(scope, kind_) if one.rests)
