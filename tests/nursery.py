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
from tests import warm

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["app", "tests.ready", "tests.warm"])


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

    def terminate(self) -> None:
        if self.poll() is None:
            self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        if self.poll() is None:
            self.send_signal(signal.SIGKILL)


def born(words: Sequence[str], environ: Mapping[str, str], said: Path) -> Born:
    """A process that does what a Python given these words would do; what it says goes into a file."""
    said.touch()
    child = FORKS.Process(target=_live, args=(list(words), dict(environ), str(said), warm.folder()))
    child.start()
    return Born(child)


def _live(words: list[str], environ: dict[str, str], said: str, pages: Path) -> None:
    os.setsid()
    os.chdir(ROOT)
    out = os.open(said, os.O_WRONLY | os.O_APPEND)
    for end in (sys.stdout, sys.stderr):
        os.dup2(out, end.fileno())
    os.environ.clear()
    os.environ.update(environ)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    warm.keep_pages(pages)
    if words[0] == "-m":
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = words
        runpy.run_path(words[0], run_name="__main__")
