"""Pictures made for tests."""

from io import BytesIO
from pathlib import Path

from PIL import Image


def encoded(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def scene(width: int = 640, height: int = 480, mode: str = "RGB") -> Image.Image:
    """Left half red, right half noise: something to recognise and something to compress."""
    picture = Image.new("RGB", (width, height), "red")
    picture.paste(Image.effect_noise((width // 2, height), 80).convert("RGB"), (width // 2, 0))
    return picture.convert(mode)


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data), formats=("JPEG",))


def pixel(data: bytes, x: int, y: int) -> tuple[int, ...]:
    found = opened(data).getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def rss_kib() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


JPEG = encoded(scene())
