"""Cutting an album into sheets: how many pictures a task has, in an order nobody can guess gold from."""

import hashlib
from collections.abc import Iterable, Sequence

PER_SHEET = 10
MOST_PICTURES = 2000
TARGET = "album:"


def cut(
    pictures: Sequence[int], *, seed: int, per_sheet: int = PER_SHEET, mixed: Sequence[int] = ()
) -> list[tuple[int, ...]]:
    """The pictures mixed (the same seed mixes the same way) and cut into sheets of nearly equal size.

    Those that are mixed in (`mixed`) are spread over the sheets, and lie anywhere on them.
    """
    order = _by(f"{seed}", pictures)
    sheets = -(-(len(order) + len(mixed)) // per_sheet)
    edges = [len(order) * n // sheets for n in range(sheets + 1)] if sheets else [0]
    cut_ = [list(order[edges[n] : edges[n + 1]]) for n in range(sheets)]
    for nth, id_ in enumerate(_by(f"{seed}:mixed", mixed)):
        cut_[_by(f"{seed}:sheets", range(sheets))[nth % sheets]].append(id_)
    return (
        [tuple(_by(f"{seed}:places", sheet)) for sheet in cut_ if sheet]
        if mixed
        else [tuple(one) for one in cut_]
    )


def _by(seed: str, ids: Iterable[int]) -> list[int]:
    """The ids in the order the seed puts them in."""
    return sorted(ids, key=lambda id_: hashlib.sha256(f"{seed}:{id_}".encode()).digest())


def target(album_id: int, sheet: int) -> str:
    """What a task of this sheet is about."""
    return f"{TARGET}{album_id}/{sheet}"


def album_and_sheet(target_: str) -> tuple[int, int]:
    """The album and the sheet a task is about. Raises ValueError for what is no such target."""
    album, slash, sheet = target_.removeprefix(TARGET).partition("/")
    if not target_.startswith(TARGET) or not slash:
        raise ValueError(target_)
    return int(album), int(sheet)
