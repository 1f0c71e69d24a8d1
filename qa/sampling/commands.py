"""The command line of sampling: plans compared on known hands, and draws checked."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import click

from base.errors import NotFound
from base.i18n import t
from base.scope import THE_HOUSE, World, acting
from qa.sampling import checking, comparing, profiles
from qa.sampling.comparing import Outcome
from security import shops

Opened = Callable[[], World]


@click.group("sampling")
def sampling() -> None:
    """Plans of inspection."""


@sampling.command("compare")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same pieces.")
@click.option("--pieces", type=click.IntRange(20, 5000), default=500, show_default=True, help="Of each hand.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def compare(*, seed: int, pieces: int, as_json: bool) -> None:
    """What each plan finds per review, on hands whose share of wrong work is known; needs no shop.

    With DARI_REALDATA set, on real hands too.
    """
    locale = os.environ.get("DARI_LOCALE", "ko")
    found = {
        name: (hands, comparing.compare(hands, pieces=pieces, seed=seed)) for name, hands in _hands().items()
    }
    if as_json:
        click.echo(json.dumps({name: _told(*one) for name, one in found.items()}))
        return
    for name, (hands, outcomes) in found.items():
        click.echo(t(locale, "sampling.compare.hands", name=name, n=len(hands), pieces=pieces, seed=seed))
        for plan, row in _told(hands, outcomes).items():
            click.echo(t(locale, "sampling.compare.row", plan=t(locale, f"sampling.compare.{plan}"), **row))


def _hands() -> dict[str, list[float]]:
    real = os.environ.get("DARI_REALDATA", "")
    return {"written": profiles.written()} | (profiles.crowd(Path(real)) if real else {})


def _told(hands: list[float], outcomes: Mapping[str, Outcome]) -> dict[str, dict[str, float]]:
    """Each plan's figures; `most` is what could be found with as many reviews by whoever knows the hands."""
    base = outcomes["uniform"].per_review
    return {
        name: {
            "reviews": round(100 * one.reviews / one.pieces, 1),
            "escaped": round(1000 * one.escaped / one.pieces, 1),
            "per_review": round(one.per_review, 3),
            "times": round(one.per_review / base, 2),
            "most": round(comparing.most(hands, reviews=one.reviews / one.pieces) / base, 2),
        }
        for name, one in outcomes.items()
    }


@click.group("draws")
def draws_group() -> None:
    """What was drawn for inspection, and what was not."""


@draws_group.command("verify")
@click.option("--shop", "slug", required=True, help="The shop, by its short name.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), default=None, help="A day; today without it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.pass_obj
def verify(opened: Opened, *, slug: str, day: datetime | None, as_json: bool) -> None:
    """Makes every draw of a day again; exit code 0 only when all of them come out as they are recorded."""
    world = opened()
    locale = world.settings.locale
    try:
        with acting(world, shop_id=0, actor=THE_HOUSE, reading=True) as house:
            shop_id = shops.find(house, slug).id
    except NotFound:
        click.echo(t(locale, "rehearsal.no_shop", shop=slug), err=True)
        sys.exit(1)
    with acting(world, shop_id=shop_id, actor=THE_HOUSE, reading=True) as scope:
        asked = checking.local_day(scope, day.date() if day else None)
        found = checking.of_day(scope, asked.begin, asked.end)
    faults = {str(one.submission_id): list(one.faults) for one in found if one.faults}
    if as_json:
        facts = {"day": asked.days[0].isoformat(), "draws": len(found), "faults": faults}
        click.echo(json.dumps(facts | {"drawn": sum(one.drawn for one in found)}))
    else:
        _say(locale, asked.days[0].isoformat(), found)
    sys.exit(1 if faults else 0)


def _say(locale: str, day: str, found: list[checking.Checked]) -> None:
    drawn = sum(one.drawn for one in found)
    click.echo(t(locale, "sampling.verify.day", day=day, n=len(found), drawn=drawn))
    for one in found:
        for fault in one.faults:
            words = t(locale, f"sampling.fault.{fault}")
            click.echo(t(locale, "sampling.verify.fault", submission=one.submission_id, what=words))
    if not any(one.faults for one in found):
        click.echo(t(locale, "sampling.verify.well"))
