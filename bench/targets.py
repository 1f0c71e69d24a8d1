"""What the house has set itself, beside what was measured: each target met or not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from bench.course import Course, Size
from bench.deciding import Decided
from bench.judged import Judged
from bench.queues import Taken
from bench.tabs import Tabs
from bench.walking import Walked

SLOWER = 1.2  # the most that growth may cost
SMALL_BOARD = 10_000
DECIDED_MS = 100


@dataclass(frozen=True, slots=True)
class Target:
    """A figure and its bound, in words."""

    what: str
    engine: str
    found: str
    wanted: str
    met: bool


def of_course(course: Course) -> Iterator[Target]:
    """The targets of one engine that this run has figures for."""
    sizes = course.sizes
    if sizes:
        yield from _of_sizes(course.engine, sizes)
    if len(course.judged) > 1:
        yield from _of_judged(course.engine, course.judged)
    if course.queues:
        yield from _of_queues(course.engine, course.queues)
    if course.tabs:
        yield from _of_tabs(course.engine, course.tabs)
    if course.imports:
        share = course.imports.share
        yield _least("sealed import, as a share of unsealed", course.engine, share, 0.6)


def of_pages(walked: Sequence[Walked]) -> Iterator[Target]:
    """The demo's pages, all people together."""
    if walked:
        middle = median([one.median_ms for one in walked])
        yield Target("page of the demo shop, median", "SQLite", f"{middle:.1f} ms", "< 30 ms", middle < 30)


def of_decisions(decided: Decided | None) -> Iterator[Target]:
    """From the key of a verdict to the next submission on the screen."""
    if decided is not None:
        what = f"next submission on screen after a verdict's key, median of {decided.decisions}"
        middle = decided.median_ms
        yield Target(what, "Chromium", f"{middle:.0f} ms", "< 100 ms", middle < DECIDED_MS)


def _of_sizes(engine: str, sizes: Sequence[Size]) -> Iterator[Target]:
    first, last = sizes[0], sizes[-1]
    if first is not last:
        grown = f"at {last.tasks:,} open tasks against {first.tasks:,}"
        slower = last.alone_claim_ms / first.alone_claim_ms
        yield _most(f"claim over HTTP, one hand, {grown}", engine, slower, SLOWER)
        slower = first.claims.median / last.claims.median
        yield _most(f"claim over HTTP, eight hands, {grown}", engine, slower, SLOWER)
    worst = min(sizes, key=lambda size: size.claims.median / size.ceiling.median)
    share = worst.claims.median / worst.ceiling.median
    yield _least(f"claims, as a share of the bare view (worst, at {worst.tasks:,})", engine, share, 0.5)
    slow = min(sizes, key=lambda size: size.pairs.median)
    rate = slow.pairs.median
    what = f"claim and submit together (worst, at {slow.tasks:,})"
    yield Target(what, engine, f"{rate:.0f}/s", "≥ 200/s", rate >= 200)
    twice = sum(size.twice for size in sizes)
    given = sum(size.given for size in sizes)
    yield Target("tasks handed out twice", engine, f"{twice} of {given:,}", "0", twice == 0)
    yield from _boards(engine, sizes)


def _of_queues(engine: str, taken: Sequence[Taken]) -> Iterator[Target]:
    """A claim among many queues and with a long past, against the newcomer's in a small shop."""
    small, *grown = taken
    for one in grown:
        what = f"claim with {one.slots:,} slots in {one.queues:,} queues, {one.finished:,} {one.who}"
        yield _most(what, engine, one.claim_ms[0] / small.claim_ms[0], SLOWER)


def _of_judged(engine: str, judged: Sequence[Judged]) -> Iterator[Target]:
    """The pages of quality over the most verdicts, against the fewest."""
    few, many = judged[0], judged[-1]
    for was, now in zip(few.pages, many.pages, strict=True):
        what = f"{now.page} at {many.verdicts:,} verdicts against {few.verdicts:,}"
        yield _most(what, engine, now.median_ms / was.median_ms, SLOWER)


def _of_tabs(engine: str, tabs: Tabs) -> Iterator[Target]:
    what = f"claim and submit beside {tabs.tabs:,} open tabs, as a share of without"
    yield _least(what, engine, tabs.kept, 0.7)
    waited = max(tabs.quiet.pulse_ms[1], tabs.busy.pulse_ms[1])
    failed = tabs.quiet.failed + tabs.busy.failed
    found = f"{waited:.0f} ms, {failed} failed"
    yield Target("pulse of a tab, 95 %", engine, found, "< 1000 ms, 0 failed", waited < 1000 and not failed)


def _boards(engine: str, sizes: Sequence[Size]) -> Iterator[Target]:
    """The owner's board and lists with the most tasks, against ten thousand."""
    small = next((size for size in reversed(sizes) if size.tasks <= SMALL_BOARD), sizes[0])
    large = sizes[-1]
    if small is large:
        return
    for name in ("board", "orders", "tasks"):
        now, was = (next(page.median_ms for page in at.pages if page.page == name) for at in (large, small))
        yield _most(f"{name} at {large.tasks:,} tasks against {small.tasks:,}", engine, now / was, SLOWER)


def _most(what: str, engine: str, found: float, bound: float) -> Target:
    return Target(what, engine, f"{found:.2f}×", f"≤ {bound}×", found <= bound)


def _least(what: str, engine: str, found: float, bound: float) -> Target:
    return Target(what, engine, f"{found:.2f}", f"≥ {bound}", found >= bound)
