"""The database as lines of JSON: every table as it is at one instant, put back into an empty database.

The same lines fit SQLite and PostgreSQL, so that a shop may move from one to the other.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby, islice
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    Column,
    Connection,
    Date,
    Engine,
    LargeBinary,
    Numeric,
    Select,
    Table,
    insert,
    inspect,
    select,
    text,
)

from base.db import Base, Utc
from base.errors import Refused

ROWS = 20_000  # rows in a part
AT_ONCE = 1000  # rows in a statement


class TargetNotEmpty(Refused):
    """Something is in the database already: a backup is put back into an empty place only. Fact: what."""

    code = "backup.target_not_empty"


class OtherRevision(Refused):
    """The backup's tables have another form than this edition's. Facts: theirs, ours."""

    code = "backup.other_revision"


def revision(connection: Connection) -> str:
    """The form of the database's tables."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def tables() -> list[Table]:
    """Every table, those that others point to first."""
    return list(Base.metadata.sorted_tables)


def parts(
    connection: Connection, place: str, told: Sequence[Table], shops: Sequence[int] = ()
) -> Iterator[tuple[str, bytes, int]]:
    """The rows of these tables as parts named `place/table.number.jsonl`, with how many there are in each.

    The connection must be in one transaction that sees one instant (`at_one_instant`).
    """
    guarded = _guarded(connection)
    for table in told:
        rows = _rows(connection, table, shops if table.name in guarded else ())
        number = 0
        while some := list(islice(rows, ROWS)):
            yield f"{place}/{table.name}.{number:05}.jsonl", b"".join(some), len(some)
            number += 1


def at_one_instant(connection: Connection) -> None:
    """Everything read from now on is of this instant (a reader of SQLite has it so anyway)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))


def _guarded(connection: Connection) -> set[str]:
    """The tables of which a transaction sees one shop's rows only."""
    if connection.dialect.name != "postgresql":
        return set()
    named = "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace"
    return set(connection.scalars(text(named)))


def _rows(connection: Connection, table: Table, shops: Sequence[int]) -> Iterator[bytes]:
    key = list(table.primary_key)
    if not shops:
        yield from _lines(connection, table, select(table).order_by(*key))
    for shop_id in shops:
        _enter(connection, shop_id)
        yield from _lines(connection, table, select(table).where(table.c.shop_id == shop_id).order_by(*key))


def _lines(connection: Connection, table: Table, asked: Select[Any]) -> Iterator[bytes]:
    names = [column.name for column in table.columns]
    with connection.execute(asked.execution_options(yield_per=AT_ONCE)) as rows:
        for row in rows:
            told = dict(zip(names, map(_written, row), strict=True))
            yield json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _enter(connection: Connection, shop_id: int) -> None:
    connection.execute(text("SELECT set_config('dari.shop', :shop, true)"), {"shop": str(shop_id)})


def _written(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, date):  # instants are dates as well
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def check_empty(engine: Engine) -> None:
    """Raises TargetNotEmpty where the database has any table."""
    there = inspect(engine).get_table_names()
    if there:
        raise TargetNotEmpty(what=f"{engine.url.database}")


def put_back(
    connection: Connection, place: str, tables: Sequence[Table], told: Mapping[str, Callable[[], bytes]]
) -> int:
    """Writes the rows of the parts (name -> reader) into these empty tables; how many there were."""
    guarded, count = _guarded(connection), 0
    for table in tables:
        most = 0
        for name in sorted(name for name in told if name.startswith(f"{place}/{table.name}.")):
            rows = _read(table, told[name]())
            _insert(connection, table, rows, is_guarded=table.name in guarded)
            count += len(rows)
            most = max(most, *(_number(row[next(iter(table.primary_key)).name]) for row in rows))
        _count_on(connection, table, most)
    return count


def _read(table: Table, data: bytes) -> list[dict[str, Any]]:
    readers = {column.name: _reader(column) for column in table.columns}
    lines = (json.loads(line) for line in data.splitlines())
    return [{name: readers[name](value) for name, value in line.items()} for line in lines]


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]], *, is_guarded: bool) -> None:
    for shop_id, of_shop in groupby(rows, key=lambda row: row["shop_id"] if is_guarded else None):
        if shop_id is not None:
            _enter(connection, shop_id)
        while some := list(islice(of_shop, AT_ONCE)):
            connection.execute(insert(table), some)


def _number(key: object) -> int:
    return key if isinstance(key, int) else 0


def _reader(column: Column[Any]) -> Callable[[Any], Any]:
    """What makes of a written value one that the column takes."""
    for kind, read in _READERS:
        if isinstance(column.type, kind):
            return lambda value: None if value is None else read(value)
    return lambda value: value


_READERS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (Utc, datetime.fromisoformat),
    (Date, date.fromisoformat),
    (LargeBinary, base64.b64decode),
    (Numeric, Decimal),
)


def _count_on(connection: Connection, table: Table, most: int) -> None:
    """The next row gets the next number (SQLite counts on by itself)."""
    if connection.dialect.name != "postgresql" or most < 1:
        return
    key = next(iter(table.primary_key)).name
    asked = text("SELECT pg_get_serial_sequence(:table, :key)")
    sequence = connection.scalar(asked, {"table": table.name, "key": key})
    if sequence is not None:
        connection.execute(text("SELECT setval(:sequence, :most)"), {"sequence": sequence, "most": most})
