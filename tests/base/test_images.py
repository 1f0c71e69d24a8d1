"""Pictures from outside come in clean or not at all, whatever is sent, and the house does not feel it."""

import hashlib
import random
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageFilter

from base import darkroom, images
from base.errors import Refused
from base.i18n import t
from tests.pictures import JPEG, encoded, opened, pixel, rss_kib, scene

ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825
TAIL = b"<html><script>alert('tail')</script></html>"

# --- what comes in -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("MPO", "RGB"), ("WEBP", "RGB"), ("WEBP", "RGBA"),
     ("PNG", "1"), ("PNG", "L"), ("PNG", "LA"), ("PNG", "P"), ("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "I;16")],
)  # fmt: skip
def test_every_picture_a_phone_or_screen_makes_becomes_a_jpeg(kind: str, mode: str) -> None:
    picture = Image.linear_gradient("L").convert(mode) if mode == "I;16" else scene(mode=mode)
    came = images.clean(encoded(picture, kind))
    assert (opened(came.jpeg).format, opened(came.jpeg).mode) == ("JPEG", "RGB")
    assert (came.width, came.height) == opened(came.jpeg).size == picture.size
    assert came.sha256 == hashlib.sha256(came.jpeg).hexdigest()


def test_sixteen_bits_of_grey_stay_grey() -> None:
    deep = Image.new("I;16", (64, 64), 0x8000)
    assert pixel(images.clean(encoded(deep, "PNG")).jpeg, 30, 30) == (128, 128, 128)


