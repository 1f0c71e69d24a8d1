"""The command line of the tallies: `dari tallies rebuild`."""

import json
import sys
from collections.abc import Callable, Mapping

import click
from sqlalchemy import select

from base.i18n import t
from base.scope import THE_HOUSE, World, acting
from qa.tallies import keeping as gate
from security.models import Shop

Opened = Callable[[], World]


@click.group("tallies")
def tallies() -> None:
    """What the board counts."""


@tallies.command("rebuild")
@click.option("--shop", "slug", default="", help="The shop, by its short name.")
@click.option("--all", "every", is_flag=True, help="Every shop.")
@click.option("--check", is_flag=True, help="Change nothing: say where the sums are not what the rows say.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.pass_obj
def rebuild(opened: Opened, *, slug: str, every: bool, check: bool, as_json: bool) -> None:
    """Counts everything anew from the rows; exit code 0 when done, or with --check when nothing differs."""
    world = opened()
    wanted = _shops(world, slug, every=every)
    found = {name: _look(world, id_) if check else _anew(world, id_) for name, id_ in wanted.items()}
    if as_json:
        click.echo(json.dumps({"checked": check, "shops": found}, ensure_ascii=False))
    else:
        for name, differs in found.items():
            _say(world.settings.locale, name, differs, check=check)
    sys.exit(1 if any(found.values()) else 0)


def _shops(world: World, slug: str, *, every: bool) -> Mapping[str, int]:
    """The shops named. Ends the command in words where there is none."""
    if bool(slug) == every:
        raise click.UsageError(t(world.settings.locale, "tallies.which"))
    stmt = select(Shop.slug, Shop.id).order_by(Shop.id)
    with acting(world, shop_id=0, actor=THE_HOUSE, reading=True) as scope:
        found = dict(scope.session.execute(stmt if every else stmt.where(Shop.slug == slug)).all())
    if not found and slug:
        raise click.ClickException(t(world.settings.locale, "tallies.no_shop", slug=slug))
    return found


def _look(world: World, shop_id: int) -> list[str]:
    with acting(world, shop_id=shop_id, actor=THE_HOUSE, reading=True) as scope:
        return gate.differences(scope)


def _anew(world: World, shop_id: int) -> list[str]:
    with acting(world, shop_id=shop_id, actor=THE_HOUSE) as scope:
        gate.rebuild(scope)
    return []


def _say(locale: str, name: str, differs: list[str], *, check: bool) -> None:
    word = ("differ" if differs else "agree") if check else "rebuilt"
    click.echo(t(locale, f"tallies.{word}", shop=name, n=len(differs)))
    for key in differs[:20]:
        click.echo(f"  {key}")
