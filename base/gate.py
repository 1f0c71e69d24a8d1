"""The developer's gate: tests and checks, as CI runs them."""

import os
import subprocess
import sys

import click

from base.config import ROOT

ROOMS = ("app.py", "base", "security", "stock", "partners", "tasks", "qa", "bench")


@click.command("test", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.option("--quick", is_flag=True, help="Only what needs no engine and no browser.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(quick: bool, arguments: tuple[str, ...]) -> None:
    """Tests everything on SQLite, PostgreSQL and Valkey; further arguments are pytest's."""
    spread = () if {"-n", "--pdb", "-p"} & set(arguments) else ("-n", str(os.cpu_count() or 1))
    marks = ("-m", "quick") if quick else ()
    _end(_run("pytest", "-q", "--dist", "worksteal", *spread, *marks, *arguments))


@click.command("check")
@click.option("--fix", is_flag=True, help="Mend what can be mended without a person.")
def check(fix: bool) -> None:
    """Checks style, format, types and the floors of the house."""
    mend = ("--fix",) if fix else ()
    codes = [
        _run("ruff", "check", *mend, "."),
        _run("ruff", "format", *(() if fix else ("--check",)), "."),
        _run("mypy", *ROOMS),
        _run("pytest", "-q", "-p", "no:randomly", "tests/test_house.py"),
    ]
    _end(max(codes))


def _run(tool: str, *arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", tool, *arguments], cwd=ROOT, check=False).returncode  # noqa: S603


def _end(code: int) -> None:
    sys.exit(code)
