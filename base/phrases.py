"""A statement made once in one engine's SQL: its places, what fills them, and how its rows are read.

Values and columns go through the types of the tables as everywhere else.
"""

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Dialect, Executable, Integer, String
from sqlalchemy.types import TypeEngine

Filled = Sequence[Any] | Mapping[str, Any]
Change = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class Say:
    """A statement in one engine's SQL: its places in order, what is always in them, and how rows are read."""

    sql: str
    said: str  # as the driver takes it
    places: tuple[tuple[str, Change], ...]
    fixed: Mapping[str, Any]  # what is always in a place
    written: Mapping[str, Any]  # what stands in the driver's words already
    named: bool
    row: Callable[..., Any] | None
    columns: tuple[tuple[int, Callable[[Any], Any]], ...]  # those whose values are changed on the way

    def filled(self, facts: Mapping[str, Any]) -> list[Any]:
        """The values for the driver. Raises KeyError for a place that nobody fills."""
        told = {**self.fixed, **facts}
        return [change(told[name]) if change else told[name] for name, change in self.places]

    def heard(self, values: Sequence[Any]) -> Filled:
        """The same values as SQLAlchemy would give them to a driver."""
        names = [name for name, _change in self.places]
        return {**self.written, **dict(zip(names, values, strict=True))} if self.named else values

    def read(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        """Rows with names, as the types of their columns have them."""
        assert self.row is not None
        if not self.columns:
            return [self.row(*values) for values in found]
        return [self._read(list(values)) for values in found]

    def _read(self, values: list[Any]) -> Any:
        for place, change in self.columns:
            values[place] = change(values[place])
        assert self.row is not None
        return self.row(*values)


def say(statement: Executable, dialect: Dialect, columns: tuple[str, ...] | None = None) -> Say | None:
    """Makes a statement for an engine; `columns` are those that an insert is given.

    None for one with a list of any length in it, which is made anew for each length. Raises TypeError for a
    column whose default a function gives.
    """
    made: Any = statement.compile(dialect=dialect, column_keys=columns)  # type: ignore[attr-defined]
    if made.post_compile_params:
        return None
    binds = made.binds
    fixed = {name: bind.effective_value for name, bind in binds.items() if not bind.required}
    fixed |= {column.key: _given(column) for column in made.insert_prefetch}
    written = {name: fixed[name] for name in fixed if _is_plain(binds[name].type, fixed[name])}
    number = _in_order if made.positional else _numbered
    said, names = number(str(made), made.positiontup, written)
    asked = list(statement.exported_columns)  # type: ignore[attr-defined]
    return Say(
        sql=said if made.positional else str(made),
        said=said,
        places=tuple((name, _bound(binds[name].type, dialect)) for name in names),
        fixed={name: value for name, value in fixed.items() if name not in written},
        written=written,
        named=not made.positional,
        row=_row([column.key for column in asked]) if asked else None,
        columns=tuple(_changed((column.type for column in asked), dialect)),
    )


PLACE = re.compile(r"%\((\w+)\)s|%%")


def _is_plain(type_: TypeEngine[Any], value: object) -> bool:
    """Whether a value is said by every engine as it is written."""
    return value is None or (isinstance(type_, Integer | String | Boolean) and isinstance(value, int | str))


def _written(value: int | str | None) -> str:
    """A value in words that both engines take."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "NULL" if value is None else str(value).upper()


def _in_order(sql: str, places: Sequence[str], written: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The statement with a place for each value, as SQLite has them, and their names in order."""
    words = sql.split("?")
    ends = [_written(written[name]) if name in written else "?" for name in places]
    said = "".join(word + end for word, end in zip(words, [*ends, ""], strict=True))
    return said, [name for name in places if name not in written]


def _numbered(sql: str, _places: object, written: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The statement with numbered places, as PostgreSQL itself has them, and their names in order.

    What is always the same is written into it: the server plans for it once, and not anew for each value.
    """
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        name = found[1]
        if name is None:
            return "%"
        if name in written:
            return _written(written[name])
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return PLACE.sub(number, sql), names


def _row(names: Sequence[str]) -> Callable[..., Any]:
    return namedtuple("Row", names, rename=True)  # noqa: PYI024 (its names are known at run time alone)


def _given(column: Any) -> Any:
    if not column.default.is_scalar:
        raise TypeError(f"{column}: its default is made anew each time")
    return column.default.arg


def _bound(type_: TypeEngine[Any], dialect: Dialect) -> Change:
    return type_.dialect_impl(dialect).bind_processor(dialect)


def _changed(
    types: Iterable[TypeEngine[Any]], dialect: Dialect
) -> Iterator[tuple[int, Callable[[Any], Any]]]:
    for place, type_ in enumerate(types):
        change = type_.dialect_impl(dialect).result_processor(dialect, None)
        if change is not None:
            yield place, change
