"""The measurements in words and tables (Markdown), and the same for programs."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench import targets
from bench.course import Course, Rate, Size
from bench.deciding import Decided
from bench.goods import Stocked
from bench.importing import Imported
from bench.judged import Judged
from bench.pages import Cost
from bench.queues import Taken
from bench.tabs import Asked, Tabs
from bench.tagging import Tagged, Tagging
from bench.targets import Target
from bench.walking import Walked

SAME = {True: "yes", False: "NO"}
BEGIN, END = "<!-- figures: made by the bench -->", "<!-- end of figures -->"


class NoPlace(Exception):
    """The paper has no two marks between which the figures stand."""


@dataclass(slots=True)
class Measured:
    """Everything one run has found out."""

    machine: dict[str, str]
    courses: list[Course] = field(default_factory=list)
    walked: list[Walked] = field(default_factory=list)
    tagging: Tagging | None = None
    decided: Decided | None = None

    @property
    def targets(self) -> list[Target]:
        of_engines = [target for course in self.courses for target in targets.of_course(course)]
        return [*of_engines, *targets.of_pages(self.walked), *targets.of_decisions(self.decided)]


def document(measured: Measured) -> dict[str, Any]:
    """For programs."""
    return asdict(measured) | {"targets": [asdict(target) for target in measured.targets]}


def text(measured: Measured) -> str:
    """For people."""
    return "\n".join(_lines(measured))


def write(paper: Path, measured: Measured) -> None:
    """Puts the figures between the two marks of a paper. Raises NoPlace."""
    before, begun, rest = paper.read_text(encoding="utf-8").partition(BEGIN)
    _old, ended, after = rest.partition(END)
    if not (begun and ended):
        raise NoPlace(paper.name)
    paper.write_text(f"{before}{BEGIN}\n{text(measured)}\n{END}{after}", encoding="utf-8")


def keep(file: Path, measured: Measured) -> None:
    """Writes the JSON into a file."""
    file.write_text(json.dumps(document(measured), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _lines(measured: Measured) -> Iterator[str]:
    yield from (f"- {name}: {value}" for name, value in measured.machine.items())
    yield from _table(
        ("target", "engine", "measured", "wanted", ""),
        (
            (one.what, one.engine, one.found, one.wanted, "met" if one.met else "**not met**")
            for one in measured.targets
        ),
    )
    for course in measured.courses:
        yield from ("", f"### {course.engine} {course.version}", *_course(course))
    if measured.decided:
        yield from ("", "### A reviewer at the keyboard", "", _decisions(measured.decided))
    if measured.walked:
        yield from ("", "### Pages of the demo shop", *_walks(measured.walked))
    if measured.tagging:
        yield from ("", f"### Tags: {measured.tagging.photos}", *_tagging(measured.tagging))


def _course(course: Course) -> Iterator[str]:
    yield ""
    yield (
        f"A claim says {course.claim.statements} statements and loads {course.claim.objects} objects;"
        f" handing in says {course.submit.statements} and loads {course.submit.objects}."
    )
    if course.imports:
        both = (("sealed", course.imports.sealed), ("unsealed", course.imports.unsealed))
        head = ("import", "orders", "lines", "lines/s", "lines a second of processor", "most memory (MB)")
        yield from _table(head, (_import(name, one) for name, one in both))
    if course.tabs:
        yield from _tabs(course.tabs)
    if course.sizes:
        yield from _sizes(course.sizes)
    if course.judged:
        yield from _judged(course.judged)
    if course.stocked:
        yield from _stocked(course.stocked)
    if course.queues:
        yield from _queues(course.queues)


def _sizes(sizes: list[Size]) -> Iterator[str]:
    first = ("open tasks", "pairs/s", "handed out twice", "claim p50, p95, longest (ms)", "claims/s")
    yield from _table((*first, "bare view, claims/s", "bare engine, pairs/s"), map(_together, sizes))
    second = ("open tasks", "one hand: claim p50 (ms)", "processor a pair (ms)", "server's memory (MB)")
    yield from _table(second, map(_alone, sizes))
    yield from _pages(sizes)


def _tabs(tabs: Tabs) -> Iterator[str]:
    yield from ("", f"{tabs.tabs:,} open tabs; quiet, they cost {100 * tabs.quiet_cpu:.0f} % of one core.")
    head = ("tabs", "pulses/s", "pulse p50, p95 (ms)", "pages/s", "page p50, p95 (ms)", "failed")
    rows = (("quiet", tabs.quiet), ("beside eight hands", tabs.busy))
    yield from _table(head, (_asked(name, one) for name, one in rows))
    hands = ("eight hands", "pairs/s", "claim p95 (ms)")
    both = (("without tabs", tabs.without), ("beside the tabs", tabs.beside))
    yield from _table(hands, ((name, f"{one.pairs:.0f}", f"{one.claim_ms:.0f}") for name, one in both))
    streams = ("streams open in one process", "other requests answered, of three")
    yield from _table(streams, ((str(one.opened), str(one.answered)) for one in tabs.streams))


def _asked(name: str, done: Asked) -> tuple[str, ...]:
    waits = [f"{one[0]:.0f}, {one[1]:.0f}" for one in (done.pulse_ms, done.page_ms)]
    rates = (f"{done.pulses_per_second:.0f}", waits[0], f"{done.pages_per_second:.1f}", waits[1])
    return (name, *rates, str(done.failed))


def _import(name: str, done: Imported) -> tuple[str, ...]:
    rates = (f"{done.lines_per_second:,.0f}", f"{done.lines_per_cpu_s:,.0f}", f"{done.megabytes:.0f}")
    return (name, f"{done.orders:,}", f"{done.lines:,}", *rates)


def _together(size: Size) -> tuple[str, ...]:
    waits = ", ".join(f"{one:.0f}" for one in size.claim_ms)
    counts = (f"{size.tasks:,}", _rate(size.pairs), f"{size.twice} of {size.given:,}", waits)
    return (*counts, _rate(size.claims), _rate(size.ceiling), f"{size.bare.per_second:,.0f}")


def _rate(rate: Rate) -> str:
    if len(rate.rounds) == 1:
        return f"{rate.median:,.0f}"
    return f"{rate.median:,.0f} ({min(rate.rounds):,.0f}–{max(rate.rounds):,.0f})"


def _alone(size: Size) -> tuple[str, ...]:
    figures = (size.alone_claim_ms, size.alone_cpu_ms)
    return (f"{size.tasks:,}", *(f"{one:.1f}" for one in figures), f"{size.server_mb:.0f}")


def _queues(taken: list[Taken]) -> Iterator[str]:
    head = ("one hand", "open slots", "queues", "finished before", "claim p50, p95 (ms)")
    yield from _table((*head, "processor a pair (ms)", "offers (ms)", "today (ms)"), map(_one_of_many, taken))


def _one_of_many(one: Taken) -> tuple[str, ...]:
    sizes = (f"{size:,}" for size in (one.slots, one.queues, one.finished))
    waits = ", ".join(f"{wait:.1f}" for wait in one.claim_ms)
    return (one.who, *sizes, waits, *(f"{ms:.1f}" for ms in (one.cpu_ms, one.offers_ms, one.today_ms)))


def _pages(sizes: list[Size]) -> Iterator[str]:
    yield from _asked_at([(f"{size.tasks:,}", size.pages) for size in sizes])


def _judged(judged: list[Judged]) -> Iterator[str]:
    yield from _asked_at([(f"{one.verdicts:,} verdicts", one.pages) for one in judged])


def _stocked(stocked: list[Stocked]) -> Iterator[str]:
    sizes = [(f"{one.products:,} products, {one.movements:,} movements", one) for one in stocked]
    yield from _asked_at([(name, one.pages) for name, one in sizes])
    head = (
        "rolled up, processor seconds",
        "the latest as they came",
        "value and flow anew",
        "the same figures",
    )
    rows = [(name, f"{one.told_s:.1f}", f"{one.anew_s:.1f}", SAME[one.same]) for name, one in sizes]
    yield from _table(head, rows)


def _asked_at(sizes: list[tuple[str, list[Cost]]]) -> Iterator[str]:
    """A row a page: what it takes at each size, and what it asks at the last."""
    head = ("page, median (p95) in ms", *(name for name, _pages in sizes), "statements", "objects")
    rows = []
    for place, page in enumerate(sizes[-1][1]):
        took = [f"{pages[place].median_ms:.1f} ({pages[place].p95_ms:.1f})" for _name, pages in sizes]
        rows.append((page.page, *took, str(page.statements), str(page.objects)))
    yield from _table(head, rows)


def _tagging(tagging: Tagging) -> Iterator[str]:
    head = ("asked", "weighed by", "answers a photo", "exactly as asked", "decided by hands", "of them right")
    yield from _table((*head, "to a person"), map(_tagged, tagging.ways))
    rows = ((w.method, f"{w.answers:,}", str(w.rounds), f"{w.cpu_s:.2f}") for w in tagging.weighed)
    yield from _table(("weighing", "answers", "rounds", "processor (s)"), rows)


def _tagged(one: Tagged) -> tuple[str, ...]:
    shares = (
        f"{one.decided} of {one.photos}",
        f"{one.right} ({100 * one.accuracy:.1f} %)",
        str(one.disputed),
    )
    return (one.way, one.method, f"{one.each:.2f}", "yes" if one.exact else "**no**", *shares)


def _walks(walked: list[Walked]) -> Iterator[str]:
    head = ("person", "pages", "median (ms)", "slowest", "its median (ms)")
    rows = (
        (one.role, str(one.pages), f"{one.median_ms:.1f}", f"`{one.slowest}`", f"{one.slowest_ms:.1f}")
        for one in walked
    )
    yield from _table(head, rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield from ("", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}")
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _decisions(one: Decided) -> str:
    return (
        f"{one.decisions} decisions by keys alone in Chromium, parcels with their photos: the next one is on"
        f" the screen {one.median_ms:.0f} ms after the key (median), {one.slowest_ms:.0f} ms at the most; the"
        f" page's own thread works {one.busy_ms:.0f} ms of processor time for one."
    )
