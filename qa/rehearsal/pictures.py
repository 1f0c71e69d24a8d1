"""Photos of parcels that never were: drawn once, cleaned like any upload, used again."""

import hashlib
from dataclasses import replace
from functools import cache
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from base.images import Picture

SIZE = (640, 480)  # large enough to read labels on, see tasks.seeing
VARIANTS = 6
CARDBOARD, TAPE, TABLE = (193, 154, 107), (222, 206, 170), (236, 232, 224)
GOODS = ((92, 122, 153), (170, 96, 82), (112, 140, 98), (204, 176, 96), (128, 104, 148))


@cache
def photo(subject: str, variant: int, *, clear: bool) -> Picture:
    """A parcel from above; one that is not clear shows as little as a hasty photo does."""
    image = _drawn(Random(f"{subject}/{variant}"))  # noqa: S311 (a picture, not a secret)
    if not clear:
        image = image.filter(ImageFilter.GaussianBlur(9))
    out = BytesIO()
    image.save(out, "JPEG", quality=70)
    jpeg = out.getvalue()
    return Picture(jpeg, *SIZE, sha256=hashlib.sha256(jpeg).hexdigest())


def paper(rows: int) -> Picture:
    """A sheet of paper on a table: a heading and so many lines that say nothing."""
    image = Image.new("RGB", SIZE, TABLE)
    draw = ImageDraw.Draw(image)
    draw.rectangle((170, 20, 470, 460), fill="white", outline=(150, 150, 150), width=2)
    draw.rectangle((240, 50, 400, 70), fill=(60, 60, 60))
    for row in range(rows):
        draw.rectangle((200, 110 + 24 * row, 440 - 37 * (row % 4), 116 + 24 * row), fill=(170, 170, 170))
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return Picture(out.getvalue(), *SIZE, sha256=hashlib.sha256(out.getvalue()).hexdigest())


def of_parcel(drawn: Picture, parcel: str) -> Picture:
    """The drawn photo as this parcel's own: two parcels never give the very same picture."""
    said = parcel.encode()
    jpeg = drawn.jpeg[:-2] + b"\xff\xfe" + (len(said) + 2).to_bytes(2, "big") + said + drawn.jpeg[-2:]
    return replace(drawn, jpeg=jpeg, sha256=hashlib.sha256(jpeg).hexdigest())


def _drawn(random: Random) -> Image.Image:
    image = Image.new("RGB", SIZE, TABLE)
    draw = ImageDraw.Draw(image)
    left, top = random.randint(30, 70), random.randint(25, 55)
    right, bottom = SIZE[0] - random.randint(30, 70), SIZE[1] - random.randint(25, 55)
    draw.rectangle((left, top, right, bottom), fill=CARDBOARD, outline=(150, 116, 76), width=6)
    for _ in range(random.randint(3, 7)):
        x, y = random.randint(left + 15, right - 130), random.randint(top + 15, bottom - 100)
        wide, high = random.randint(50, 115), random.randint(40, 85)
        draw.rounded_rectangle(
            (x, y, x + wide, y + high), 10, fill=random.choice(GOODS), outline="white", width=2
        )
    draw.rectangle((left, (top + bottom) // 2 - 8, left + 40, (top + bottom) // 2 + 8), fill=TAPE)
    return image
