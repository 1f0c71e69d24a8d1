"""The command line of what is rolled up: `dari stock rebuild`."""

import json
import sys
from collections.abc import Callable

import click

from base.i18n import t
from base.scope import THE_HOUSE, World, acting
from security import shops
from stock import rolling

MOST_SHOWN = 20


@click.group("stock")
def stock() -> None:
    """What lies where, what was asked for, what it is worth."""


@stock.command("rebuild")
@click.option("--shop", "slug", required=True, help="The shop, by its short name.")
@click.option(
    "--check", is_flag=True, help="Change nothing: say where the figures are not what the rows say."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.pass_obj
def rebuild(opened: Callable[[], World], *, slug: str, check: bool, as_json: bool) -> None:
    """Rolls demand and value up anew from orders and movements; with --check exit code 1 when they differ."""
    world = opened()
    with acting(world, shop_id=0, actor=THE_HOUSE, reading=True) as scope:
        shop_id = shops.find(scope, slug).id
    with acting(world, shop_id=shop_id, actor=THE_HOUSE, reading=check) as scope:
        found = rolling.differences(scope) if check else []
        if not check:
            rolling.rebuild(scope)
    if as_json:
        click.echo(json.dumps({"checked": check, "differences": found}))
    else:
        said = ("differ" if found else "agree") if check else "rebuilt"
        click.echo(t(world.settings.locale, f"tallies.{said}", shop=slug, n=len(found)))
        for key in found[:MOST_SHOWN]:
            click.echo(f"  {key}")
    sys.exit(1 if found else 0)
