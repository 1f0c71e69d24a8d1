"""Copies of the key store: always apart from what the keys open."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from base import dump
from base.archive import Found, write_through
from base.config import Settings
from base.db import Engines, open_engines
from base.dump import TargetNotEmpty
from security.keystore import KeyStore
from security.keytables import TABLES
from security.rootkey import private_folder

PLACE, STORE, ROOT = "keystore", "keystore.db", "root.key"


def parts(keys: KeyStore, folder: Path) -> Iterator[tuple[str, bytes]]:
    """The wrapped keys as they are at one instant, and the root key where it lies in the folder.

    Raises KeysUnavailable.
    """
    with keys.reading() as store:
        dump.at_one_instant(store)
        for name, data, _rows in dump.parts(store, PLACE, TABLES.sorted_tables):
            yield name, data
    if (folder / ROOT).exists():
        yield ROOT, (folder / ROOT).read_bytes()


def check_empty(settings: Settings) -> None:
    """Raises TargetNotEmpty where there are keys already."""
    if any((settings.keys / name).exists() for name in (STORE, ROOT)):
        raise TargetNotEmpty(what=str(settings.keys))
    if settings.keys_url:
        engines = open_engines(settings.keys_url)
        try:
            dump.check_empty(engines.read)
        finally:
            engines.dispose()


def put_back(settings: Settings, found: Found) -> None:
    """Writes the keys of a backup into an empty store."""
    private_folder(settings.keys)
    engines = _opened(settings)
    told = {name: partial(found.read, name) for name in found.parts}
    try:
        with engines.write.begin() as store:
            TABLES.create_all(store)
            dump.put_back(store, PLACE, TABLES.sorted_tables, told)
    finally:
        engines.dispose()
    if ROOT in found.parts:
        write_through(settings.keys / ROOT, found.read(ROOT))


def _opened(settings: Settings) -> Engines:
    if settings.keys_url:
        return open_engines(settings.keys_url)
    (settings.keys / STORE).touch(mode=0o600)
    return open_engines(f"sqlite:///{settings.keys / STORE}")
