"""Waits until the tests end, in whatever way, then ends what still lives in a folder and removes the folder."""

import ctypes
import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
IPC_RMID = 0
PATIENCE_SECONDS = 5.0


def inhabitants(room: Path) -> list[int]:
    """Processes whose working directory is in the folder (Linux)."""
    found = []
    for cwd in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):
            if cwd.readlink().is_relative_to(room):
                found.append(int(cwd.parent.name))
    return found


def send(pids: list[int], *signals: signal.Signals) -> None:
    """Signal processes that may be gone already."""
    for pid in pids:
        for which in signals:
            with suppress(ProcessLookupError):
                os.kill(pid, which)


def free_shared_memory(room: Path) -> None:
    """A killed PostgreSQL leaves a System V segment; line 7 of its pid file ends with the number."""
    with suppress(OSError, IndexError):
        lines = (room / "data" / "postmaster.pid").read_text().splitlines()
        ctypes.CDLL(None).shmctl(int(lines[6].split()[1]), IPC_RMID, None)


def clear(room: Path) -> None:
    """SIGQUIT lets PostgreSQL give its shared memory back; whoever stays is killed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    send(inhabitants(room), signal.SIGCONT, signal.SIGQUIT)
    while room.exists():
        left = inhabitants(room)
        if time.monotonic() > deadline:
            send(left, signal.SIGKILL)
        if not left:
            free_shared_memory(room)
            shutil.rmtree(room, ignore_errors=True)
        time.sleep(0.01)


def wait_for_the_end() -> None:
    """The pipe closes when the parent ends; a forked child may hold it open, so the kernel tells as well."""
    signal.signal(signal.SIGTERM, lambda *_: os.close(0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    with suppress(OSError):
        while os.read(0, 4096):
            continue


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    wait_for_the_end()
    clear(Path(sys.argv[1]).resolve())
