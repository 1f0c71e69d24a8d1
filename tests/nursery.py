"""Servers that are born with everything imported: bringing in `app` anew cost each of sixty servers a second.

A process that has done nothing but import the house forks for each of them; the child becomes the leader of a
session of its own, takes the server's environment, and goes the way of the command line from its first line on.
"""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from base.config import ROOT

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["app"])


@dataclass(frozen=True, slots=True)
class Born:
    """A child, asked as a `subprocess.Popen` is asked."""

    child: ForkServerProcess

    @property
    def pid(self) -> int:
        assert self.child.pid is not None
        return self.child.pid

    def poll(self) -> int | None:
        return self.child.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self.child.join(timeout)
        if self.child.exitcode is None:
            assert timeout is not None
            raise subprocess.TimeoutExpired(self.child.name, timeout)
        return self.child.exitcode

    def send_signal(self, sig: int) -> None:
        os.kill(self.pid, sig)


def born(words: Sequence[str], environ: Mapping[str, str], said: Path) -> Born:
    """A process that does what a Python given these words would do; what it says goes into a file."""
    said.touch()
    child = FORKS.Process(target=_live, args=(list(words), dict(environ), str(said)))
    child.start()
    return Born(child)


def _live(words: list[str], environ: dict[str, str], said: str) -> None:
    os.setsid()
    os.chdir(ROOT)
    out = os.open(said, os.O_WRONLY | os.O_APPEND)
    for end in (sys.stdout, sys.stderr):
        os.dup2(out, end.fileno())
    os.environ.clear()
    os.environ.update(environ)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = words
    runpy.run_path(words[0], run_name="__main__")
