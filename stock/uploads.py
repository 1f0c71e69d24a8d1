"""Uploaded files that wait for a yes: sealed, found again by a token, handed on or swept away."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, insert, select

from base import files, sheets
from base.errors import NotFound
from base.scope import Scope, acting, persistently
from security import vault
from security.vault import Spot, Unreadable
from stock import imports
from stock.models import WaitingFile

TOKEN = re.compile(r"([0-9a-f]{32})([0-9a-f]{64})")  # the file's key and what is in it
NOT_OURS = {"unknown", "foreign", "other_key"}  # a token of another shop, or of none
LARGEST = sheets.DEFAULT.size
KEPT = timedelta(days=1)
MOST_AT_ONCE = 200


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
    key = _noted(scope)
    files.write(scope.world.files, key, sealed)
    return key + sha256


def _noted(scope: Scope) -> str:
    """A key for a file, noted and committed before the file is there: a crash leaves none unknown."""
    key = files.fresh_key()

    def note() -> None:
        with acting(scope.world, shop_id=scope.shop_id, actor=scope.actor) as writing:
            values = {"shop_id": writing.shop_id, "file_key": key, "at": writing.now}
            writing.session.execute(insert(WaitingFile).values(values))

    persistently(note)
    return key


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
    _forget(scope, [_parts(token)[0]])


def sweep(scope: Scope) -> int:
    """Throws away this shop's files that nobody said yes to for a day; tells how many."""
    old = select(WaitingFile.file_key).where(
        WaitingFile.shop_id == scope.shop_id, WaitingFile.at < scope.now - KEPT
    )
    keys = list(scope.session.scalars(old.order_by(WaitingFile.at).limit(MOST_AT_ONCE)))
    _forget(scope, keys)
    return len(keys)


def _forget(scope: Scope, keys: Sequence[str]) -> None:
    for key in keys:
        files.delete(scope.world.files, key)
    ours = (WaitingFile.shop_id == scope.shop_id, WaitingFile.file_key.in_(keys))
    scope.session.execute(delete(WaitingFile).where(*ours))


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
