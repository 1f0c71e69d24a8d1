"""The command line of the bench: `dari bench`."""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import click

from bench import course, deciding, house, machine, report, tagging, walking
from bench.course import Course, Pace
from bench.house import Front, House, NoServer, NotEmpty
from bench.report import Measured
from bench.unsealed import PREFIX

SIZES, FEW = "1000,10000,100000,1000000", "1000,10000"
PARTS = ("import", "tabs", "sizes", "quality", "stock", "queues", "pages", "tags", "decisions")
COURSE = {"import", "tabs", "sizes", "quality", "stock", "queues"}  # parts that each engine runs
Opened = Callable[[Path], AbstractContextManager[House]]


def bench_command(front: Front) -> click.Command:
    """`dari bench`, with the front door's ways of opening a world and of serving it."""

    @click.command("bench")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
    @click.option("--out", type=click.Path(path_type=Path), help="Keep the JSON in this file as well.")
    @click.option(
        "--write",
        "paper",
        type=click.Path(exists=True, path_type=Path),
        help="Put the figures into a paper: docs/measurements.md.",
    )
    @click.option("--quick", is_flag=True, help="A try in less than a minute: SQLite, few tasks, one round.")
    @click.option("--sizes", default="", help=f"Open tasks to measure at, growing.  [default: {SIZES}]")
    @click.option("--engine", type=click.Choice(["sqlite", "postgres", "both"]), default="both")
    @click.option("--slots", type=int, help="Open slots to lay out in many queues.")
    @click.option("--verdicts", default="", help="Verdicts to measure at.  [default: 10000,1000000]")
    @click.option("--products", default="", help="Products to measure at.  [default: 1000,100000]")
    @click.option("--moves", type=int, help="Movements of each product.  [default: 20]")
    @click.option("--only", type=click.Choice(PARTS), multiple=True, help="Only these parts.")
    def bench(
        *,
        as_json: bool,
        out: Path | None,
        paper: Path | None,
        quick: bool,
        sizes: str,
        engine: str,
        slots: int | None,
        verdicts: str,
        products: str,
        moves: int | None,
        only: tuple[str, ...],
    ) -> None:
        """Measures the whole house over HTTP on throwaway shops, on SQLite and on PostgreSQL.

        DATABASE_URL (and DATABASE_OWNER_URL) name an empty PostgreSQL database to use and fill; else one of
        the tests' own servers is started, where there is one.
        """
        pace = _stock(_with(course.TRY if quick else Pace(), slots, verdicts), products, moves)
        parts = set(only or PARTS)
        steps = sorted(int(size) for size in (sizes or (FEW if quick else SIZES)).split(","))
        measured = Measured(machine.described(Path(tempfile.gettempdir())))
        for name, opened in _engines(front, "sqlite" if quick else engine):
            done = _measured(name, opened, steps, pace, parts) if parts & COURSE else None
            measured.courses += [done] if done else []
        if "pages" in parts:
            measured.walked += _walked(front, pace)
        if "tags" in parts:
            measured.tagging = _tagged(front, quick=quick)
        if "decisions" in parts:
            measured.decided = _decided(front, decisions=4 if quick else deciding.DECISIONS)
        _tell(measured, as_json=as_json, out=out, paper=paper)

    return bench


def _with(pace: Pace, slots: int | None, verdicts: str) -> Pace:
    wanted = tuple(sorted(int(size) for size in verdicts.split(","))) if verdicts else pace.verdicts
    breadth = replace(pace.breadth, slots=slots) if slots else pace.breadth
    return replace(pace, breadth=breadth, verdicts=wanted)


def _stock(pace: Pace, products: str, moves: int | None) -> Pace:
    wanted = tuple(sorted(int(size) for size in products.split(","))) if products else pace.products
    return replace(pace, products=wanted, moves=moves or pace.moves)


def _tell(measured: Measured, *, as_json: bool, out: Path | None, paper: Path | None) -> None:
    if out:
        report.keep(out, measured)
    if paper:
        report.write(paper, measured)
    click.echo(json.dumps(report.document(measured)) if as_json else report.text(measured))


def _engines(front: Front, wanted: str) -> Iterator[tuple[str, Opened]]:
    if wanted != "postgres":
        yield "SQLite", lambda folder: house.on_sqlite(front, folder)
    if wanted != "sqlite":
        given = os.environ.get("DATABASE_URL", ""), os.environ.get("DATABASE_OWNER_URL", "")
        yield "PostgreSQL", lambda folder: house.on_postgres(front, folder, *given)


def _measured(name: str, opened: Opened, sizes: list[int], pace: Pace, parts: set[str]) -> Course | None:
    """One engine's course in a folder of its own; None where the engine is not here."""

    def say(what: str) -> None:
        click.echo(f"{name}: {what} ...", err=True)

    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as folder:
        try:
            with opened(Path(folder)) as made:
                return course.run(made, sizes=sizes, pace=pace, say=say, parts=parts)
        except NoServer as missing:
            say(f"left out, {missing}")
            return None
        except NotEmpty:
            click.echo("dari bench: DATABASE_URL has a shop in it; name an empty database.", err=True)
            sys.exit(1)


def _walked(front: Front, pace: Pace) -> list[walking.Walked]:
    click.echo("SQLite: the pages of the demo shop ...", err=True)
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as folder:
        days = 6 if pace.rounds > 1 else 2
        return walking.measure(front, Path(folder), days=days, times=min(7, pace.pages))


def _tagged(front: Front, *, quick: bool) -> tagging.Tagging:
    click.echo("SQLite: photos described by many hands ...", err=True)
    with (
        tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as folder,
        house.on_sqlite(front, Path(folder)) as made,
    ):
        return tagging.measure(made, 24 if quick else 100)


def _decided(front: Front, *, decisions: int) -> deciding.Decided | None:
    click.echo("SQLite: a reviewer at the keyboard ...", err=True)
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as folder:
        try:
            return deciding.measure(front, Path(folder), decisions=decisions)
        except deciding.NoBrowser as missing:
            click.echo(f"left out, {missing}", err=True)
            return None
