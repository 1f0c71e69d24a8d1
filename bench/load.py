"""Load: hands that take and hand in as fast as they are answered, each on a connection of its own."""

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median
from threading import Barrier

from bench import workshop
from bench.browser import Browser
from bench.serving import Server


@dataclass(slots=True)
class Lap:
    """What one hand did: the tasks it was given, and how long each claim and each handing-in took."""

    tasks: list[int] = field(default_factory=list)
    claims_s: list[float] = field(default_factory=list)
    submits_s: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Load:
    """What all hands did together in so many seconds; `cpu_s` is the server's own processor time."""

    laps: tuple[Lap, ...]
    seconds: float
    cpu_s: float

    @property
    def pairs(self) -> int:
        return sum(len(lap.submits_s) for lap in self.laps)

    @property
    def per_second(self) -> float:
        return self.pairs / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Processor milliseconds of the server for one pair."""
        return 1000 * self.cpu_s / max(1, self.pairs)

    @property
    def twice(self) -> int:
        """Tasks that were handed to more than one."""
        given = Counter(task for lap in self.laps for task in lap.tasks)
        return sum(times > 1 for times in given.values())

    @property
    def refused(self) -> Counter[str]:
        return sum((lap.refused for lap in self.laps), Counter[str]())

    def claim_ms(self, share: float = 0.5) -> float:
        """A claim as the client waits for it, in milliseconds, at this share of all claims."""
        return at_share([one for lap in self.laps for one in lap.claims_s], share)


def at_share(seconds: Sequence[float], share: float) -> float:
    """The value below which this share of the times lies, in milliseconds; 0 where there are none."""
    if not seconds:
        return 0.0
    if share == 0.5:
        return 1000 * median(seconds)
    return 1000 * sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))]


def work(server: Server, browsers: Sequence[Browser], *, seconds: float, most: int) -> Load:
    """Lets every browser claim and hand in for so long, or until `most` pairs are done between them."""
    line, each = Barrier(len(browsers) + 1), most // len(browsers)

    def one(browser: Browser) -> Lap:
        line.wait()
        return _lap(browser, until=time.perf_counter() + seconds, most=each)

    with ThreadPoolExecutor(len(browsers)) as pool:
        laps = [pool.submit(one, browser) for browser in browsers]
        line.wait()
        began, cpu = time.perf_counter(), server.cpu_s()
        done = tuple(lap.result() for lap in laps)
        return Load(done, time.perf_counter() - began, server.cpu_s() - cpu)


def _lap(browser: Browser, *, until: float, most: int) -> Lap:
    lap = Lap()
    while time.perf_counter() < until and len(lap.submits_s) < most:
        begun = time.perf_counter()
        claimed = browser.post("/offers/next")
        if claimed.status != 200:
            lap.refused[claimed.json()["code"]] += 1
            return lap
        taken = time.perf_counter()
        lap.tasks.append(claimed.json()["task_id"])
        lap.claims_s.append(taken - begun)
        handed_in = browser.post(f"/work/{lap.tasks[-1]}/submission", **workshop.ANSWERS)
        if handed_in.status != 200:
            lap.refused[handed_in.json()["code"]] += 1
            return lap
        lap.submits_s.append(time.perf_counter() - taken)
    return lap
