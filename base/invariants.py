"""Invariants of the data: each is a statement that finds the rows which break it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from base.scope import Scope

SHOWN = 20

Ask = Callable[[Scope], Select[int]]


@dataclass(frozen=True, slots=True)
class Finding:
    """An invariant that does not hold: its code, of how many rows, and the first of their ids."""

    code: str
    count: int
    ids: tuple[int, ...]


def broken(scope: Scope, room: str, asked: Mapping[str, Ask]) -> tuple[Finding, ...]:
    """Which of a room's invariants do not hold, of the whole shop; empty when all is well."""
    return tuple(
        found for code, ask in asked.items() for found in _found(scope, f"{room}.{code}", ask(scope))
    )


def _found(scope: Scope, code: str, ask: Select[int]) -> Iterator[Finding]:
    ids = scope.session.scalars(ask.limit(SHOWN)).all()
    if ids:
        count = scope.session.scalar(select(func.count()).select_from(ask.order_by(None).subquery()))
        yield Finding(code, count or 0, tuple(ids))
