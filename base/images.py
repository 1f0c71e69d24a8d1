"""Pictures from outside: checked, stripped, re-encoded and read for barcodes, in a limited child process."""

import atexit
import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from base import darkroom
from base.errors import Invalid

MAX_BYTES = 25_000_000
CPU_SECONDS = 5
WALL_SECONDS = 15
CODES = ("QRCode", "EAN13", "Code128")


class NotAnImage(Invalid):
    """Not a JPEG, PNG or WebP picture that can be read to its end."""

    code = "base.not_an_image"


class ImageTooBig(Invalid):
    """More bytes, pixels or work than a picture needs."""

    code = "base.image_too_big"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is safe to keep: JPEG bytes without metadata, size in pixels, hash of the bytes.

    `softness` is how much of its edges another blurring leaves (hundredths: 100 shows nothing sharp),
    `light` its mean brightness from 0 to 255.
    """

    jpeg: bytes
    width: int
    height: int
    sha256: str
    softness: int = 0
    light: int = 128


def clean(data: bytes) -> Picture:
    """The uploaded picture re-encoded, upright, at most 1600 pixels long, nothing but pixels left.

    Raises NotAnImage, ImageTooBig, ImagesBusy.
    """
    facts, jpeg = _ask("clean", data)
    width, height, softness, light = map(int, facts)
    return Picture(jpeg, width, height, hashlib.sha256(jpeg).hexdigest(), softness, light)


def decode(data: bytes, formats: Sequence[str] = CODES) -> list[str]:
    """The texts of the barcodes on an uploaded picture, of the expected formats only: each costs time.

    Raises NotAnImage, ImageTooBig, ImagesBusy.
    """
    _facts, body = _ask(" ".join(["decode", *formats]), data)
    return [str(text) for text in json.loads(body)]


def _ask(request: str, data: bytes) -> tuple[list[str], bytes]:
    """Facts and body of the child's answer; one killed at once met nonsense, one killed late a bomb."""
    _check(data)
    began = time.monotonic()
    head, _, body = _room.develop(request, data, MAX_BYTES).partition(b"\n")
    status, *facts = head.decode().split() or ["killed"]
    if status == "ok":
        return facts, body
    if status == "too_big" or (status == "killed" and time.monotonic() - began > CPU_SECONDS / 2):
        raise ImageTooBig(megabytes=MAX_BYTES // 1_000_000)
    raise NotAnImage


def _check(data: bytes) -> None:
    """What needs no decoder: the size, and the first bytes."""
    if len(data) > MAX_BYTES:
        raise ImageTooBig(megabytes=MAX_BYTES // 1_000_000)
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    if not webp and not data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        raise NotAnImage


_room = darkroom.opened(CPU_SECONDS, WALL_SECONDS)
atexit.register(_room.close)
