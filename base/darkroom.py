"""The line to the darkroom: one process that forks a limited child per picture, and outlives none of ours."""

import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from base.errors import Refused

CHILD = Path(__file__).with_name("images_child.py")
READY = b"ready\n"
PATIENCE_SECONDS = 20.0
AT_ONCE = 2


class ImagesBusy(Refused):
    """No child could take the picture now; the same upload may be sent again."""

    code = "base.images_busy"
    status = 503


@dataclass(slots=True)
class Darkroom:
    """The process of images_child.py, started at first use and again whenever it is gone."""

    cpu_seconds: int
    wall_seconds: int
    seats: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE))
    lock: threading.Lock = field(default_factory=threading.Lock)
    door: socket.socket | None = None
    process: subprocess.Popen[bytes] | None = None

    def develop(self, request: str, data: bytes, limit: int) -> bytes:
        """The child's reply up to `limit` bytes, empty when it died over the picture. Raises ImagesBusy."""
        if not self.seats.acquire(timeout=PATIENCE_SECONDS):
            raise ImagesBusy
        try:
            with self._wire() as wire:
                return _talk(wire, request.encode() + b"\n" + data, limit)
        finally:
            self.seats.release()

    def _wire(self) -> socket.socket:
        """Our end of a line to a fresh child that has said it is ready."""
        ours, theirs = socket.socketpair()
        ours.settimeout(self.wall_seconds + 5)
        try:
            with theirs, self.lock:
                socket.send_fds(self._open_door(), [b"\0"], [theirs.fileno()])
            if ours.recv(len(READY)) == READY:
                return ours
        except OSError:
            with self.lock:
                self.close()
        ours.close()
        raise ImagesBusy

    def _open_door(self) -> socket.socket:
        if self.door is None or self.process is None or self.process.poll() is not None:
            self.close()
            self.door, inside = socket.socketpair()
            limits = [str(self.cpu_seconds), str(self.wall_seconds)]
            with inside:
                self.process = subprocess.Popen(  # noqa: S603 (our own file and two numbers)
                    [sys.executable, "-I", str(CHILD), *limits], env={}, cwd="/", start_new_session=True,
                    stdin=inside.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )  # fmt: skip
        return self.door

    def close(self) -> None:
        """End the process; a later picture starts another."""
        if self.door is not None:
            self.door.close()
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.door = self.process = None

    def forget(self) -> None:
        """After a fork: the process, and the locks of threads that do not exist here, are the parent's."""
        if self.door is not None:
            self.door.close()
        if self.process is not None:
            self.process.returncode = 0  # not ours to wait for
        self.door = self.process = None
        self.seats, self.lock = threading.Semaphore(AT_ONCE), threading.Lock()


def opened(cpu_seconds: int, wall_seconds: int) -> Darkroom:
    """A darkroom that knows about forks; its process ends with the door, at the latest with ours."""
    darkroom = Darkroom(cpu_seconds, wall_seconds)
    os.register_at_fork(after_in_child=darkroom.forget)
    return darkroom


def _talk(wire: socket.socket, message: bytes, limit: int) -> bytes:
    with suppress(OSError):  # a child killed over the picture hangs up in the middle of a word
        wire.sendall(message)
        wire.shutdown(socket.SHUT_WR)
        with wire.makefile("rb") as incoming:
            return incoming.read(limit)
    return b""
