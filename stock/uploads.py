"""Uploaded files that wait for a yes: sealed, found again by a token, handed on or swept away."""

import hashlib
import re
from dataclasses import dataclass, field

from base import files, sheets
from base.errors import NotFound
from base.scope import Scope
from security import vault
from security.vault import Spot, Unreadable
from stock import imports

TOKEN = re.compile(r"([0-9a-f]{32})([0-9a-f]{64})")  # the file's key and what is in it
NOT_OURS = {"unknown", "foreign", "other_key"}  # a token of another shop, or of none
LARGEST = sheets.DEFAULT.size


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file as it was sent."""

    name: str = field(repr=False)
    data: bytes = field(repr=False)


def keep(scope: Scope, *, data: bytes, name: str) -> str:
    """Keeps a file sealed and returns the token it is found by. Raises KeysUnavailable, NoRoom, FilesAway."""
    sha256 = hashlib.sha256(data).hexdigest()
    vault.new_key(scope, _spot(sha256).record)
    sealed = vault.seal_bytes(scope, at=_spot(sha256), data=" ".join(name.split()).encode() + b"\n" + data)
    return files.put(scope.world.files, sealed) + sha256


def opened(scope: Scope, token: str) -> File:
    """The file under a token. Raises NotFound for none and another shop's, Unreadable."""
    key, sha256 = _parts(token)
    try:
        sealed = files.get(scope.world.files, key)
        name, _, data = vault.open_bytes(scope, at=_spot(sha256), sealed=sealed).partition(b"\n")
    except files.NoFile as absent:
        raise NotFound from absent
    except Unreadable as error:
        if error.facts.get("why") in NOT_OURS:
            raise NotFound from error
        raise
    return File(name.decode(), data)


def drop(scope: Scope, token: str) -> None:
    """Forgets a file that has been handed on."""
    files.delete(scope.world.files, _parts(token)[0])


def handed_on(scope: Scope, token: str, *, kind: str) -> int | None:
    """The import of a kind that the file under a token became, or already was."""
    return imports.twin(scope, kind, _parts(token)[1])


def _parts(token: str) -> tuple[str, str]:
    match = TOKEN.fullmatch(token)
    if match is None:
        raise NotFound
    return match[1], match[2]


def _spot(sha256: str) -> Spot:
    return Spot("imports", "preview", f"preview-{sha256}")
