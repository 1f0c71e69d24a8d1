"""Keys wrapped by keys: AES-256-GCM and HKDF, each wrapping bound to what it is for."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY, NONCE, TAG = 32, 12, 16  # bytes


class BadWrapping(Exception):
    """The wrapped key was altered, moved, or made under another key."""


def bound(*parts: str | int) -> bytes:
    """Associated data: each part with its length before it, so no other list of parts spells the same."""
    texts = [str(part).encode() for part in parts]
    return b"".join(b"%d:%b" % (len(text), text) for text in texts)


def fresh() -> bytes:
    """A new key."""
    return os.urandom(KEY)


def wrap(under: bytes, key: bytes, *, what: bytes) -> bytes:
    """The key sealed under another one: nonce, ciphertext, tag."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(under).encrypt(nonce, key, what)


def unwrap(under: bytes, wrapped: bytes, *, what: bytes) -> bytes:
    """The key that was wrapped. Raises BadWrapping."""
    if len(wrapped) < NONCE + TAG:
        raise BadWrapping
    try:
        return AESGCM(under).decrypt(wrapped[:NONCE], wrapped[NONCE:], what)
    except InvalidTag as error:
        raise BadWrapping from error


def derive(secret: bytes, purpose: bytes) -> bytes:
    """A key for one purpose out of a secret (HKDF-SHA256): no other purpose's key tells anything about it."""
    return HKDF(algorithm=SHA256(), length=KEY, salt=None, info=purpose).derive(secret)
