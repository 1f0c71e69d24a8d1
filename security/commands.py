"""The command line of trust: `dari keys status|rotate|rewrap`, `audit verify|accept`, `reset-link`."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import click
from sqlalchemy import select

from base.errors import Refused
from base.i18n import t
from base.scope import THE_HOUSE, World, acting
from security import audit, journal, people, rotation
from security.chain import Verdict
from security.models import Shop
from security.rotation import Progress

Opened = Callable[[], World]
_shop = click.option("--shop", "slug", default="", help="Only this shop, by its short name.")
_json = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")


@dataclass(frozen=True, slots=True)
class Place:
    """A shop as the command line names it; the house itself is shop 0."""

    shop_id: int
    slug: str


@click.group("keys")
def keys() -> None:
    """The keys that open sealed data."""


@click.group("audit")
def audit_group() -> None:
    """The journal."""


@click.command("reset-link")
@click.argument("login")
@click.pass_obj
def reset_link(opened: Opened, login: str) -> None:
    """A link with which a person sets a new password, for those whom no owner may reset."""
    world = opened()
    with _in_words(world), acting(world, shop_id=0, actor=THE_HOUSE) as scope:
        token = people.house_reset(scope, login)
    click.echo(f"{world.settings.origin}/reset/{token}")


@keys.command("status")
@_shop
@_json
@click.pass_obj
def status(opened: Opened, slug: str, as_json: bool) -> None:
    """How the keys of each shop stand."""
    world = opened()
    told = []
    with _in_words(world):
        for place in _places(world, slug):
            now = rotation.custody(world.keys, place.shop_id)
            told.append(asdict(now) | {"shop": place.slug, "behind": now.behind})
            if not as_json:
                _say(world, "status", shop=place.slug, count=sum(now.keys.values()), **_standing(now))
    _finish(as_json, held=True, shops=told)


def _standing(now: rotation.Custody) -> dict[str, int]:
    return {"latest": now.latest, "oldest": now.min_decryption, "behind": now.behind}


@keys.command("rotate")
@_shop
@_json
@click.pass_obj
def rotate(opened: Opened, slug: str, as_json: bool) -> None:
    """Makes a new version of each shop's key; new data is sealed under it at once."""
    world = opened()
    told = []
    with _in_words(world):
        for place in _places(world, slug):
            version = rotation.rotate(world.keys, place.shop_id)
            _note(world, place, "keys.rotated", version=version)
            told.append({"shop": place.slug, "latest": version})
            if not as_json:
                _say(world, "rotated", shop=place.slug, latest=version)
    _finish(as_json, held=True, shops=told)


@keys.command("rewrap")
@_shop
@_json
@click.option("--retire", is_flag=True, help="Afterwards refuse and forget the older versions.")
@click.pass_obj
def rewrap(opened: Opened, slug: str, as_json: bool, retire: bool) -> None:
    """Brings every key under the latest version; may be stopped at any moment and run again."""
    world = opened()
    told = []
    with _in_words(world):
        for place in _places(world, slug):
            end = _rewrapped(world, place, quiet=as_json)
            told.append(asdict(end) | {"shop": place.slug})
            _note(world, place, "keys.rewrapped", done=end.done, damaged=end.damaged)
            if not as_json:
                _say(world, "rewrapped", shop=place.slug, done=end.done, damaged=end.damaged)
            if retire:
                _note(world, place, "keys.retired", oldest=rotation.retire(world.keys, place.shop_id))
    _finish(as_json, held=not any(end["damaged"] for end in told), shops=told)


def _rewrapped(world: World, place: Place, *, quiet: bool) -> Progress:
    """Rewraps one shop with a bar on a terminal; the last step says how it ended."""
    steps = rotation.rewrap(world.keys, place.shop_id)
    end = next(steps)
    hidden = quiet or not sys.stderr.isatty()
    with click.progressbar(length=end.total, label=place.slug, file=sys.stderr, hidden=hidden) as bar:
        for step in steps:
            bar.update(step.done - end.done)
            end = step
    return end


@audit_group.command("verify")
@_shop
@_json
@click.pass_obj
def verify(opened: Opened, slug: str, as_json: bool) -> None:
    """Follows every chain of the journal and names the first line that is not as it was written."""
    world = opened()
    told = []
    with _in_words(world):
        for place in _places(world, slug):
            found = _verified(world, place)
            told.append(asdict(found) | {"shop": place.slug, "held": found.held})
            if not as_json:
                _say_verdict(world, place, found)
    _finish(as_json, held=all(one["held"] for one in told), shops=told)


def _verified(world: World, place: Place) -> Verdict:
    with acting(world, shop_id=place.shop_id, actor=THE_HOUSE, reading=True) as scope:
        return journal.verify(scope)


def _say_verdict(world: World, place: Place, found: Verdict) -> None:
    facts = {"shop": place.slug, "lines": found.lines, "line": found.first_bad}
    _say(world, f"verdict.{found.why or 'held'}", **facts)


@audit_group.command("accept")
@click.option("--shop", "slug", required=True, help="The shop, by its short name; `house` for the house.")
@_json
@click.pass_obj
def accept(opened: Opened, slug: str, as_json: bool) -> None:
    """Vouches for lines that were written while the keys were away."""
    world = opened()
    with _in_words(world):
        place = _places(world, slug)[0]
        with acting(world, shop_id=place.shop_id, actor=THE_HOUSE) as scope:
            through = journal.accept(scope)
        if not as_json:
            _say(world, "accepted", shop=place.slug, line=through)
    _finish(as_json, held=True, shop=slug, through=through)


def _places(world: World, slug: str) -> list[Place]:
    """Every shop and the house, or the one that was named; ends the command when there is no such shop."""
    with acting(world, shop_id=0, actor=THE_HOUSE, reading=True) as scope:
        rows = scope.session.execute(select(Shop.id, Shop.slug).order_by(Shop.id))
        places = [Place(0, "house"), *(Place(shop_id, name) for shop_id, name in rows)]
    named = [place for place in places if slug in {"", place.slug}]
    if not named:
        click.echo(t(world.settings.locale, "cli.custody.no_shop", shop=slug), err=True)
        sys.exit(1)
    return named


def _note(world: World, place: Place, act: str, **facts: int) -> None:
    with acting(world, shop_id=place.shop_id, actor=THE_HOUSE) as scope:
        audit.note(scope, act, subject="shop", subject_id=place.shop_id, **facts)


def _say(world: World, key: str, **facts: object) -> None:
    click.echo(t(world.settings.locale, f"cli.custody.{key}", **facts))


@contextmanager
def _in_words(world: World) -> Iterator[None]:
    """A refusal ends the command with its words."""
    try:
        yield
    except Refused as refused:
        click.echo(t(world.settings.locale, f"refused.{refused.code}", **refused.facts), err=True)
        sys.exit(1)


def _finish(as_json: bool, *, held: bool, **told: object) -> None:
    if as_json:
        click.echo(json.dumps({"held": held} | told, ensure_ascii=False))
    sys.exit(0 if held else 1)
