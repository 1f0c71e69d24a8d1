"""Kept files: random names, whole or not at all, in a local folder or an S3-compatible bucket."""

import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from base.errors import NotFound, Refused

KEY = re.compile(r"[0-9a-f]{32}")
PART = ".part"
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class NoFile(NotFound):
    """Nothing is kept under this key."""

    code = "base.no_file"


class NoRoom(Refused):
    """The disk is full; nothing of the file was kept."""

    code = "base.no_room"
    status = 507


class FilesAway(Refused):
    """The file store does not answer; the same upload may be sent again."""

    code = "base.files_away"
    status = 503


class Store(Protocol):
    """Where bytes lie under keys that this module made."""

    def write(self, key: str, data: bytes) -> None:
        """Keep all of the bytes or nothing. Raises NoRoom, FilesAway."""

    def read(self, key: str) -> bytes:
        """The bytes. Raises NoFile, FilesAway."""

    def remove(self, key: str) -> None:
        """Remove what is there, also what a crash left half written."""

    def has(self, key: str) -> bool:
        """Whether a whole file is there."""

    def older(self, before: datetime) -> Iterator[str]:
        """Keys last written before an instant, half-written ones included."""


def open_store(url: str, endpoint: str = "") -> Store:
    """The store of the settings: a folder's path, or s3://bucket/prefix at an endpoint."""
    if not url.startswith("s3://"):
        return Folder(Path(url))
    from base.buckets import open_bucket  # boto3 is an extra that a local folder does without

    return open_bucket(url, endpoint)


def put(store: Store, data: bytes) -> str:
    """Keep the bytes; the key says nothing about them and cannot be guessed. Raises NoRoom, FilesAway."""
    key = fresh_key()
    store.write(key, data)
    return key


def fresh_key() -> str:
    """A key for bytes that are still to be written: whoever notes it first can sweep what a crash leaves."""
    return secrets.token_hex(16)


def write(store: Store, key: str, data: bytes) -> None:
    """Keep the bytes under a fresh key. Raises NoFile for what is none, NoRoom, FilesAway."""
    store.write(_checked(key), data)


def get(store: Store, key: str) -> bytes:
    """The bytes kept under a key. Raises NoFile, FilesAway."""
    return store.read(_checked(key))


def exists(store: Store, key: str) -> bool:
    """Whether a file is kept under a key. Raises FilesAway."""
    return KEY.fullmatch(key) is not None and store.has(key)


def delete(store: Store, key: str) -> None:
    """Remove a file; once gone it stays gone however often this is said. Raises NoFile, FilesAway."""
    store.remove(_checked(key))


def older(store: Store, before: datetime) -> Iterator[str]:
    """Keys last written before an instant: those no row knows are leftovers to delete."""
    return store.older(before)


def _checked(key: str) -> str:
    if KEY.fullmatch(key) is None:
        raise NoFile
    return key


@dataclass(frozen=True, slots=True)
class Folder:
    """A local directory that only this user reads."""

    root: Path

    def write(self, key: str, data: bytes) -> None:
        """Written aside, flushed to the disk, then named: a reader or a crash sees all or nothing."""
        path = self._path(key)
        part = path.with_suffix(PART)
        _make(path.parent)
        try:
            _write(part, data)
            part.rename(path)
            _flush(path.parent)
        except OSError as failed:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            if failed.errno in FULL:
                raise NoRoom from failed
            raise

    def read(self, key: str) -> bytes:
        """The bytes. Raises NoFile."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError as absent:
            raise NoFile from absent

    def remove(self, key: str) -> None:
        """Remove the file and what a crash left of it."""
        self._path(key).unlink(missing_ok=True)
        self._path(key).with_suffix(PART).unlink(missing_ok=True)

    def has(self, key: str) -> bool:
        """Whether a whole file is there."""
        return self._path(key).is_file()

    def older(self, before: datetime) -> Iterator[str]:
        """Keys last written before an instant, half-written ones included."""
        for path in self.root.glob("??/??/*"):
            with suppress(FileNotFoundError):
                if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before and KEY.fullmatch(path.stem):
                    yield path.stem

    def _path(self, key: str) -> Path:
        return self.root / key[:2] / key[2:4] / key


def _make(folder: Path) -> None:
    """The folder and its parents, their names on the disk too."""
    if folder.is_dir():
        return
    _make(folder.parent)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as failed:
        if failed.errno in FULL:
            raise NoRoom from failed
        raise
    _flush(folder.parent)


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(handle)


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
