"""Opening the key store at start: made once, proved ever after, and never made anew over wrapped keys."""

import os
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import DatabaseError

from base.config import Settings, Unsafe
from base.db import Engines, open_engines
from security import rootkey, wrapping
from security.alarms import alarm
from security.keystore import KeyStore
from security.keytables import TABLES, roots
from security.rootkey import BadRootKey
from security.wrapping import BadWrapping, bound

PROOF = bound("root")
FOUNDING = 7_318_201  # PostgreSQL's advisory lock for founding the store


class NoRootKey(Exception):
    """There are wrapped keys, and the key that opens them is not here."""


def open_keys(settings: Settings, *, url: str = "", environ: Mapping[str, str] | None = None) -> KeyStore:
    """The key store in `settings.keys`, or at a database URL where several hosts share one.

    Without its root key it opens in trouble: an alarm is raised and every use raises KeysUnavailable, so
    that the house works without personal data. Raises Unsafe for a store inside the main database.
    """
    if url in {settings.database_url, settings.database_owner_url}:
        raise Unsafe("the key store must not be in the database whose seals it opens")
    folder = rootkey.private_folder(settings.keys)
    engines = open_engines(url or f"sqlite:///{_private_file(folder / 'keystore.db')}")
    store = _unlocked(engines, folder / "root.key", os.environ if environ is None else environ)
    if store.trouble:
        alarm("keys.unavailable", why=store.trouble)
    return store


def _unlocked(engines: Engines, path: Path, environ: Mapping[str, str]) -> KeyStore:
    try:
        with engines.write.begin() as store:
            return KeyStore(engines, _proved(store, path, environ))
    except NoRootKey:
        return KeyStore(engines, b"", trouble="root_key_missing")
    except (BadRootKey, BadWrapping):
        return KeyStore(engines, b"", trouble="root_key_wrong")
    except DatabaseError:
        return KeyStore(engines, b"", trouble="store")


def _proved(store: Connection, path: Path, environ: Mapping[str, str]) -> bytes:
    """The root key, shown to be the one this store was founded with; a new store is founded."""
    if store.dialect.name == "postgresql":
        store.execute(text("SELECT pg_advisory_xact_lock(:founding)"), {"founding": FOUNDING})
    TABLES.create_all(store)
    proof = store.scalar(select(roots.c.proof))
    root = rootkey.find(path, environ)
    if proof is None:
        root = root or rootkey.make(path)
        store.execute(insert(roots).values(id=1, proof=wrapping.wrap(root, bytes(32), what=PROOF)))
        return root
    if root is None:
        raise NoRootKey
    wrapping.unwrap(root, proof, what=PROOF)
    return root


def _private_file(path: Path) -> Path:
    """The file, readable by this user alone before SQLite writes the first byte."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    return path
