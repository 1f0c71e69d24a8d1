"""Cutting off what never ends."""

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Endless(Exception):
    """The work took longer than it may."""


@contextmanager
def in_time(seconds: float) -> Iterator[None]:
    """Raises Endless inside the block when it takes too long; works in any thread, between bytecodes."""
    timer = threading.Timer(seconds, _interrupt, [threading.get_ident()])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # whatever it raises is raised here, not in the work that follows


def _interrupt(thread: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(Endless))
