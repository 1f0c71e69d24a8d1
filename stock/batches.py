"""Long lists in pieces that fit into one statement."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
MOST = 10_000  # SQLite takes 32,766 values in a statement, PostgreSQL 65,535


def batches(values: Sequence[T], size: int = MOST) -> Iterator[Sequence[T]]:
    """The values in order, at most `size` at a time."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
