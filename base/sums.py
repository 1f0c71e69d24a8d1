"""Sums over bytes: whether a part is as it was written, and which byte of it is not (pure)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

CHUNK = 1024  # bytes: small enough to find a changed byte by trying
SHORT = 16  # hexadecimal digits kept of a chunk's sum: they say where, the whole sum says whether


@dataclass(frozen=True, slots=True)
class Sums:
    """The size and SHA-256 of a part, and a short sum of each of its chunks, one after the other."""

    size: int
    sha256: str
    chunks: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """Where a part is not as it was written: why is changed, shorter, longer, missing or unread.

    `at` is the changed byte where it is the only one in its chunk, else the chunk's first byte; `until` is
    the byte after it; `was` and `now` are the byte's values where they are known, else -1.
    """

    part: str
    why: str
    at: int = 0
    until: int = 0
    was: int = -1
    now: int = -1


def sums(data: bytes) -> Sums:
    """The sums of some bytes."""
    return Sums(
        len(data), hashlib.sha256(data).hexdigest(), "".join(_short(piece) for piece in _pieces(data))
    )


def flaw(part: str, data: bytes, told: Sums) -> Flaw | None:
    """The first place where the bytes are not what was summed; None when they are."""
    if len(data) == told.size and hashlib.sha256(data).hexdigest() == told.sha256:
        return None
    for number, piece in enumerate(_pieces(data)):
        wanted = told.chunks[number * SHORT : (number + 1) * SHORT]
        if _short(piece) != wanted and len(wanted) == SHORT:
            return _changed(part, piece, wanted, number * CHUNK)
    if len(data) != told.size:
        return Flaw(
            part, "shorter" if len(data) < told.size else "longer", min(len(data), told.size), told.size
        )
    return Flaw(part, "unread")  # every chunk fits: what was written down of it does not


def _changed(part: str, piece: bytes, wanted: str, start: int) -> Flaw:
    """The one byte whose other value makes the sum right again, else the whole chunk."""
    for place in range(len(piece)):
        before, after = hashlib.sha256(piece[:place]), piece[place + 1 :]
        for value in range(256):
            tried = before.copy()
            tried.update(bytes((value,)) + after)
            if tried.hexdigest()[:SHORT] == wanted:
                at = start + place
                return Flaw(part, "changed", at, at + 1, was=value, now=piece[place])
    return Flaw(part, "changed", start, start + len(piece))


def _pieces(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), CHUNK):
        yield data[start : start + CHUNK]


def _short(piece: bytes) -> str:
    return hashlib.sha256(piece).hexdigest()[:SHORT]
