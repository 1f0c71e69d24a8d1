"""The real server in a process of its own, on this machine's own address: started, watched, told to stop."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Protocol

from base.config import ROOT
from bench.browser import Browser

LOOPBACK = "127.0.0.1"
HOUSE = (str(ROOT / "app.py"), "run", "--port")
READY_S = 40.0
STOP_S = 40.0  # a little more than the server gives what is under way


class NotServing(Exception):
    """The server ended before it answered; its last words are the message."""


class Process(Protocol):
    """What is asked of a server's process: as much as `subprocess.Popen` answers."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...


Start = Callable[[Sequence[str], Mapping[str, str], Path], Process]


@dataclass(slots=True)
class Server:
    """One running server: where it listens, its process, and what it wrote."""

    port: int
    process: Process
    said: Path

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def browser(self, cookie: str = "", csrf: str = "") -> Browser:
        """A browser that asks this server."""
        return Browser(LOOPBACK, self.port, cookie, csrf)

    def stop(self) -> int:
        """Tells it to end and waits; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_S)

    def cpu_s(self) -> float:
        """Processor seconds of the server and its workers so far (Linux; elsewhere 0)."""
        return sum(_cpu_s(pid) for pid in _family(self.process.pid))

    def peak_mb(self) -> float:
        """The most memory that the server and its workers have had at once each (Linux; elsewhere 0)."""
        return sum(_peak_kb(pid) for pid in _family(self.process.pid)) / 1024


@contextmanager
def serving(
    environ: Mapping[str, str], *, said: Path, words: Sequence[str] = HOUSE, start: "Start | None" = None
) -> Iterator[Server]:
    """Starts a server in this environment and waits until it is ready; nothing of it outlives the block.

    `words` start it when Python is given them and a port: `app.py run` where nothing else is said.
    `start` makes the process another way than a Python of its own. Raises NotServing.
    """
    port = free_port()
    process = (start or python)([*words, str(port)], _around(environ), said)
    server = Server(port, process, said)
    try:
        _wait_ready(server)
        yield server
        server.stop()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # a group of its own: nothing else is in it
        process.wait()


def python(words: Sequence[str], environ: Mapping[str, str], said: Path) -> Process:
    """A Python that is given these words, in a session of its own; what it says goes into a file."""
    with said.open("wb") as out:
        return subprocess.Popen(  # noqa: S603 (our own command)
            [sys.executable, *words],
            cwd=ROOT,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as door:
        door.bind((LOOPBACK, 0))
        return int(door.getsockname()[1])


def _around(environ: Mapping[str, str]) -> dict[str, str]:
    """Nothing of the caller's own settings reaches the server."""
    kept = ("PATH", "HOME", "LANG", "PYTHONUTF8", "PYTHONPYCACHEPREFIX", "TMPDIR", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ} | dict(environ)


def _wait_ready(server: Server) -> None:
    deadline = time.monotonic() + READY_S
    while not _answers(server):
        if server.process.poll() is not None or time.monotonic() > deadline:
            raise NotServing(server.said.read_text(errors="replace")[-2000:])
        time.sleep(0.02)


def _answers(server: Server) -> bool:
    asked = HTTPConnection(LOOPBACK, server.port, timeout=5)
    try:
        asked.request("GET", "/readyz")
        return asked.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        asked.close()


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *map(int, children)]


def _cpu_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
