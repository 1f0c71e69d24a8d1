"""The command line of judging: the whole house's health (`dari doctor`), and what sampling adds to it."""

import json
import os
import sys
from collections.abc import Callable, Iterator

import click
from sqlalchemy.exc import SQLAlchemyError

from base.i18n import knows, t
from base.migrate import NewerDatabase
from base.scope import World
from qa.doctor.examine import examine
from qa.doctor.found import Examined, Found
from qa.sampling.commands import draws_group, sampling

MARKS = {"well": "✓", "warning": "!", "bad": "✗"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.pass_obj
def doctor(opened: Callable[[], World], *, as_json: bool) -> None:
    """Checks that everything is as it must always be; exit code 0 only when nothing bad is found."""
    locale = os.environ.get("DARI_LOCALE", "ko")
    told: list[Examined] = []
    for examined in _examined(opened):
        told.append(examined)
        if not as_json:
            _say(locale, examined)
    found = [one for examined in told for one in examined.found]
    healthy = all(one.severity != "bad" for one in found)
    if as_json:
        _print(locale, told, healthy=healthy)
    else:
        click.echo(t(locale, f"doctor.end.{'well' if healthy else 'bad'}", n=len(found)))
    sys.exit(0 if healthy else 1)


def _examined(opened: Callable[[], World]) -> Iterator[Examined]:
    """Everything that can be looked at; of a house that cannot be entered, that."""
    try:
        world = opened()
    except (SQLAlchemyError, OSError, NewerDatabase) as shut:
        yield Examined("house", (Found("shut", facts={"error": type(shut).__name__}),))
        return
    yield from examine(world)


def _say(locale: str, examined: Examined) -> None:
    """One line for what is well, or one for each thing found."""
    if examined.well:
        click.echo(f"{MARKS['well']} {t(locale, f'doctor.well.{examined.code}')}")
    for one in examined.found:
        place = f"{one.shop}: " if one.shop else ""
        click.echo(f"{MARKS[one.severity]} {place}{words(locale, one)}")


def words(locale: str, one: Found) -> str:
    """What was found, in words; an invariant nobody has described yet is named by its code."""
    key = one.code if one.code.startswith("kinds.") else f"doctor.found.{one.code}"
    return t(locale, key if knows(key) else "doctor.found.other", code=one.code, **one.facts)


def _print(locale: str, told: list[Examined], *, healthy: bool) -> None:
    findings = [
        {"code": one.code, "severity": one.severity, "shop": one.shop, "facts": dict(one.facts)}
        | {"text": words(locale, one)}
        for examined in told
        for one in examined.found
    ]
    checked = [examined.code for examined in told]
    click.echo(json.dumps({"healthy": healthy, "checked": checked, "findings": findings}, ensure_ascii=False))


COMMANDS = (doctor, sampling, draws_group)
