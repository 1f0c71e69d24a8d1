"""The command line of the bench: `dari bench`."""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import click

from bench import course, house, machine, report
from bench.course import Course
from bench.house import Front, House, NoServer, NotEmpty

SIZES = "1000,10000,100000"
Opened = Callable[[Path], AbstractContextManager[House]]


def bench_command(front: Front) -> click.Command:
    """`dari bench`, with the front door's ways of opening a world and of serving it."""

    @click.command("bench")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
    @click.option("--sizes", default=SIZES, show_default=True, help="Open tasks to measure at, growing.")
    @click.option("--seconds", default=8.0, show_default=True, help="How long eight hands work at each size.")
    @click.option(
        "--engine", type=click.Choice(["sqlite", "postgres", "both"]), default="both", show_default=True
    )
    def bench(*, as_json: bool, sizes: str, seconds: float, engine: str) -> None:
        """Measures the whole house over HTTP on a throwaway shop, on SQLite and on PostgreSQL.

        DATABASE_URL (and DATABASE_OWNER_URL) name an empty PostgreSQL database to use and fill; else one of
        the tests' own servers is started, where there is one.
        """
        steps = sorted(int(size) for size in sizes.split(","))
        about = machine.described(Path(tempfile.gettempdir()))
        done = [_measured(engine, steps, seconds, opened) for engine, opened in _engines(front, engine)]
        courses = [one for one in done if one is not None]
        if as_json:
            click.echo(json.dumps(report.document(about, courses)))
        else:
            click.echo("\n".join(report.lines(about, courses)))

    return bench


def _engines(front: Front, wanted: str) -> Iterator[tuple[str, Opened]]:
    if wanted != "postgres":
        yield "SQLite", lambda folder: house.on_sqlite(front, folder)
    if wanted != "sqlite":
        given = os.environ.get("DATABASE_URL", ""), os.environ.get("DATABASE_OWNER_URL", "")
        yield "PostgreSQL", lambda folder: house.on_postgres(front, folder, *given)


def _measured(name: str, sizes: list[int], seconds: float, opened: Opened) -> Course | None:
    """One engine's course in a folder of its own; None where the engine is not here."""

    def say(what: str) -> None:
        click.echo(f"{name}: {what} ...", err=True)

    with tempfile.TemporaryDirectory(prefix="dari-bench-", ignore_cleanup_errors=True) as folder:
        try:
            with opened(Path(folder)) as made:
                return course.run(made, sizes=sizes, seconds=seconds, say=say)
        except NoServer as missing:
            say(f"left out, {missing}")
            return None
        except NotEmpty:
            click.echo("dari bench: DATABASE_URL has a shop in it; name an empty database.", err=True)
            sys.exit(1)
