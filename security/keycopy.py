"""Copies of the key store: always apart from what the keys open."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from base.archive import Found, write_through
from base.dump import TargetNotEmpty
from security.keystore import KeysUnavailable
from security.rootkey import private_folder

STORE, ROOT = "keystore.db", "root.key"


def parts(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The key store as it is at one instant, and the root key beside it. Raises KeysUnavailable."""
    if not (folder / STORE).exists():
        raise KeysUnavailable(why="store")
    with closing(sqlite3.connect(folder / STORE)) as store, closing(sqlite3.connect(":memory:")) as copy:
        store.backup(copy)
        yield STORE, copy.serialize()
    if (folder / ROOT).exists():
        yield ROOT, (folder / ROOT).read_bytes()


def check_empty(folder: Path) -> None:
    """Raises TargetNotEmpty where there are keys already."""
    there = [name for name in (STORE, ROOT) if (folder / name).exists()]
    if there:
        raise TargetNotEmpty(what=str(folder))


def put_back(folder: Path, found: Found) -> None:
    """Writes the keys of a backup into an empty folder."""
    private_folder(folder)
    for name in (STORE, ROOT):
        if name in found.parts:
            write_through(folder / name, found.read(name))
