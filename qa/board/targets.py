"""What the owner wants the measures to be: one number each, or none."""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from base.errors import Invalid
from base.scope import Scope
from qa.models import Target
from security import audit

#: Lowest and highest: percent, percent, won, won for an accepted task.
LIMITS: Mapping[str, tuple[int, int]] = {
    "promises": (1, 100),
    "quality": (1, 100),
    "stock": (0, 10**11),
    "cost": (0, 10**6),
}


class BadTarget(Invalid):
    """A target is a whole number within its limits. Facts: field, low, high."""

    code = "qa.bad_target"


def all_of(scope: Scope) -> dict[str, int]:
    """The targets that are set."""
    rows = scope.session.execute(select(Target.measure, Target.value).where(Target.shop_id == scope.shop_id))
    return {measure: value for measure, value in rows}  # noqa: C416 (rows are not pairs to the type checker)


def save(scope: Scope, wanted: Mapping[str, int | None]) -> None:
    """Sets these targets; none takes one away. Journals those that change. Raises BadTarget."""
    for measure, value in wanted.items():
        low, high = LIMITS[measure]
        if value is not None and not low <= value <= high:
            raise BadTarget(field=measure, low=low, high=high)
    before = all_of(scope)
    for measure, value in wanted.items():
        if value != before.get(measure):
            _set(scope, measure, value)
            audit.note(scope, "target.set", measure=measure, value=value)


def _set(scope: Scope, measure: str, value: int | None) -> None:
    if value is None:
        here = (Target.shop_id == scope.shop_id, Target.measure == measure)
        scope.session.execute(delete(Target).where(*here))
        return
    dialect = postgresql if scope.world.engines.dialect == "postgresql" else sqlite
    row = {"shop_id": scope.shop_id, "measure": measure, "value": value}
    by = {"set_by": scope.actor.id, "set_at": scope.now}
    stmt = dialect.insert(Target).values(row | by)
    scope.session.execute(
        stmt.on_conflict_do_update(index_elements=["shop_id", "measure"], set_={"value": value, **by})
    )
