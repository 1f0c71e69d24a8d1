"""The darkroom: a process that forks one limited child per picture and trusts nothing it reads.

Run as `python -I images_child.py CPU_SECONDS WALL_SECONDS` with a Unix socket as standard input; it imports
nothing of Dari. Every message on the socket carries one end of a socket pair, on which the child says
`ready`, reads a request line and the picture until the end, and answers with a status line and a body.
"""

import gc
import json
import os
import resource
import signal
import socket
import sys
import warnings
from collections.abc import Callable
from io import BytesIO
from typing import Any

import zxingcpp
from PIL import (
    Image,
    ImageCms,
    ImageFilter,
    ImageOps,
    ImageStat,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

PLUGINS = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin)  # here: a child opens no file
FORMATS = ("JPEG", "PNG", "WEBP")  # JPEG includes MPO, which many phones write into a .jpg
MAX_PIXELS = 8192 * 6144  # the largest picture that phones call 50 megapixels
MEMORY_BYTES = 512 * 2**20
LONGEST_SIDE = 1600
LONGEST_SIDE_FOR_CODES = 2400
QUALITY = 86
SIDE_TO_JUDGE = 640
EDGES = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def confine_house() -> None:
    """Limits that every child inherits: memory, no core dumps, no byte written to any file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def confine_child(cpu_seconds: int, wall_seconds: int) -> None:
    """A few seconds to live and no new descriptors: so no file, no socket, no network."""
    signal.alarm(wall_seconds)
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def open_small(data: bytes, side: int, mode: str) -> Image.Image:
    """The picture, decoded no larger than it needs to be, upright, in the wanted mode."""
    picture = Image.open(BytesIO(data), formats=FORMATS)
    picture.draft(mode, (side, side))
    small = shrunk(full_colour(picture), side)
    return flat(srgb(upright(small)), mode)


def full_colour(picture: Image.Image) -> Image.Image:
    """Palettes and single bits cannot be averaged; sixteen bits of grey become eight."""
    if picture.mode in {"I", "I;16", "I;16B", "F"}:
        return picture.convert("F").point(lambda value: value / 256).convert("L")
    if picture.mode in {"L", "LA", "RGB", "RGBA", "CMYK"}:
        return picture
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def shrunk(picture: Image.Image, side: int) -> Image.Image:
    """At most `side` long. PNG and WebP know no draft: averaging blocks first keeps the second copy small."""
    blocks = max(picture.size) // (2 * side)
    small = picture.reduce(blocks) if blocks > 1 else picture
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    return small


def upright(picture: Image.Image) -> Image.Image:
    """Turned as its EXIF says; EXIF nobody can read turns nothing."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # noqa: BLE001 (a parser of hostile bytes raises anything)
        return picture


def srgb(picture: Image.Image) -> Image.Image:
    """In the colours a screen without its profile shows; phones photograph in wider ones."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in {"RGB", "CMYK"}:
        return picture
    try:
        wide = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(picture, wide, SRGB, outputMode="RGB") or picture
    except Exception:  # noqa: BLE001 (a parser of hostile bytes raises anything)
        return picture


def flat(picture: Image.Image, mode: str) -> Image.Image:
    """In the wanted mode, what was transparent on white."""
    if not picture.has_transparency_data:
        return picture.convert(mode)
    layered = picture.convert("RGBA")
    paper = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(paper, layered).convert(mode)


def clean(data: bytes, _arguments: list[str]) -> bytes:
    """Pixels only, as a JPEG: no metadata, no tail."""
    picture = open_small(data, LONGEST_SIDE, "RGB")
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    out = BytesIO()
    bare.save(out, "JPEG", quality=QUALITY, optimize=True)
    return b"ok %d %d %d %d\n%b" % (*bare.size, *judged(bare), out.getvalue())


def judged(picture: Image.Image) -> tuple[int, int]:
    """How soft it is (hundredths of its edges that blurring it once more would leave), and its mean light.

    Comparing a picture with its own blurred copy says the same of a plain wall as of a crowded shelf.
    """
    grey = picture.convert("L")
    grey.thumbnail((SIDE_TO_JUDGE, SIDE_TO_JUDGE))
    edges, left = (ImageStat.Stat(one.filter(EDGES)).var[0] for one in (grey, blurred(grey)))
    return round(100 * min(left / edges, 1)) if edges else 100, round(ImageStat.Stat(grey).mean[0])


def blurred(picture: Image.Image) -> Image.Image:
    """A little out of focus."""
    return picture.filter(ImageFilter.BoxBlur(2))


def decode(data: bytes, formats: list[str]) -> bytes:
    """The texts of the barcodes of these formats."""
    picture = open_small(data, LONGEST_SIDE_FOR_CODES, "L")
    wanted: Any = [getattr(zxingcpp.BarcodeFormat, name) for name in formats]
    found = zxingcpp.read_barcodes(picture, formats=wanted)
    return b"ok\n" + json.dumps([code.text for code in found]).encode()


WORK: dict[str, Callable[[bytes, list[str]], bytes]] = {"clean": clean, "decode": decode}


def answer(request: str, data: bytes) -> bytes:
    """The reply to one request; whatever a decoder raises is a refusal."""
    name, *arguments = request.split()
    try:
        return WORK[name](data, arguments)
    except (MemoryError, Image.DecompressionBombWarning, Image.DecompressionBombError):
        return b"too_big\n"
    except Exception:  # noqa: BLE001 (a parser of hostile bytes raises anything)
        return b"not_an_image\n"


def serve(wire: socket.socket) -> None:
    """One picture from the first word to the last."""
    wire.sendall(b"ready\n")
    with wire.makefile("rb") as incoming:
        request = incoming.readline().decode()
        data = incoming.read()
    wire.sendall(answer(request, data))


def main() -> None:
    """Fork a child for every wire handed in, until the parent is gone."""
    cpu_seconds, wall_seconds = map(int, sys.argv[1:])
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.preinit()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    confine_house()
    gc.freeze()
    door = socket.socket(fileno=0)
    while handed := socket.recv_fds(door, 1, 1)[1]:
        with socket.socket(fileno=handed[0]) as wire:
            if os.fork() == 0:
                door.close()
                confine_child(cpu_seconds, wall_seconds)
                serve(wire)
                os._exit(0)


if __name__ == "__main__":
    main()
