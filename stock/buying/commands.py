"""The command line of buying: `dari buying replay FILE`."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

import click

from base import sheets
from base.errors import Invalid
from base.i18n import t
from stock.buying import replay
from stock.buying.reorder import SERVICE
from stock.buying.replay import SLOW, WARM, Outcome
from stock.columns import detect, locate, resolve
from stock.drafts import Intake
from stock.intake import standardise
from stock.profiles import PROFILES

COLUMNS, WIDTH = ("fill", "stock", "cover", "cash", "rule"), 12
ZONE = ZoneInfo("Asia/Seoul")  # read and counted in one zone, the days are those of the file


class TooShort(Invalid):
    """The file spans too few days to decide anything and see what came of it. Facts: days, least."""

    code = "buying.too_short"


class NotOrders(Invalid):
    """The file's columns are those of no order file, or rows of it cannot be read. Facts: rows."""

    code = "buying.not_orders"


@click.group("buying")
def buying() -> None:
    """What to buy, and when."""


@buying.command("replay")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed gives the same lead times."
)
@click.option(
    "--service",
    type=click.FloatRange(0.5, 0.999),
    default=SERVICE,
    show_default=True,
    help="How often stock should last until the next goods.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def replay_(*, file: Path, seed: int, service: float, as_json: bool) -> None:
    """Orders week by week by rules that see the past alone, against what the file says came; needs no shop.

    Shows fill rate, average stock and the money in it, beside what a shop does without rules.
    """
    locale = os.environ.get("DARI_LOCALE", "ko")
    try:
        found = played(read(file), seed=seed, service=service)
    except Invalid as refused:
        click.echo(t(locale, f"refused.{refused.code}", **refused.facts), err=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps({name: _told(one) for name, one in found.items()}))
        return
    for name, (goods, outcomes) in found.items():
        _table(locale, name, goods, outcomes)


def read(file: Path) -> Intake:
    """An order file as it stands. Raises NotOrders, and what `sheets.read` raises."""
    sheet = locate(sheets.read(file.read_bytes(), file.name))
    name = detect(sheet.header)
    if name is None:
        raise NotOrders(rows=len(sheet.rows))
    intake = standardise(sheet, resolve(sheet.header, PROFILES[name]).mapping, zone=ZONE)
    if intake.problems:
        raise NotOrders(rows=len({one.row for one in intake.problems}))
    return intake


def played(intake: Intake, *, seed: int, service: float) -> Mapping[str, tuple[int, Mapping[str, Outcome]]]:
    """Every rule on what sells slowly, counted in orders, and on everything in units. Raises TooShort."""
    orders, units = replay.demand(intake, ZONE)
    days = len(orders[0].days) if orders else 0
    if days <= WARM:
        raise TooShort(days=days, least=WARM + 1)
    chosen = {"slow": replay.known(orders, SLOW), "all": replay.known(units)}
    return {
        name: (len(goods), replay.play(goods, replay.rules(goods, service=service), seed=seed))
        for name, goods in chosen.items()
    }


def _told(one: tuple[int, Mapping[str, Outcome]]) -> dict[str, object]:
    goods, outcomes = one
    rules = {
        name: asdict(outcome) | {"fill": round(outcome.fill, 4), "cover": round(outcome.cover, 1)}
        for name, outcome in outcomes.items()
    }
    return {"products": goods, "rules": rules}


def _table(locale: str, name: str, goods: int, outcomes: Mapping[str, Outcome]) -> None:
    length = next(iter(outcomes.values())).length
    click.echo(t(locale, f"buying.replay.{name}", n=goods, days=length, warm=WARM, most=SLOW))
    _row(*(t(locale, f"buying.replay.column.{column}") for column in COLUMNS))
    for rule, one in outcomes.items():
        said = t(locale, f"buying.replay.rule.{rule}")
        _row(f"{one.fill:.1%}", f"{one.stock:,.0f}", f"{one.cover:.1f}", f"{one.cash:,.0f}", said)


def _row(*cells: str) -> None:
    """Numbers to the right, the last cell as it is; a letter of two columns counts as two."""
    wide = [WIDTH - sum(east_asian_width(letter) in "WF" for letter in cell) for cell in cells[:-1]]
    click.echo(
        "".join(f"{cell:>{width}}" for cell, width in zip(cells, wide, strict=False)) + f"  {cells[-1]}"
    )
