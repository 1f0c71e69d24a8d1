"""Cutting an album into sheets: how many pictures a task has, in an order nobody can guess gold from."""

import hashlib
from collections.abc import Sequence

PER_SHEET = 10
MOST_PICTURES = 2000
TARGET = "album:"


def cut(pictures: Sequence[int], *, seed: int, per_sheet: int = PER_SHEET) -> list[tuple[int, ...]]:
    """The pictures mixed (the same seed mixes the same way) and cut into sheets of nearly equal size."""
    mixed = sorted(pictures, key=lambda id_: hashlib.sha256(f"{seed}:{id_}".encode()).digest())
    sheets = -(-len(mixed) // per_sheet)
    edges = [len(mixed) * n // sheets for n in range(sheets + 1)] if sheets else [0]
    return [tuple(mixed[edges[n] : edges[n + 1]]) for n in range(sheets)]


def target(album_id: int, sheet: int) -> str:
    """What a task of this sheet is about."""
    return f"{TARGET}{album_id}/{sheet}"


def album_and_sheet(target_: str) -> tuple[int, int]:
    """The album and the sheet a task is about. Raises ValueError for what is no such target."""
    album, slash, sheet = target_.removeprefix(TARGET).partition("/")
    if not target_.startswith(TARGET) or not slash:
        raise ValueError(target_)
    return int(album), int(sheet)
