"""How tallies are kept in rows: added to, put in place, read; called by their gate alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from base.scope import Scope
from qa.models import CountTally, DueTally, Tally
from qa.tallies.rules import Sheet
from stock.batches import batches

Row = Mapping[str, Any]
KEYS: Mapping[Any, tuple[str, ...]] = {
    Tally: ("shop_id", "dim", "dim_id", "measure", "day"),
    DueTally: ("shop_id", "what", "minute", "edition"),
    CountTally: ("shop_id", "name"),
}


def stored(scope: Scope) -> Sheet:
    """The tallies as they stand."""
    sheet = Sheet()
    for row in _all(scope, Tally, Tally.day, Tally.measure, Tally.dim, Tally.dim_id, *SUMS):
        sheet.days[row[0], row[1], row[2], row[3]] = (row[4], row[5], row[6])
    for what, minute, edition, n in _all(scope, DueTally, *DUES):
        sheet.dues[what, minute, edition] = n
    for name, n in _all(scope, CountTally, CountTally.name, CountTally.n):
        sheet.counts[name] = n
    return sheet


def add(scope: Scope, sheet: Sheet) -> None:
    """Adds these sums to what stands."""
    for model, rows in _rows(scope, sheet.trimmed()):
        sums = [name for name in ("n", "hits", "amount") if name in model.__table__.c]
        stmt = _insert(scope, model)
        grown = {name: model.__table__.c[name] + stmt.excluded[name] for name in sums}
        _execute(scope, stmt.on_conflict_do_update(index_elements=KEYS[model], set_=grown), rows)


def put(scope: Scope, sheet: Sheet) -> None:
    """Puts these sums in the place of what stands."""
    for model, rows in _rows(scope, sheet):
        sums = [name for name in ("n", "hits", "amount") if name in model.__table__.c]
        stmt = _insert(scope, model)
        new = {name: stmt.excluded[name] for name in sums}
        _execute(scope, stmt.on_conflict_do_update(index_elements=KEYS[model], set_=new), rows)


def clear(scope: Scope) -> None:
    """Forgets the shop's tallies."""
    for model in KEYS:
        scope.session.execute(delete(model).where(model.shop_id == scope.shop_id))


DAY = ("day", "measure", "dim", "dim_id", "n", "hits", "amount")
SUMS = (Tally.n, Tally.hits, Tally.amount)
DUES = (DueTally.what, DueTally.minute, DueTally.edition, DueTally.n)


def _all(scope: Scope, model: Any, *columns: Any) -> Any:
    return scope.session.execute(select(*columns).where(model.shop_id == scope.shop_id))


def _insert(scope: Scope, model: Any) -> Any:
    dialect = postgresql if scope.world.engines.dialect == "postgresql" else sqlite
    return dialect.insert(model.__table__)


def _execute(scope: Scope, stmt: Any, rows: Sequence[Row]) -> None:
    for some in batches(rows):
        scope.session.connection().execute(stmt, some)


def _rows(scope: Scope, sheet: Sheet) -> Iterator[tuple[Any, list[Row]]]:
    """The rows of a sheet by table, in the order of their keys so that no two writers cross."""
    shop = {"shop_id": scope.shop_id}
    days: list[Row] = [
        shop | dict(zip(DAY, (*key, *sums), strict=True)) for key, sums in sorted(sheet.days.items())
    ]
    dues: list[Row] = [
        shop | {"what": what, "minute": minute, "edition": edition, "n": n}
        for (what, minute, edition), n in sorted(sheet.dues.items())
    ]
    counts: list[Row] = [shop | {"name": name, "n": n} for name, n in sorted(sheet.counts.items())]
    yield from (
        (model, rows) for model, rows in ((Tally, days), (DueTally, dues), (CountTally, counts)) if rows
    )
