"""The developer's gate: tests and checks, as CI runs them."""

import os
import subprocess
import sys

import click

from base import config, migrate
from base.config import ROOT

ROOMS = ("app.py", "base", "security", "stock", "partners", "tasks", "qa", "hooks", "talk", "bench")


@click.command("test", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.option("--quick", is_flag=True, help="Only what needs no engine and no browser.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(quick: bool, arguments: tuple[str, ...]) -> None:
    """Tests everything on SQLite, PostgreSQL and Valkey; further arguments are pytest's."""
    # One more than there are cores: much of the suite waits for servers and browsers; what is quick does not.
    hands = (os.cpu_count() or 1) + (not quick)
    spread = () if {"-n", "--pdb", "-p"} & set(arguments) else ("-n", str(hands))
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


@click.command("torture")
@click.option("--minutes", default=5.0, show_default=True, help="How long the accidents go on.")
@click.option(
    "--seed", default=7, show_default=True, help="Draws the accidents; the same seed draws the same."
)
@click.option(
    "--engine", type=click.Choice(["sqlite", "postgres", "both"]), default="both", show_default=True
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.option("--keep", is_flag=True, help="Leaves the folder with logs and what the clients were told.")
def torture(*, minutes: float, seed: int, engine: str, as_json: bool, keep: bool) -> None:
    """Eight clients work while servers are killed, frozen, filled and cut off; then the books are compared.

    Exit code 0 only when nothing acknowledged was lost, nothing happened twice, and nothing is stuck.
    """
    flags = [flag for flag, wanted in (("--json", as_json), ("--keep", keep)) if wanted]
    _end(_run("tests.torture", "--minutes", str(minutes), "--seed", str(seed), "--engine", engine, *flags))


@click.command("revision")
@click.argument("message")
def revision(message: str) -> None:
    """Writes the migration that brings the database to what the models say (developers)."""
    settings = config.load()
    migrate.upgrade(settings)
    click.echo(migrate.revise(settings.database_owner_url, message))


def _run(tool: str, *arguments: str) -> int:
    command = [sys.executable, "-m", tool, *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | _bytecode(), check=False).returncode  # noqa: S603


def _bytecode() -> dict[str, str]:
    """Where Python keeps what it compiled: whoever wants none beside the source gets it beside the packages.

    Compiled anew, the tests and their tools cost every process five seconds.
    """
    apart = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(ROOT / ".venv" / "bytecode")}
    return apart if os.environ.get("PYTHONDONTWRITEBYTECODE") else {}


def _end(code: int) -> None:
    sys.exit(code)
