"""Pictures from outside come in clean or not at all, whatever is sent, and the house does not feel it."""

import hashlib
import os
import random
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
import segno
import zxingcpp
from PIL import Image, ImageCms

from base import darkroom, images, images_child
from base.errors import Refused
from base.i18n import t

ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825
TAIL = b"<html><script>alert('tail')</script></html>"


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


@pytest.fixture
def room() -> Iterator[darkroom.Darkroom]:
    """A darkroom of one's own with little patience."""
    own = darkroom.opened(cpu_seconds=1, wall_seconds=4)
    yield own
    own.close()


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

JPEG = encoded(scene())
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


def test_too_many_bytes_never_reach_the_child(room: darkroom.Darkroom) -> None:
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


# --- barcodes ----------------------------------------------------------------------------------------------


def label(kind: str, text: str) -> Image.Image:
    """A code on a white label."""
    paper = Image.new("L", (900, 700), 255)
    if kind == "QRCode":
        out = BytesIO()
        segno.make(text).save(out, kind="png", scale=8)
        code = Image.open(out).convert("L")
    else:
        made = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
        code = Image.fromarray(made.to_image(scale=3))
    paper.paste(code, (150, 150))
    return paper


LABELS = [("QRCode", "dari:lot/한글-7"), ("EAN13", "8801234567893"), ("Code128", "SKU-0042")]


@pytest.mark.parametrize(("kind", "text"), LABELS)
@pytest.mark.parametrize("turned", [0, 15, 90])
def test_codes_on_labels_are_read(kind: str, text: str, turned: int) -> None:
    photo = label(kind, text).rotate(turned, expand=True, fillcolor=255).convert("RGB")
    assert images.decode(encoded(photo)) == [text]


def test_only_the_expected_kinds_are_read() -> None:
    sent = encoded(label("EAN13", "8801234567893"))
    assert images.decode(sent, ["QRCode", "Code128"]) == []


def test_a_picture_without_a_code_has_none() -> None:
    assert images.decode(JPEG) == []


# --- the child ---------------------------------------------------------------------------------------------


def scan_bomb(width: int, height: int, scans: int) -> bytes:
    """A progressive JPEG whose last scan is said over and over: few bytes, much work."""
    data = encoded(Image.new("L", (width, height), 90), progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * scans + b"\xff\xd9"


def still_there(parent: int) -> list[int]:
    """Children of a process that do not end within two seconds."""
    left = []
    for child in map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split()):
        with suppress(ProcessLookupError), os.fdopen(os.pidfd_open(child)) as ending:
            if not select.select([ending], [], [], 2)[0]:
                left.append(child)
    return left


@pytest.mark.parametrize(("cpu", "wall"), [(1, 100), (100, 1)])
def test_a_picture_that_burns_time_is_cut_off(monkeypatch: pytest.MonkeyPatch, cpu: int, wall: int) -> None:
    room = darkroom.opened(cpu, wall)
    monkeypatch.setattr(images, "_room", room)
    monkeypatch.setattr(images, "CPU_SECONDS", 1)
    bomb = scan_bomb(8192, 6144, 4000)
    assert len(bomb) < 1_000_000
    with pytest.raises(images.ImageTooBig):
        images.clean(bomb)
    assert room.process is not None
    assert still_there(room.process.pid) == []
    assert images.clean(JPEG).width == 640
    room.close()


CONFINED = """
import os, resource, socket, sys
sys.path.insert(0, {folder!r})
import images_child
images_child.confine_house()
images_child.confine_child(5, 15)
def refused(act):
    try:
        act()
    except (OSError, MemoryError) as no:
        return type(no).__name__
    return "allowed"
acts = [lambda: socket.socket(), lambda: open("/etc/passwd"), lambda: os.pipe(), lambda: bytearray(600 * 2**20)]
os.write(1, repr([refused(act) for act in acts]).encode())
"""


def test_the_child_can_open_nothing_and_take_little() -> None:
    script = CONFINED.format(folder=str(Path(images_child.__file__).parent))
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout == "['OSError', 'OSError', 'OSError', 'MemoryError']"


def test_the_child_inherits_no_descriptor_and_no_environment(room: darkroom.Darkroom, tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)
        room.develop("clean", JPEG, images.MAX_BYTES)
        assert room.process is not None
        about = Path(f"/proc/{room.process.pid}")
        assert sorted(fd.name for fd in (about / "fd").iterdir()) == ["0", "1", "2"]
        assert b"=" not in (about / "environ").read_bytes().replace(b"LC_CTYPE=C.UTF-8", b"")


def test_the_process_ends_with_the_door(room: darkroom.Darkroom) -> None:
    room.develop("clean", JPEG, images.MAX_BYTES)
    assert room.door is not None
    assert room.process is not None
    room.door.close()
    assert room.process.wait(10) == 0


def test_a_killed_darkroom_is_replaced(room: darkroom.Darkroom) -> None:
    room.develop("clean", JPEG, images.MAX_BYTES)
    first = room.process
    assert first is not None
    first.kill()
    first.wait()
    assert room.develop("clean", JPEG, images.MAX_BYTES).startswith(b"ok 640 480\n")


def test_a_darkroom_that_cannot_start_is_a_polite_no(
    monkeypatch: pytest.MonkeyPatch, room: darkroom.Darkroom
) -> None:
    monkeypatch.setattr(darkroom, "CHILD", Path("/nowhere.py"))
    with pytest.raises(darkroom.ImagesBusy) as refused:
        room.develop("clean", JPEG, images.MAX_BYTES)
    assert refused.value.status == 503


def test_a_frozen_darkroom_is_a_polite_no_and_replaced(room: darkroom.Darkroom) -> None:
    room.wall_seconds = -4  # one second of patience
    room.develop("clean", JPEG, images.MAX_BYTES)
    assert room.process is not None
    os.kill(room.process.pid, signal.SIGSTOP)
    with pytest.raises(darkroom.ImagesBusy):
        room.develop("clean", JPEG, images.MAX_BYTES)
    assert room.process is None


def together(count: int, act: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=act, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_many_hands_get_their_own_pictures() -> None:
    sizes: dict[int, tuple[int, int]] = {}

    def send(number: int) -> None:
        for _ in range(5):
            came = images.clean(encoded(Image.new("RGB", (100 + number, 50), "green")))
            sizes[number] = (came.width, came.height)

    together(8, send)
    assert sizes == {number: (100 + number, 50) for number in range(8)}


FORKED = """
import os, sys
sys.path.insert(0, {root!r})
from base import images
sent = open({file!r}, "rb").read()
images.clean(sent)
ours = images._room.process
if (child := os.fork()) == 0:
    forgotten = images._room.process is None
    images.clean(sent)
    images._room.close()
    os._exit(7 if forgotten else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), ours.poll(), images.clean(sent).width)
"""


def test_a_forked_process_has_its_own_darkroom(tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(JPEG)
    script = FORKED.format(root=str(Path(images.__file__).parents[1]), file=str(tmp_path / "photo"))
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout == "7 None 640\n"


def test_every_refusal_of_pictures_is_a_refusal() -> None:
    assert all(issubclass(no, Refused) for no in (images.NotAnImage, images.ImageTooBig, darkroom.ImagesBusy))
