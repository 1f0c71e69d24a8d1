"""The child that develops pictures has no time, no memory and no hands to do harm, and is replaced when it dies."""

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from base import darkroom, images, images_child
from tests.pictures import JPEG, encoded

pytestmark = pytest.mark.slow


@pytest.fixture
def room() -> Iterator[darkroom.Darkroom]:
    """A darkroom of one's own with little patience."""
    own = darkroom.opened(cpu_seconds=1, wall_seconds=4)
    yield own
    own.close()


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
    assert room.develop("clean", JPEG, images.MAX_BYTES).startswith(b"ok 640 480 ")


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
