"""The measurements in words and tables."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from bench.course import Course, Size

#: What the engines and a bare page did on the machine of the reference, for comparison in words.
LIMITS = """\
For comparison, measured elsewhere on two cores with nothing around them: a page that only takes one row,
by eight clients over HTTP, 1,500 claims a second on PostgreSQL and 1,700 on SQLite; PostgreSQL itself, claim
and submit with every commit on the disk, 6,700 pairs a second; a claim in such a page costs 0.8 ms of
processor. A pair here is two whole acts: who asks, may they, was it sent before; the claim with its price,
lease and clocks; answers, hand-over, the draw, and mostly acceptance, shipping, stock and pay; twice the
journal, chained."""


def lines(machine: dict[str, str], courses: list[Course]) -> Iterator[str]:
    """The report, line by line, in Markdown."""
    yield from (f"- {name}: {value}" for name, value in machine.items())
    for course in courses:
        yield from ("", f"## {course.engine} {course.version}", *_course(course))
    yield from ("", LIMITS)


def _course(course: Course) -> Iterator[str]:
    done = course.imported
    yield ""
    yield (
        f"Import of {done.orders:,} orders, {done.ready:,} filled and made into tasks: {done.seconds:.1f} s,"
        f" {done.cpu_s:.1f} s of processor, {done.megabytes:.0f} MB at most."
    )
    yield (
        f"A claim says {course.claim.statements} statements and loads {course.claim.objects} objects;"
        f" handing in says {course.submit.statements} and loads {course.submit.objects}."
    )
    yield from ("", "| open tasks | pairs/s, 8 hands | handed out twice | claim p50, p95, longest (ms) |")
    yield "|---|---|---|---|"
    yield from (_together(size) for size in course.sizes)
    yield from ("", "| open tasks | pairs/s, one hand | claim p50 (ms) | processor a pair (ms) |")
    yield "|---|---|---|---|"
    yield from (_alone(size) for size in course.sizes)
    yield from ("", "| open tasks | page | median (ms) | p95 (ms) | statements | objects |")
    yield "|---|---|---|---|---|---|"
    for size in course.sizes:
        for page in size.pages:
            yield (
                f"| {size.tasks:,} | {page.page} | {page.median_ms:.1f} | {page.p95_ms:.1f}"
                f" | {page.statements} | {page.objects} |"
            )


def _together(size: Size) -> str:
    done = size.together
    waits = ", ".join(f"{done.claim_ms(share):.0f}" for share in (0.5, 0.95, 1))
    return f"| {size.tasks:,} | {done.per_second:.0f} | {done.twice} of {done.pairs} | {waits} |"


def _alone(size: Size) -> str:
    done = size.alone
    return f"| {size.tasks:,} | {done.per_second:.0f} | {done.claim_ms():.1f} | {done.cpu_ms:.1f} |"


def document(machine: dict[str, str], courses: list[Course]) -> dict[str, Any]:
    """The same for programs."""
    return {"machine": machine, "engines": [_plain(course) for course in courses]}


def _plain(course: Course) -> dict[str, Any]:
    sizes = [
        {
            "tasks": size.tasks,
            "pairs_per_second": round(size.together.per_second, 1),
            "twice": size.together.twice,
            "claim_ms": [round(size.together.claim_ms(share), 2) for share in (0.5, 0.95, 1)],
            "alone_pairs_per_second": round(size.alone.per_second, 1),
            "alone_claim_ms": round(size.alone.claim_ms(), 2),
            "cpu_ms_per_pair": round(size.alone.cpu_ms, 2),
            "pages": [asdict(page) for page in size.pages],
        }
        for size in course.sizes
    ]
    asked = {"claim": asdict(course.claim), "submit": asdict(course.submit)}
    return {"engine": course.engine, "version": course.version, "import": asdict(course.imported)} | {
        "asked": asked,
        "sizes": sizes,
    }
