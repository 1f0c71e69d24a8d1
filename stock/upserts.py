"""Rows written where they are missing and changed where they stand, many in a statement, on both engines."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from base.scope import Scope
from stock.batches import batches


def upsert(
    scope: Scope,
    model: Any,
    rows: Sequence[Mapping[str, object]],
    *,
    keys: Sequence[str],
    put: Sequence[str] = (),
    grow: Sequence[str] = (),
) -> None:
    """Writes rows of the shop; where one with these keys stands, `put` takes the new value, `grow` adds."""
    if not rows:
        return
    dialect = postgresql if scope.world.engines.dialect == "postgresql" else sqlite
    stmt = dialect.insert(model.__table__)
    columns = model.__table__.c
    changes = {name: stmt.excluded[name] for name in put}
    changes |= {name: columns[name] + stmt.excluded[name] for name in grow}
    stmt = stmt.on_conflict_do_update(index_elements=list(keys), set_=changes)
    for some in batches([{"shop_id": scope.shop_id} | dict(row) for row in rows]):
        scope.session.connection().execute(stmt, list(some))
