"""A thread that has answered stays with who asks, while another is free for whoever comes new."""

import os
import socket
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn

from base.staying import StayingWorker

QUESTION = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def hello(_environ: dict[str, Any], begin: Callable[..., Any]) -> Iterable[bytes]:
    begin("200 OK", [("Content-Length", "5")])
    return [b"hello"]


def answered(threads: int, sent: bytes) -> tuple[bool, int]:
    """Whether the line is kept, and how many questions one turn of a thread has answered."""
    cfg = Config()
    cfg.set("threads", threads)
    worker = StayingWorker(1, os.getppid(), [], None, 30, cfg, Logger(cfg))
    worker.wsgi = hello
    theirs, ours = socket.socketpair()
    with theirs, ours:
        theirs.sendall(sent)
        kept = worker.handle(TConn(cfg, ours, ("127.0.0.1", 1), ("127.0.0.1", 80)))
        ours.close()
        heard = b"".join(iter(lambda: theirs.recv(65536), b""))
    worker.tmp.close()
    return kept, heard.count(b"hello")


@pytest.mark.parametrize(
    ("threads", "sent", "wanted"),
    [
        (2, QUESTION, (True, 1)),
        (2, 3 * QUESTION, (True, 3)),
        (1, 3 * QUESTION, (True, 1)),  # no other thread is free: back to the loop, which takes turns
        (2, QUESTION + b"Nonsense\r\n\r\n", (False, 1)),
    ],
)
def test_one_turn(threads: int, sent: bytes, wanted: tuple[bool, int]) -> None:
    assert answered(threads, sent) == wanted
