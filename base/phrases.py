"""A statement made once in one engine's SQL: its places, what fills them, and how its rows are read.

Values and columns go through the types of the tables as everywhere else.
"""

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Executable
from sqlalchemy.types import TypeEngine

Filled = Sequence[Any] | Mapping[str, Any]
Change = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class Say:
    """A statement in one engine's SQL: its places in order, what is always in them, and how rows are read."""

    sql: str
    said: str  # as the driver takes it
    places: tuple[tuple[str, Change], ...]
    fixed: Mapping[str, Any]
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
        return dict(zip(names, values, strict=True)) if self.named else values

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
    said, names = (str(made), made.positiontup) if made.positional else _numbered(str(made))
    binds = made.binds
    fixed = {name: bind.effective_value for name, bind in binds.items() if not bind.required}
    asked = list(statement.exported_columns)  # type: ignore[attr-defined]
    return Say(
        sql=str(made),
        said=said,
        places=tuple((name, _bound(binds[name].type, dialect)) for name in names),
        fixed=fixed | {column.key: _given(column) for column in made.insert_prefetch},
        named=not made.positional,
        row=_row([column.key for column in asked]) if asked else None,
        columns=tuple(_changed((column.type for column in asked), dialect)),
    )


PLACE = re.compile(r"%\((\w+)\)s|%%")


def _numbered(sql: str) -> tuple[str, list[str]]:
    """The statement with numbered places, as PostgreSQL itself has them, and their names in order."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        name = found[1]
        if name is None:
            return "%"
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