@pytest.mark.parametrize(
    ("size", "becomes"),
    [((1600, 900), (1600, 900)), ((4000, 3000), (1600, 1200)), ((600, 4800), (200, 1600)), ((9, 5), (9, 5))],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_no_side_is_longer_than_1600(kind: str, size: tuple[int, int], becomes: tuple[int, int]) -> None:
    came = images.clean(encoded(Image.new("RGB", size, "blue"), kind))
    assert (came.width, came.height) == becomes


def test_the_same_upload_gives_the_same_bytes() -> None:
    sent = encoded(scene())
    assert images.clean(sent) == images.clean(sent)


def shelf() -> Image.Image:
    """Something with edges: blocks, lines and letters' worth of detail, lit as a room is."""
    draw = random.Random(5)
    picture = Image.new("L", (1200, 900), 120)
    for _ in range(400):
        x, y, side = draw.randrange(1200), draw.randrange(900), draw.randrange(4, 60)
        picture.paste(draw.randrange(30, 230), (x, y, x + side, y + side // 2 + 2))
    return picture


def test_a_picture_says_how_soft_and_how_bright_it_is() -> None:
    sharp = images.clean(encoded(shelf()))
    softer = [images.clean(encoded(shelf().filter(ImageFilter.GaussianBlur(r)))).softness for r in (2, 4, 8)]
    assert sharp.softness < 30
    assert sharp.softness < softer[0] < softer[1] < softer[2]
    assert softer[2] > 60
    assert images.clean(encoded(Image.new("L", (600, 600), 128))).softness == 100  # nothing to be sharp
    assert 100 < sharp.light < 150
    assert images.clean(encoded(shelf().point(lambda value: value // 8))).light < 25


def test_what_was_transparent_is_white() -> None:
    glass = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    assert pixel(images.clean(encoded(glass, "PNG")).jpeg, 30, 30) == (255, 255, 255)


def test_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # the phone was turned: rows run from the right
    came = images.clean(encoded(scene(), exif=exif))
    assert (came.width, came.height) == (480, 640)
    red, green, _blue = pixel(came.jpeg, 240, 20)
    assert red > 240
    assert green < 15


def test_colours_are_those_the_profile_means() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"tmp1").replace(b"bXYZ", b"rXYZ").replace(b"tmp1", b"bXYZ")
    red = Image.new("RGB", (64, 64), "red")
    came = images.clean(encoded(red, icc_profile=swapped, quality=95)).jpeg
    red_part, _green, blue_part = pixel(came, 30, 30)
    assert red_part < 10
    assert blue_part > 245
    assert "icc_profile" not in opened(came).info


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_and_with_what_it_was_taken_is_gone(kind: str) -> None:
    exif = Image.Exif()
    exif[MAKE] = "Dari Canary Phone"
    exif.get_ifd(GPS).update({1: "N", 2: (37.0, 33.0, 59.0), 3: "E", 4: (126.0, 58.0, 41.0)})
    sent = encoded(scene(), kind, exif=exif)
    assert b"Canary" in sent
    assert Image.open(BytesIO(sent)).getexif().get_ifd(GPS)[1] == "N"
    came = images.clean(sent).jpeg
    assert b"Canary" not in came
    assert b"Exif" not in came
    assert dict(opened(came).getexif()) == {}


def test_comments_are_gone() -> None:
    assert b"canary comment" not in images.clean(encoded(scene(), comment=b"canary comment")).jpeg


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_tail_of_a_polyglot_is_gone(kind: str) -> None:
    came = images.clean(encoded(scene(), kind) + TAIL).jpeg
    assert b"script" not in came
    assert came.endswith(b"\xff\xd9")


def test_unreadable_exif_costs_only_itself() -> None:
    broken = b"Exif\0\0II*\0\xff\xff\xff\x7f" + b"\xee" * 64
    assert images.clean(encoded(scene(), exif=broken)).width == 640


# --- what does not -----------------------------------------------------------------------------------------

NOT_PICTURES = {
    "nothing": b"",
    "words": "사진 아님".encode(),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "gif": encoded(scene(mode="P"), "GIF"),
    "tiff": encoded(scene(), "TIFF"),
    "bmp": encoded(scene(), "BMP"),
    "html": TAIL,
    "pdf": encoded(scene(), "PDF"),
    "half a jpeg": JPEG[: len(JPEG) // 2],
    "half a png": encoded(scene(), "PNG")[:5000],
    "half a webp": encoded(scene(), "WEBP")[:2000],
    "a jpeg's first bytes": b"\xff\xd8\xff\xe0",
    "a gif that says jpeg": b"\xff\xd8\xff" + encoded(scene(mode="P"), "GIF"),
    "another riff": b"RIFF\x24\0\0\0WAVEfmt ",
}


@pytest.mark.parametrize("name", NOT_PICTURES)
def test_what_is_not_a_picture_is_refused(name: str) -> None:
    with pytest.raises(images.NotAnImage) as refused:
        images.clean(NOT_PICTURES[name])
    assert refused.value.status == 422
    with pytest.raises(images.NotAnImage):
        images.decode(NOT_PICTURES[name])


def test_a_bomb_of_20_kib_is_refused_and_not_felt() -> None:
    bomb = encoded(Image.new("1", (13000, 13000)), "PNG", optimize=True)
    assert len(bomb) < 25_000
    images.clean(JPEG)
    before = rss_kib()
    with pytest.raises(images.ImageTooBig) as refused:
        images.clean(bomb)
    assert refused.value.status == 422
    assert rss_kib() - before < 20 * 1024


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_fifty_megapixels_are_the_end(kind: str) -> None:
    assert images.clean(encoded(Image.new("L", (8192, 6144)), kind)).width == 1600
    with pytest.raises(images.ImageTooBig):
        images.clean(encoded(Image.new("L", (8192, 6145)), kind))


def test_too_many_bytes_never_reach_the_child() -> None:
    with pytest.raises(images.ImageTooBig) as refused:
        images.clean(JPEG + bytes(images.MAX_BYTES))
    assert refused.value.facts == {"megabytes": 25}


def test_refusals_have_words() -> None:
    for refusal in (images.NotAnImage(), images.ImageTooBig(megabytes=25), darkroom.ImagesBusy()):
        for locale in ("ko", "en"):
            assert len(t(locale, f"refused.{refusal.code}", **refusal.facts)) > 20


def mutated(seed: int) -> bytes:
    """A picture with bytes overwritten, cut out or put in; its first bytes mostly spared to get past the door."""
    chance = random.Random(seed)
    kind, mode = chance.choice(
        [("JPEG", "RGB"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB")]
    )
    data = bytearray(
        encoded(scene(96, 64, mode), kind, **({"progressive": True} if seed % 2 and kind == "JPEG" else {}))
    )
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(3 if seed % 10 else 0, len(data))
        match chance.randrange(4):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                data[at : at + 4] = chance.choice([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"])
            case 2:
                del data[at : at + chance.randint(1, 40)]
            case _:
                data[at:at] = chance.randbytes(chance.randint(1, 40))
    return bytes(data)


@pytest.mark.slow
def test_200_corrupted_uploads_are_refused_or_clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    images.clean(JPEG)
    before, outcomes = rss_kib(), {"clean": 0, "refused": 0}
    for seed in range(200):
        try:
            assert opened(images.clean(mutated(seed)).jpeg).format == "JPEG"
            outcomes["clean"] += 1
        except (images.NotAnImage, images.ImageTooBig):
            outcomes["refused"] += 1
    assert outcomes["refused"] >= 50  # the rest are damaged pixels that a decoder shows as they are
    assert sum(outcomes.values()) == 200
    assert rss_kib() - before < 20 * 1024
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_upload_cut_short_anywhere_is_refused(kind: str) -> None:
    whole = encoded(scene(160, 120), kind)
    for tenth in range(10):
        with pytest.raises(images.NotAnImage):
            images.clean(whole[: len(whole) * tenth // 10])


def test_every_refusal_of_pictures_is_a_refusal() -> None:
    assert all(issubclass(no, Refused) for no in (images.NotAnImage, images.ImageTooBig, darkroom.ImagesBusy))
