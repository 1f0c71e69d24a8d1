"""A backup's folder: parts written whole, the manifest of their sums last: half a backup is none."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from base.config import private
from base.errors import Refused
from base.sums import Flaw, Sums, flaw, sums

MANIFEST, SEAL = "manifest.json", "manifest.sums"
FORMAT = 1


class NotEmptyFolder(Refused):
    """A backup is written into a new or empty folder only. Fact: folder."""

    code = "backup.not_empty_folder"


class NoBackup(Refused):
    """There is no finished backup in this folder. Fact: folder."""

    code = "backup.no_backup"


class UnknownFormat(Refused):
    """The backup was written by another edition in a form this one does not know. Fact: form."""

    code = "backup.unknown_format"


@dataclass(slots=True)
class Archive:
    """A backup being written. Parts have names like paths; the manifest comes when it is closed."""

    folder: Path
    about: dict[str, Any]
    parts: dict[str, Sums] = field(default_factory=dict)

    def add(self, name: str, data: bytes) -> None:
        """Writes a part to the disk."""
        write_through(self.folder / name, data)
        self.parts[name] = sums(data)

    def close(self) -> None:
        """Writes the manifest and its own sums: from now on this is a backup."""
        parts = {name: asdict(told) for name, told in sorted(self.parts.items())}
        text = json.dumps({"format": FORMAT, "about": self.about, "parts": parts}, indent=0).encode()
        write_through(self.folder / SEAL, json.dumps(asdict(sums(text))).encode())
        write_through(self.folder / MANIFEST, text)


@dataclass(frozen=True, slots=True)
class Found:
    """A finished backup as its manifest tells it."""

    folder: Path
    about: Mapping[str, Any]
    parts: Mapping[str, Sums]

    def read(self, name: str) -> bytes:
        """A part's bytes, as they are. Raises OSError, also where a name or link leads out of the folder."""
        path = (self.folder / name).resolve()
        if self.folder.resolve() not in path.parents:
            raise PermissionError(name)
        return path.read_bytes()

    def flaws(self) -> Iterator[Flaw]:
        """Every part that is not as it was written."""
        for name, told in self.parts.items():
            try:
                found = flaw(name, self.read(name), told)
            except OSError as error:
                found = Flaw(name, "missing" if isinstance(error, FileNotFoundError) else "unread")
            if found is not None:
                yield found


def begin(folder: Path, about: dict[str, Any]) -> Archive:
    """A new backup. Raises NotEmptyFolder."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotEmptyFolder(folder=str(folder))
    private(folder)
    return Archive(folder, about)


def manifest_flaw(folder: Path) -> Flaw | None:
    """Where the manifest or its sums are not as they were written. Raises NoBackup."""
    try:
        text, sealed = (folder / MANIFEST).read_bytes(), (folder / SEAL).read_bytes()
    except OSError as error:
        raise NoBackup(folder=str(folder)) from error
    if json.dumps(asdict(sums(text))).encode() == sealed:
        return None
    return _of_the_seal(text, sealed) or _of_the_text(text, sealed)


def _of_the_text(text: bytes, sealed: bytes) -> Flaw:
    try:
        told = Sums(**json.loads(sealed))
        return flaw(MANIFEST, text, told) or Flaw(SEAL, "changed", 0, len(sealed))
    except (ValueError, TypeError):
        return Flaw(SEAL, "changed", 0, len(sealed))


def _of_the_seal(text: bytes, sealed: bytes) -> Flaw | None:
    """The manifest may be right and its sums wrong: then they differ from it in one byte."""
    right = json.dumps(asdict(sums(text))).encode()
    differ = [at for at, pair in enumerate(zip(right, sealed, strict=False)) if pair[0] != pair[1]]
    if len(right) != len(sealed) or len(differ) != 1:
        return None
    at = differ[0]
    return Flaw(SEAL, "changed", at, at + 1, was=right[at], now=sealed[at])


def find(folder: Path) -> Found:
    """The backup in a folder whose manifest is as it was written. Raises NoBackup, UnknownFormat."""
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError) as error:
        raise NoBackup(folder=str(folder)) from error
    if told.get("format") != FORMAT:
        raise UnknownFormat(form=told.get("format"))
    return Found(folder, told["about"], {name: Sums(**one) for name, one in told["parts"].items()})


def write_through(path: Path, data: bytes) -> None:
    """A file of this user alone, on the disk with its name when this returns; it must not exist."""
    private(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(handle)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
