"""A thousand bad uploads beside a day's work: each is refused in words, nothing of them stays, and the work goes on.

Of the thousand a few dozen get as far as the child that develops pictures; DARI_UPLOADS=1000 sends them all there.
"""

import os
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bench.browser import Browser
from tasks.models import Photo
from tests.attacks.estate import ON_SQLITE
from tests.cast import Cast
from tests.faults.uploads import AT_THE_DOOR, IN_THE_CHILD, Upload, bad
from tests.pictures import encoded, scene
from tests.served import Served
from tests.tasks.bench import Bench, set_up

pytestmark = pytest.mark.slow

MANY = 1000
FURTHER = int(os.environ.get("DARI_UPLOADS", "45"))  # of them begin as a picture does
HANDS = 3
GROWN_MB = 40  # the server's processes, together; a bomb would take 800


@pytest.fixture
def bench(served: Served, cast: Cast) -> Bench:
    return set_up(served.world, cast)


def located() -> bytes:
    """A photo that says with what and where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Dari Canary Phone"
    exif.get_ifd(0x8825).update({1: "N", 2: (37.0, 33.0, 59.0), 3: "E", 4: (126.0, 58.0, 41.0)})
    return encoded(scene(), exif=exif)


def sent(browser: Browser, path: str, upload: Upload) -> int:
    """The status that a photo is answered."""
    edge = "xqedge"
    head = f'Content-Disposition: form-data; name="csrf"\r\n\r\n{browser.csrf}\r\n--{edge}\r\n'
    name = upload.name.replace('"', "%22")
    head += f'Content-Disposition: form-data; name="photo"; filename="{name}"\r\nContent-Type: {upload.kind}\r\n\r\n'
    body = f"--{edge}\r\n{head}".encode() + upload.data + f"\r\n--{edge}--\r\n".encode()
    headers = {"Accept": "application/json", "Content-Type": f"multipart/form-data; boundary={edge}"}
    return browser._ask("POST", path, headers, body).status


def send_all(browser: Browser, path: str, uploads: Sequence[Upload], found: Counter[tuple[str, int]]) -> None:
    for upload in uploads:
        found[upload.family, sent(browser, path, upload)] += 1
    browser.close()


def kept(data: Path) -> list[str]:
    """Every file that is kept, half-written ones too."""
    return sorted(path.name for path in (data / "files").rglob("*") if path.is_file())


@ON_SQLITE
def test_a_thousand_bad_uploads_beside_work(served: Served, bench: Bench, cast: Cast) -> None:
    (task_id,) = bench.tasks(1)
    bench.claim("minji", task_id)
    bad_hand, worker = served.signed_in(cast.minji), served.signed_in(cast.sujin)
    path, uploads = f"/work/{task_id}/photos/packed_photo", list(bad(MANY, in_the_child=FURTHER))
    assert {one.family for one in uploads} >= set(IN_THE_CHILD) | set(AT_THE_DOOR if FURTHER < MANY else ())
    whole = Upload("whole", "photo.jpg", "image/jpeg", located())
    assert sent(bad_hand, path, whole) == 200  # the child stands before memory is looked at
    for tab in (bad_hand, worker):
        assert tab.page("/today").status == 200
    files, memory = kept(served.world.settings.data), served.server.peak_mb()
    each: list[Counter[tuple[str, int]]] = [Counter() for _ in range(HANDS)]
    hands = [
        threading.Thread(target=send_all, args=(bad_hand.twin(), path, uploads[n::HANDS], each[n]))
        for n in range(HANDS)
    ]
    for hand in hands:
        hand.start()
    worked: Counter[int] = Counter()
    while any(hand.is_alive() for hand in hands):
        for asked in ("/today", "/offers"):
            worked[worker.page(asked).status] += 1
        hands[0].join(0.2)
    found = sum(each, Counter[tuple[str, int]]())
    assert (found.total(), {status for _family, status in found}) == (MANY, {422})
    assert (set(worked), sum(worked.values()) >= 6) == ({200}, True)
    assert kept(served.world.settings.data) == files
    assert served.server.peak_mb() - memory < GROWN_MB
    assert sent(bad_hand, path, replace(whole, data=whole.data + b"<html>")) == 200  # the tail goes
    with bench.acting_as("minji", reading=True) as scope:
        assert scope.session.query(Photo).count() == 1  # and it is the picture that was there
    (only,) = files
    told = served.world.settings.data.joinpath("files", only[:2], only[2:4], only).read_bytes()
    assert [word in told for word in (b"Exif", b"Canary", b"html", b"\xff\xd8\xff")] == [
        False,
        False,
        False,
        True,
    ]
