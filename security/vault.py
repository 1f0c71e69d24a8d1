"""The vault: the one gate through which recipient data becomes unreadable and readable again.

Ciphertext: magic 2 | format 1 | algorithm 1 | key id 4 | nonce 12 | ciphertext | tag 16 bytes; the associated
data is the header, shop, table, column and record, so that a seal opens in its own place only.
"""

import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from base.errors import Refused
from base.scope import Scope
from security.keystore import Key, KeyStore, KeysUnavailable, NoKey
from security.wrapping import NONCE, TAG, bound

MAGIC, FORMAT, AES_256_GCM = b"DS", b"\x01", b"\x01"
START = MAGIC + FORMAT + AES_256_GCM
HEADER = len(START) + 4
BLIND = 16  # bytes kept of a blind index


class Unreadable(Refused):
    """A seal does not open; `why` says foreign, other_key, damaged, or what is wrong with its key."""

    code = "security.unreadable"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a sealed value stands; `record` is the uid its data key is named by."""

    table: str
    column: str
    record: str


def new_key(scope: Scope, record: str) -> None:
    """Makes the record's data key, once. Raises KeysUnavailable."""
    new_keys(scope, [record])


def new_keys(scope: Scope, records: Sequence[str]) -> None:
    """Makes the data keys of many records at once. Raises KeysUnavailable."""
    _keys(scope).new_keys(scope.shop_id, records)


def warm(scope: Scope, records: Sequence[str]) -> None:
    """Fetches the keys of a list's records together, before its fields are opened one by one."""
    _keys(scope).warm(scope.shop_id, records)


def throw_away(scope: Scope, records: Sequence[str]) -> None:
    """Destroys the keys of these records: what they sealed opens nowhere any more. Raises KeysUnavailable."""
    _keys(scope).throw_away(scope.shop_id, records)


def seal(scope: Scope, *, at: Spot, text: str) -> bytes:
    """The text, sealed for this spot. Raises NoKey, KeysUnavailable: nothing may be saved without its key."""
    return seal_bytes(scope, at=at, data=text.encode())


def open_(scope: Scope, *, at: Spot, sealed: bytes) -> str:
    """The text sealed at this spot. Raises Unreadable; never wrong text."""
    return open_bytes(scope, at=at, sealed=sealed).decode()


def change(scope: Scope, *, at: Spot, sealed: bytes, text: str) -> bytes:
    """The new seal of a field that is edited. Raises Unreadable when the old one does not open.

    What cannot be read is not saved over: it may yet open under the right key.
    """
    open_bytes(scope, at=at, sealed=sealed)
    return seal(scope, at=at, text=text)


def seal_bytes(scope: Scope, *, at: Spot, data: bytes) -> bytes:
    """A file's bytes, sealed for this spot. Raises NoKey, KeysUnavailable."""
    key = _keys(scope).key(scope.shop_id, at.record)
    header, nonce = START + key.id, os.urandom(NONCE)
    return header + nonce + AESGCM(key.secret).encrypt(nonce, data, _place(header, scope, at))


def open_bytes(scope: Scope, *, at: Spot, sealed: bytes) -> bytes:
    """The bytes sealed at this spot. Raises Unreadable."""
    if len(sealed) < HEADER + NONCE + TAG or not sealed.startswith(START):
        raise Unreadable(table=at.table, column=at.column, why="foreign")
    key = _key_to(scope, at)
    header, nonce, body = sealed[:HEADER], sealed[HEADER : HEADER + NONCE], sealed[HEADER + NONCE :]
    if header[len(START) :] != key.id:
        raise Unreadable(table=at.table, column=at.column, why="other_key")
    try:
        return AESGCM(key.secret).decrypt(nonce, body, _place(header, scope, at))
    except InvalidTag as error:
        raise Unreadable(table=at.table, column=at.column, why="damaged") from error


def blind(scope: Scope, *, field: str, value: str) -> bytes:
    """The blind index of an already normalised value: equal values of one shop and field are equal, no more.

    Raises KeysUnavailable.
    """
    key = _keys(scope).derived(scope.shop_id, f"blind:{field}")
    return hmac.digest(key, value.encode(), "sha256")[:BLIND]


def _keys(scope: Scope) -> KeyStore:
    keys: KeyStore = scope.world.keys
    return keys


def _key_to(scope: Scope, at: Spot) -> Key:
    try:
        return _keys(scope).key(scope.shop_id, at.record)
    except (NoKey, KeysUnavailable) as error:
        raise Unreadable(table=at.table, column=at.column, **error.facts) from error


def _place(header: bytes, scope: Scope, at: Spot) -> bytes:
    return header + bound(scope.shop_id, at.table, at.column, at.record)
