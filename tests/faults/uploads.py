"""Uploads that are no pictures, as many as wanted and each a little different: what people and attackers send."""

import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from PIL import Image

from tests.pictures import encoded, scene

SCRIPT = b"<script>alert(document.cookie)</script>"
NAMES = (
    "photo.jpg", "사진 1.jpg", "'\"><script>alert(1)</script>.jpg", "../../../etc/passwd", "..\\..\\boot.ini", "photo.jpg.php",
    "CON", ".htaccess", "x" * 400 + ".jpg", "photo.svg", "=cmd|' /C calc'!A0.jpg", "\u202egpj.exe", "%00.jpg", "; rm -rf ~;.jpg",
)  # fmt: skip
TYPES = (
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/svg+xml",
    "text/html",
    "application/octet-stream",
    "a/b;c",
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a browser, or something else, would send it."""

    family: str
    name: str
    kind: str
    data: bytes


@cache
def whole(kind: str) -> bytes:
    """A picture that would be taken."""
    return encoded(scene(160, 120), kind)


def chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def forged_png(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is as large as a house."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x06\0\0\0"
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(b"\0" * 64)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def forged_jpeg() -> bytes:
    """A JPEG whose frame says 65535 by 65535."""
    data = bytearray(whole("JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    return bytes(data)


@cache
def bomb() -> bytes:
    """Twenty kilobytes that become 169 million pixels."""
    return encoded(Image.new("1", (13000, 13000)), "PNG", optimize=True)


def cut(kind: str, chance: random.Random) -> bytes:
    data = whole(kind)
    return data[: chance.randrange(12, len(data) - 40)]


#: What is seen at its first bytes, without a child.
AT_THE_DOOR: dict[str, Callable[[random.Random], bytes]] = {
    "nothing": lambda _: b"",
    "one byte": lambda c: c.randbytes(1),
    "svg": lambda c: b'<svg xmlns="http://www.w3.org/2000/svg" onload="x(%d)">%b</svg>' % (c.randrange(999), SCRIPT),
    "html": lambda c: b"<!doctype html><title>%d</title>%b" % (c.randrange(999), SCRIPT),
    "gif and script": lambda c: b"GIF89a/*%b*/=1;%b" % (c.randbytes(20), SCRIPT),
    "pdf": lambda c: b"%PDF-1.7\n" + c.randbytes(200),
    "archive": lambda c: b"PK\x03\x04" + c.randbytes(300),
    "program": lambda c: c.choice([b"MZ", b"\x7fELF", b"#!/bin/sh\n"]) + c.randbytes(300),
    "php": lambda c: b"<?php system($_GET[%d]); ?>" % c.randrange(9),
    "heic": lambda c: b"\0\0\0\x18ftypheic" + c.randbytes(300),
    "tiff": lambda c: b"II*\0" + c.randbytes(300),
    "another riff": lambda c: b"RIFF\x24\0\0\0WAVEfmt " + c.randbytes(100),
    "shifted": lambda c: c.randbytes(1)[:1].replace(b"\xff", b"\0") + whole("JPEG"),
    "words": lambda c: ("사진이 아니에요 " * c.randrange(1, 40)).encode(),
    "noise": lambda c: b"\0" + c.randbytes(c.randrange(10, 4000)),
}  # fmt: skip
#: What begins as a picture does: a child of its own looks further.
IN_THE_CHILD: dict[str, Callable[[random.Random], bytes]] = {
    "cut jpeg": lambda c: cut("JPEG", c),
    "cut png": lambda c: cut("PNG", c),
    "cut webp": lambda c: cut("WEBP", c),
    "jpeg head, html body": lambda c: b"\xff\xd8\xff\xe0" + SCRIPT * c.randrange(1, 9),
    "jpeg head, gif body": lambda c: b"\xff\xd8\xff" + encoded(scene(30 + c.randrange(9), 30, "P"), "GIF"),
    "jpeg head, noise": lambda c: b"\xff\xd8\xff" + c.randbytes(500),
    "forged png": lambda c: forged_png(c.randrange(20_000, 2**31), c.randrange(20_000, 2**31)),
    "forged jpeg": lambda _: forged_jpeg(),
    "bomb": lambda _: bomb(),
}


def bad(count: int, *, in_the_child: int) -> Iterator[Upload]:
    """So many uploads, so many of them for the child; each family by turns, under each name and type."""
    door, child = list(AT_THE_DOOR.items()), list(IN_THE_CHILD.items())
    for n in range(count):
        further = n * in_the_child // count != (n + 1) * in_the_child // count
        found = child[n * in_the_child // count % len(child)] if further else door[n % len(door)]
        yield Upload(found[0], NAMES[n % len(NAMES)], TYPES[n % len(TYPES)], found[1](random.Random(n)))
