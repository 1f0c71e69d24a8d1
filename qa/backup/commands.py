"""The command line of copies: `dari backup`, `dari restore`, `dari restore --drill`."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from base import config
from base.errors import Refused
from base.i18n import knows, t
from base.scope import World
from base.sums import Flaw
from qa import commands
from qa.backup import making, restoring
from qa.backup.restoring import Drill, OpenWorld
from qa.doctor.found import Found

_folder = click.argument("folder", type=click.Path(path_type=Path))
_keys = click.option(
    "--keys",
    "keys_folder",
    type=click.Path(path_type=Path),
    required=True,
    help="The folder of the keys' half.",
)
_json = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")


@click.command("backup")
@_folder
@_keys
@_json
@click.pass_obj
def backup(opened: Callable[[], World], *, folder: Path, keys_folder: Path, as_json: bool) -> None:
    """Copies rows and files into FOLDER and the keys into another place, while the house works."""
    with _in_words():
        made = making.make(opened(), folder, keys_folder)
    _tell(as_json, "made", asdict(made) | {"folder": str(folder), "keys": str(keys_folder)})


def restore_command(open_world: OpenWorld) -> click.Command:
    """`dari restore`, with the front door's way of opening a world."""

    @click.command("restore")
    @_folder
    @_keys
    @click.option(
        "--drill", is_flag=True, help="Rehearse in a temporary place; nothing of the house is touched."
    )
    @_json
    def restore(*, folder: Path, keys_folder: Path, drill: bool, as_json: bool) -> None:
        """Puts a backup back where the settings point, if nothing is there; with --drill only tries it."""
        with _in_words():
            if drill:
                _end(as_json, restoring.drill(open_world, folder, keys_folder))
            rows, kept = restoring.restore(config.load(), folder, keys_folder)
        _tell(as_json, "restored", {"rows": rows, "files": kept})

    return restore


def _end(as_json: bool, told: Drill) -> None:
    """Says what the drill found; exit code 0 only when that is nothing."""
    if as_json:
        found = [{"code": one.code, "facts": dict(one.facts)} for one in told.found]
        document = {"held": told.held, "rows": told.rows, "files": told.files, "found": found}
        click.echo(
            json.dumps(document | {"flaws": [asdict(flaw) for flaw in told.flaws]}, ensure_ascii=False)
        )
    else:
        for line in _lines(told):
            click.echo(line)
    sys.exit(0 if told.held else 1)


def _lines(told: Drill) -> Iterator[str]:
    yield from (_flaw(flaw) for flaw in told.flaws)
    yield from (_finding(one) for one in told.found)
    yield _say("drill_held" if told.held else "drill_failed", rows=told.rows, files=told.files)


def _flaw(flaw: Flaw) -> str:
    one_byte = flaw.why == "changed" and flaw.was >= 0
    return _say(f"flaw.{'byte' if one_byte else flaw.why}", **asdict(flaw))


def _finding(one: Found) -> str:
    key = f"backup.found.{one.code}"
    return t(_locale(), key, **one.facts) if knows(key) else commands.words(_locale(), one)


def _tell(as_json: bool, key: str, facts: dict[str, object]) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False) if as_json else _say(key, **facts))


def _say(key: str, **facts: object) -> str:
    return t(_locale(), f"backup.{key}", **facts)


def _locale() -> str:
    return os.environ.get("DARI_LOCALE", "ko")


@contextmanager
def _in_words() -> Iterator[None]:
    """A refusal ends the command with its words."""
    try:
        yield
    except Refused as refused:
        click.echo(t(_locale(), f"refused.{refused.code}", **refused.facts), err=True)
        sys.exit(1)
