"""The library: good procedures to start from, written from how the work is done; files like any other."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from base.errors import NotFound
from tasks import sop_files
from tasks.sop_files import SopFile

SHELF = Path(__file__).parent / "library"


@dataclass(frozen=True, slots=True)
class Book:
    """A procedure of the library by its short name."""

    name: str
    file: SopFile


@cache
def books() -> Mapping[str, Book]:
    """Every procedure of the library, by kind and in the order of their names."""
    found = [Book(path.stem, sop_files.read(path.read_bytes())) for path in sorted(SHELF.glob("*.json"))]
    order = ("packing", "listing", "tagging")
    return {book.name: book for book in sorted(found, key=lambda one: (order.index(one.file.kind), one.name))}


def book(name: str) -> Book:
    """A procedure of the library. Raises NotFound."""
    if name not in books():
        raise NotFound
    return books()[name]
