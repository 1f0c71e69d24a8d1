"""Load: hands that take and hand in as fast as they are answered, each on a connection of its own."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median
from threading import Barrier

from bench import workshop
from bench.browser import Answer, Browser
from bench.serving import Server


@dataclass(slots=True)
class Lap:
    """What one hand did: the tasks it was given, and how long each claim and each handing-in took."""

    tasks: list[int] = field(default_factory=list)
    claims_s: list[float] = field(default_factory=list)
    submits_s: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def claim(self, browser: Browser) -> bool:
        """Takes the next task; whether it was given one."""
        begun = time.perf_counter()
        claimed = browser.post("/offers/next")
        if not self._went_well(claimed):
            return False
        self.claims_s.append(time.perf_counter() - begun)
        self.tasks.append(claimed.json()["task_id"])
        return True

    def hand_in(self, browser: Browser, task_id: int) -> bool:
        """Hands a task in; whether it was taken."""
        begun = time.perf_counter()
        if not self._went_well(browser.post(f"/work/{task_id}/submission", **workshop.ANSWERS)):
            return False
        self.submits_s.append(time.perf_counter() - begun)
        return True

    def _went_well(self, answer: Answer) -> bool:
        if answer.status != 200:
            self.refused[answer.json()["code"]] += 1
        return answer.status == 200


@dataclass(frozen=True, slots=True)
class Load:
    """What all hands did together in so many seconds; `cpu_s` is the server's own processor time."""

    laps: tuple[Lap, ...]
    seconds: float
    cpu_s: float

    @property
    def claims(self) -> int:
        return sum(len(lap.claims_s) for lap in self.laps)

    @property
    def pairs(self) -> int:
        return sum(len(lap.submits_s) for lap in self.laps)

    @property
    def per_second(self) -> float:
        return self.pairs / self.seconds

    @property
    def claims_per_second(self) -> float:
        return self.claims / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Processor milliseconds of the server for one pair."""
        return 1000 * self.cpu_s / max(1, self.pairs)

    @property
    def tasks(self) -> Counter[int]:
        """How often each task was given."""
        return Counter(task for lap in self.laps for task in lap.tasks)

    @property
    def refused(self) -> Counter[str]:
        return sum((lap.refused for lap in self.laps), Counter[str]())

    def claim_ms(self, share: float = 0.5) -> float:
        """A claim as the client waits for it, in milliseconds, at this share of all claims."""
        return at_share([one for lap in self.laps for one in lap.claims_s], share)


def twice(loads: Sequence[Load]) -> int:
    """Tasks that were handed to more than one."""
    given = sum((load.tasks for load in loads), Counter[int]())
    return sum(times > 1 for times in given.values())


def at_share(seconds: Sequence[float], share: float) -> float:
    """The value below which this share of the times lies, in milliseconds; 0 where there are none."""
    if not seconds:
        return 0.0
    if share == 0.5:
        return 1000 * median(seconds)
    return 1000 * sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))]


def work(server: Server, browsers: Sequence[Browser], *, seconds: float, most: int) -> Load:
    """Lets every browser claim and hand in for so long, or until `most` pairs are done between them."""
    each = max(1, most // len(browsers))

    def lap(browser: Browser) -> Lap:
        done, until = Lap(), time.perf_counter() + seconds
        while time.perf_counter() < until and len(done.submits_s) < each:
            if not (done.claim(browser) and done.hand_in(browser, done.tasks[-1])):
                break
        return done

    return _together(server, browsers, lap)


def claim(server: Server, browsers: Sequence[Browser], *, each: int) -> Load:
    """Lets every browser claim so many tasks and nothing else."""

    def lap(browser: Browser) -> Lap:
        done = Lap()
        while len(done.tasks) < each and done.claim(browser):
            pass
        return done

    return _together(server, browsers, lap)


def hand_in(browsers: Sequence[Browser], held: Load) -> None:
    """Every browser hands in what it has claimed; the order of laps is the order of browsers."""
    with ThreadPoolExecutor(len(browsers)) as pool:
        for browser, lap in zip(browsers, held.laps, strict=True):
            pool.submit(_hand_in_all, browser, lap)


def _hand_in_all(browser: Browser, lap: Lap) -> None:
    for task_id in lap.tasks:
        lap.hand_in(browser, task_id)


def _together(server: Server, browsers: Sequence[Browser], lap: Callable[[Browser], Lap]) -> Load:
    line = Barrier(len(browsers) + 1)

    def one(browser: Browser) -> Lap:
        line.wait()
        return lap(browser)

    with ThreadPoolExecutor(len(browsers)) as pool:
        laps = [pool.submit(one, browser) for browser in browsers]
        line.wait()
        began, cpu = time.perf_counter(), server.cpu_s()
        done = tuple(lap.result() for lap in laps)
        return Load(done, time.perf_counter() - began, server.cpu_s() - cpu)
