"""The command line of the rehearsal: `dari simulate` and `dari demo`."""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from base import migrate
from base.clock import utcnow
from base.config import Settings
from base.errors import NotFound, Refused
from base.i18n import exact, t, won
from base.scope import THE_HOUSE, World, acting
from qa.policies.commands import policies
from qa.rehearsal import demo
from qa.rehearsal.play import play
from qa.rehearsal.script import Script, Summary
from security import shops
from security.models import Shop

LIVE = ("open", "claimed", "submitted", "inspection", "rework")


@click.command("simulate")
@click.option("--shop", "slug", required=True, help="The shop, by its short name.")
@click.option("--days", type=click.IntRange(1, 366), required=True, help="How many days to play.")
@click.option("--seed", type=int, required=True, help="The same seed on the same shop plays the same days.")
@click.option("--partners", type=click.IntRange(1, 200), default=3, show_default=True)
@click.option("--orders", type=click.IntRange(0, 5000), default=None, help="New orders a day.")
@click.option("--from", "begins", type=datetime.fromisoformat, default=None, help="First instant, ISO 8601.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
@click.pass_obj
def simulate(
    opened: Callable[[], World],
    *,
    slug: str,
    days: int,
    seed: int,
    partners: int,
    orders: int | None,
    begins: datetime | None,
    as_json: bool,
) -> None:
    """Plays days of a shop: partners, a reviewer and the owner act through the real desks."""
    world = opened()
    locale = world.settings.locale
    try:
        shop = _shop(world, slug)
        if world.settings.env == "production":
            click.echo(t(locale, "rehearsal.real", shop=shop.name), err=True)
        first = _zoned(begins, shop) if begins else None
        script = Script(days, seed, partners=partners, begins=first, orders_a_day=orders)
        played = _watched(world, shop.id, script, hidden=as_json or not sys.stderr.isatty())
    except NotFound:
        click.echo(t(locale, "rehearsal.no_shop", shop=slug), err=True)
        sys.exit(1)
    except Refused as refused:
        click.echo(t(locale, f"refused.{refused.code}", **refused.facts), err=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps(_told(played), ensure_ascii=False))
    else:
        _say(locale, slug, script, played)


COMMANDS = (simulate, policies)
Open = Callable[[Settings], World]
Serve = Callable[[Settings, str, int], None]


def demo_command(open_: Open, serve: Serve) -> click.Command:
    """`dari demo`, with the front door's ways of opening a world and of serving it."""

    @click.command("demo")
    @click.option(
        "--port", default=8000, show_default=True, help="The port to listen on, on this machine only."
    )
    @click.option(
        "--days", type=click.IntRange(1, 30), default=6, show_default=True, help="Days behind the shop."
    )
    @click.option("--seed", type=int, default=1, show_default=True)
    @click.option("--no-serve", is_flag=True, help="Set everything up, print the links and end.")
    def run(*, port: int, days: int, seed: int, no_serve: bool) -> None:
        """A throwaway shop with people, stock, orders and some days behind it; made anew at each start."""
        settings = _demo(open_, port=port, days=days, seed=seed)
        if not no_serve:
            serve(settings, demo.LOOPBACK, port)

    return run


def _demo(open_: Open, *, port: int, days: int, seed: int) -> Settings:
    """Builds the demo and says how to get in."""
    locale = os.environ.get("DARI_LOCALE", "ko")
    os.environ.pop("DARI_ROOT_KEY", None)  # the demo's keys are the demo's own
    place, began = demo.folder(os.environ), time.monotonic()
    try:
        demo.clear(place, port=port)
    except Refused as refused:
        click.echo(t(locale, f"refused.{refused.code}", **refused.facts), err=True)
        sys.exit(1)
    settings = replace(
        demo.settings(place, port=port, locale=locale), debug=os.environ.get("DARI_DEBUG", "") == "1"
    )
    click.echo(t(locale, "rehearsal.demo.building", days=days))
    migrate.upgrade(settings)
    world = open_(settings)
    built = demo.build(world, now=utcnow(), days=days, seed=seed)
    world.engines.dispose()
    world.keys.close()
    click.echo(t(locale, "rehearsal.demo.built", seconds=time.monotonic() - began))
    _show(locale, built)
    return settings


def _show(locale: str, built: demo.Demo) -> None:
    click.echo(t(locale, "rehearsal.demo.links"))
    for door in built.doors:
        role = t(locale, f"rehearsal.role.{door.role}")
        click.echo(t(locale, "rehearsal.demo.link", role=role, name=door.name, url=door.url))
    click.echo(t(locale, "rehearsal.demo.file", path=built.file))
    click.echo(t(locale, "rehearsal.demo.again"))


def _shop(world: World, slug: str) -> Shop:
    with acting(world, shop_id=0, actor=THE_HOUSE, reading=True) as scope:
        return shops.find(scope, slug)


def _zoned(at: datetime, shop: Shop) -> datetime:
    """An instant without a zone is meant in the shop's."""
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(shop.zone))


def _watched(world: World, shop_id: int, script: Script, *, hidden: bool) -> Summary:
    """Plays with a bar on a terminal, one step a day."""
    with click.progressbar(length=script.days * 24, file=sys.stderr, hidden=hidden) as bar:
        first: list[datetime] = []

        def watch(at: datetime) -> None:
            first[:] = first or [at]
            hours = int((at - first[0]).total_seconds() // 3600)
            bar.update(max(0, hours - bar.pos))

        return play(world, shop_id, script, watch=watch)


def _told(played: Summary) -> dict[str, object]:
    times = {"begins": played.begins.isoformat(), "ends": played.ends.isoformat()}
    return (
        asdict(played)
        | times
        | {
            "seconds": round(played.seconds, 3),
            "acts_per_second": round(played.rate, 1),
            "digest": played.digest,
        }
    )


def _say(locale: str, slug: str, script: Script, played: Summary) -> None:
    def say(key: str, **facts: object) -> None:
        click.echo(t(locale, f"rehearsal.{key}", **facts))

    stands = played.stands
    times = {"begins": exact(played.begins, locale), "ends": exact(played.ends, locale)}
    rate = {"seconds": played.seconds, "acts": played.acts, "rate": played.rate}
    say("played", shop=slug, days=script.days, **times, **rate)
    say(
        "orders",
        **{state: stands.get(f"orders.{state}", 0) for state in ("shipped", "ready", "short", "cancelled")},
    )
    say(
        "work",
        accepted=stands.get("tasks.accepted", 0),
        rejected=stands.get("tasks.rejected", 0),
        live=sum(stands.get(f"tasks.{state}", 0) for state in LIVE),
        sent_back=stands.get("inspections.send_back", 0),
        defects=played.did.get("defects", 0),
    )
    say("pay", won=won(stands["paid_won"], locale), lines=stands["pay_lines"])
    say("digest", digest=played.digest[:16])
