"""Commands of this room: `dari import orders FILE`, and the same for `products` and `claims`."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from base.errors import Refused
from base.i18n import exact, t
from base.rows import one
from base.scope import THE_HOUSE, World, acting
from security import shops
from stock import imports, jobs, telling
from stock.models import Import

HEAD_START = timedelta(minutes=30)  # before the workers would carry out what this command does now
MOST_SHOWN = 50

Opened = Callable[[], World]
_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_shop = click.option("--shop", "slug", required=True, help="The shop, by its short name.")
_json = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")


@click.group("import")
def import_() -> None:
    """Takes in order files, product files and claim files: whole, or not at all."""


@import_.command("orders")
@_file
@_shop
@click.option("--profile", default="", help="The kind of file; found out where it is left out.")
@_json
@click.pass_obj
def orders(opened: Opened, file: Path, slug: str, profile: str, as_json: bool) -> None:
    """Takes in a marketplace's order file; the same file twice changes nothing."""
    _take_in(opened(), imports.ORDERS, file, slug=slug, profile=profile, as_json=as_json)


@import_.command("products")
@_file
@_shop
@_json
@click.pass_obj
def products(opened: Opened, file: Path, slug: str, as_json: bool) -> None:
    """Takes in a product file: new products are added, known ones changed where the file says otherwise."""
    _take_in(opened(), imports.PRODUCTS, file, slug=slug, profile="", as_json=as_json)


@import_.command("claims")
@_file
@_shop
@_json
@click.pass_obj
def claims(opened: Opened, file: Path, slug: str, as_json: bool) -> None:
    """Takes in a file of customers' claims on orders: returns, exchanges, complaints."""
    _take_in(opened(), imports.CLAIMS, file, slug=slug, profile="", as_json=as_json)


@dataclass(frozen=True, slots=True)
class Taken:
    """An import as it ended; `since` is when the same file had ended before, nothing for a new one."""

    row: Import
    since: datetime | None
    zone: ZoneInfo


def _take_in(world: World, kind: str, file: Path, *, slug: str, profile: str, as_json: bool) -> None:
    """Receives and carries out one file; exit code 0 only when it stands imported."""
    locale = world.settings.locale
    try:
        taken = _carried_out(world, kind, file, slug=slug, profile=profile, quiet=as_json)
    except Refused as refused:
        report: dict[str, Any] = {"refused": refused.code, "facts": refused.facts, "problems": []}
        _tell(locale, {"state": "refused", **report}, as_json=as_json)
        sys.exit(1)
    done = taken.row
    if taken.since and not as_json:
        click.echo(t(locale, "stock.report.same", at=exact(taken.since, locale, zone=taken.zone)))
    told = {"import": done.id, "state": done.state, "known_since": taken.since, **done.report}
    _tell(locale, told, as_json=as_json)
    sys.exit(0 if done.state == imports.DONE else 1)


def _carried_out(world: World, kind: str, file: Path, *, slug: str, profile: str, quiet: bool) -> Taken:
    with acting(world, shop_id=0, actor=THE_HOUSE, reading=True) as scope:
        shop = shops.find(scope, slug)
        shop_id, zone = shop.id, ZoneInfo(shop.zone)
    with acting(world, shop_id=shop_id, actor=THE_HOUSE) as scope:
        chosen = imports.kind_of(scope, profile)
        data, name = file.read_bytes(), file.name
        import_id = imports.receive(scope, kind=kind, data=data, name=name, chosen=chosen, wait=HEAD_START)
        since = one(scope, Import, import_id).ended_at
    _with_a_bar(world, shop_id, import_id, label=file.name, quiet=quiet)
    with acting(world, shop_id=shop_id, actor=THE_HOUSE, reading=True) as scope:
        return Taken(one(scope, Import, import_id), since, zone)


def _with_a_bar(world: World, shop_id: int, import_id: int, *, label: str, quiet: bool) -> None:
    hidden = quiet or not sys.stderr.isatty()
    with click.progressbar(length=100, label=label, file=sys.stderr, hidden=hidden) as bar:

        def show(_stage: str, done: int, rows: int) -> None:
            bar.update(100 * done // max(1, rows) - bar.pos)

        jobs.carry_out(world, shop_id=shop_id, import_id=import_id, show=show)


def _tell(locale: str, report: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, default=str))
        return
    for key, facts in telling.sentences(report):
        click.echo(t(locale, key, **facts))
    for found in report["problems"][:MOST_SHOWN]:
        key, facts = telling.problem(found)
        click.echo(
            f"  {t(locale, key, **facts)} {t(locale, 'intake.expected.' + found['expected'])}", err=True
        )
