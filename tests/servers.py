"""How a server lives beside the tests: in its own folder, unprivileged, able to be frozen, killed and restarted."""

import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

JANITOR = Path(__file__).with_name("janitor.py")
READY_SECONDS = 30.0


class EngineFailed(Exception):
    """The engine's own words about why it did not start."""


# --- a private folder and an unprivileged hand -------------------------------------------------------------


def unprivileged() -> dict[str, Any]:
    """Popen arguments of whoever may run a server: never root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(folder: str) -> bool:
    return all(p.stat().st_mode & 0o001 for p in [Path(folder), *Path(folder).parents])


def _short_tmp() -> str:
    """A temporary directory whose socket paths fit 107 bytes and which the server's user can enter."""
    for folder in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        if len(folder) < 60 and Path(folder).is_dir() and (os.geteuid() != 0 or _reachable(folder)):
            return folder
    raise EngineFailed("no temporary directory that an unprivileged server can enter")


@contextmanager
def private_room(name: str) -> Iterator[Path]:
    """A folder that vanishes, with every process living in it, when the block or this process ends."""
    room = Path(tempfile.mkdtemp(prefix=f"dari-{name}-", dir=_short_tmp()))
    janitor = subprocess.Popen(
        [sys.executable, "-I", "-S", str(JANITOR), str(room)], stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        room.chmod(0o711)
        yield room
    finally:
        janitor.communicate()


def own(folder: Path, mode: int) -> Path:
    """A folder of the server's user inside a room."""
    folder.mkdir(mode=0o700)
    if hand := unprivileged():
        os.chown(folder, hand["user"], hand["group"])
    folder.chmod(mode)
    return folder


def environment(room: Path) -> dict[str, str]:
    """Nothing of the tests' own environment reaches a server."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(room)}


def run(room: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end as the server's user."""
    return subprocess.run(
        command, cwd=room, env=environment(room), capture_output=True, text=True, **unprivileged()
    )


def runs(room: Path, binary: Path) -> bool:
    """Whether the server's user can read and run a binary."""
    try:
        return run(room, str(binary), "--version").returncode == 0
    except OSError:
        return False


# --- a process that can be frozen, killed and started again ------------------------------------------------


@dataclass
class Process:
    """One running server and the faults that can be done to it."""

    room: Path
    command: tuple[str, ...]
    answers: Callable[[], None]
    not_yet: type[Exception]
    popen: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        """Start and wait until it answers. Raises EngineFailed with the log's tail."""
        with (self.room / "log").open("ab") as log:
            self.popen = subprocess.Popen(
                self.command, cwd=self.room, env=environment(self.room), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True, **unprivileged(),
            )  # fmt: skip
        deadline = time.monotonic() + READY_SECONDS
        while not self._ready():
            if self.popen.poll() is not None or time.monotonic() > deadline:
                raise EngineFailed((self.room / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.01)

    def _ready(self) -> bool:
        try:
            self.answers()
        except self.not_yet:
            return False
        return True

    def pids(self) -> list[int]:
        """The server and its direct children (PostgreSQL's backends)."""
        pid = self.popen.pid
        with suppress(OSError):
            return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
        return [pid]

    def _signal(self, which: signal.Signals) -> None:
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, which)

    def pause(self) -> None:
        """Freeze it: sockets stay open, nothing answers."""
        self._signal(signal.SIGSTOP)

    def cont(self) -> None:
        """End a pause."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        self._signal(signal.SIGKILL)
        self.popen.wait()

    def restart(self) -> None:
        """Start it again on what is on its disk, killing it first where it still runs."""
        if self.popen.poll() is None:
            self.kill()
        self.start()

    def stop(self) -> None:
        """Orderly end within 10 seconds, or the hard way."""
        if self.popen.poll() is not None:
            return
        self.cont()
        os.kill(self.popen.pid, signal.SIGINT)
        try:
            self.popen.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def running(process: Process) -> Iterator[None]:
    """A started process, stopped at the end of the block."""
    process.start()
    try:
        yield
    finally:
        process.stop()
