"""Five hundred open tabs beside eight hands at work: what the tabs wait for, and what the hands lose."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import cycle, islice
from socket import create_connection, socket
from typing import Any

from base.config import ROOT
from base.serve import THREADS
from bench import filling, load
from bench.house import House
from bench.load import Load, at_share
from bench.serving import LOOPBACK, Server

#: Role, page, and the least seconds between two fetches, as the template says; so many of each hundred tabs.
PAGES = (
    (40, "partner", "/today", 20),
    (40, "partner", "/offers", 20),
    (10, "reviewer", "/inspections", 10),
    (10, "owner", "/board", 15),
)
STREAMING = ("-m", "bench.streaming")
PATIENCE_S, TRIES = 1.0, 3


@dataclass(frozen=True, slots=True)
class Beside:
    """Eight hands at work: pairs a second, and what 95 % of claims wait at most."""

    pairs: float
    claim_ms: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What all tabs asked in so many seconds: how often, how long they waited (median, 95 %), what failed."""

    pulses_per_second: float
    pulse_ms: tuple[float, float]
    pages_per_second: float
    page_ms: tuple[float, float]
    failed: int


@dataclass(frozen=True, slots=True)
class Streams:
    """Open streams, and how many of three other requests were answered within a second."""

    opened: int
    answered: int


@dataclass(frozen=True, slots=True)
class Tabs:
    """All of it; `quiet_cpu` is the server's share of one core while nobody works."""

    tabs: int
    quiet_cpu: float
    quiet: Asked
    without: Beside
    beside: Beside
    busy: Asked
    streams: list[Streams] = field(default_factory=list)

    @property
    def kept(self) -> float:
        """The hands' pace beside the tabs, as a share of their pace alone."""
        return self.beside.pairs / self.without.pairs


def measure(house: House, *, count: int, seconds: float, tasks: int) -> Tabs:
    """Quiet tabs first, then hands without tabs, then both, in a shop with so many tasks open."""
    filling.until_open(house, tasks)
    house.settle()
    with house.serving("server.log") as server:
        browsers = [server.browser(hand.key.cookie, hand.key.csrf) for hand in house.hands]
        load.work(server, browsers, seconds=seconds / 4, most=tasks)
        before, began = server.cpu_s(), time.perf_counter()
        with _crowd(house, server, count, seconds) as quiet:
            pass
        cpu = (server.cpu_s() - before) / (time.perf_counter() - began)
        without = load.work(server, browsers, seconds=seconds, most=tasks)
        with _crowd(house, server, count, seconds) as busy:
            beside = load.work(server, browsers, seconds=seconds, most=tasks)
        for browser in browsers:
            browser.close()
    asked = [_told(one[0], seconds) for one in (quiet, busy)]
    return Tabs(count, cpu, asked[0], _beside(without), _beside(beside), asked[1], _streams(house))


def _beside(done: Load) -> Beside:
    return Beside(done.per_second, done.claim_ms(0.95))


@contextmanager
def _crowd(house: House, server: Server, tabs: int, seconds: float) -> Iterator[list[Any]]:
    """The crowd in a process of its own; what it reports is in the list after the block."""
    keys = {"owner": [house.keys["owner"]], "reviewer": [house.keys["reviewer"]]}
    keys["partner"] = [hand.key for hand in house.hands]
    takers = {role: cycle(some) for role, some in keys.items()}
    kinds = cycle([(role, path, least) for share, role, path, least in PAGES for _ in range(share // 10)])
    asked = [(next(takers[role]).cookie, path, least) for role, path, least in islice(kinds, tabs)]
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.tab_crowd"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps({"port": server.port, "tabs": asked, "seconds": seconds}) + "\n")
    process.stdin.flush()
    reported: list[Any] = []
    yield reported
    reported.append(json.loads(process.communicate(timeout=seconds + 120)[0]))


def _told(reported: dict[str, Any], seconds: float) -> Asked:
    pulses, pages = reported["pulses"], reported["pages"]
    return Asked(
        len(pulses) / seconds,
        (at_share(pulses, 0.5), at_share(pulses, 0.95)),
        len(pages) / seconds,
        (at_share(pages, 0.5), at_share(pages, 0.95)),
        reported["failed"],
    )


# --- the other way -----------------------------------------------------------------------------------------


def _streams(house: House) -> list[Streams]:
    """How many open streams the same server bears before it answers nobody; one process of it."""
    made = []
    with house.serving("streams.log", words=STREAMING, DARI_WORKERS="1") as server:
        streams: list[socket] = []
        for wanted in (0, THREADS - 1, THREADS):
            while len(streams) < wanted:
                streams.append(_stream(server))
            made.append(Streams(wanted, sum(_answers(server) for _ in range(TRIES))))
        for stream in streams:
            stream.close()
    return made


def _stream(server: Server) -> socket:
    """An open stream, its first event read."""
    opened = create_connection((LOOPBACK, server.port), timeout=PATIENCE_S)
    opened.sendall(b"GET /stream HTTP/1.1\r\nHost: bench\r\n\r\n")
    opened.recv(1024)
    return opened


def _answers(server: Server) -> bool:
    with closing(HTTPConnection(LOOPBACK, server.port, timeout=PATIENCE_S)) as asked:
        try:
            asked.request("GET", "/readyz")
            return asked.getresponse().status == 200
        except (OSError, HTTPException):
            return False
