"""The demo: a throwaway shop with some days behind it, in a folder of its own, made anew at each start."""

import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from base import calendars, config
from base.config import ROOT, Settings
from base.errors import Refused
from base.hours import WEEKDAYS
from base.scope import THE_HOUSE, Scope, World, acting
from base.workdays import sub
from qa.rehearsal import catalogue, curtain, judging_together, schooling, settled, supplies, supplying
from qa.rehearsal.characters import CAREFUL, NEWCOMER, SLOPPY
from qa.rehearsal.play import announced, parts, run, set_up
from qa.rehearsal.script import Script
from qa.rehearsal.stage import Player, Stage, act
from qa.rehearsal.troupe import troupe
from security import links, people, shops
from security.models import Membership
from security.policy import OWNER, PARTNER, REVIEWER, ROLES
from tasks import sops
from tasks.opening import PACKING

MARK = ".dari-demo"  # a folder is removed only when this file says that it is a demo's
LOOPBACK = "127.0.0.1"
NAMES = "localhost,.localhost"  # this machine's other names: a browser keeps each one's people apart
SLUG, NAME = "haneul", "하늘상점"
WEEK = calendars.Plan(hours={day: [["09:00", "18:00"]] for day in WEEKDAYS[:6]})
PEOPLE = (
    ("haneul", "하늘", OWNER),
    ("boram", "보람", REVIEWER),
    ("yuna", "유나", REVIEWER),
    ("minji", "민지", PARTNER),
    ("jiho", "지호", PARTNER),
    ("sujin", "수진", PARTNER),  # joins at the end: she is new
)
ORDERS_A_DAY = 16
HASTY = replace(SLOPPY, slip=0.1)  # so that there is something to find in a few days
LAST_HOURS_S = 3 * 3600 + 1800  # business seconds before now that the curtain scene fills
TWICE, KNOWN = 80, 20  # percent: in a few days there is as much to see of second looks as elsewhere in months
FILE, FILE_ORDERS = "new-orders.csv", 12


class NotADemo(Refused):
    """The folder was not made by a demo and is left alone. Fact: folder."""

    code = "rehearsal.not_a_demo"


class PortTaken(Refused):
    """Another program listens there. Fact: port."""

    code = "rehearsal.port_taken"


@dataclass(frozen=True, slots=True)
class Door:
    """A way in for one person: works once."""

    role: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo offers: a door for everybody, and an order file to drop in."""

    doors: tuple[Door, ...]
    file: Path


def folder(environ: Mapping[str, str]) -> Path:
    """Where the demo lives: in a folder of its own, never the shop's."""
    return Path(environ.get("DARI_DATA", ROOT)).resolve() / "demo"


def settings(place: Path, *, port: int, locale: str) -> Settings:
    """The demo's settings: SQLite, files and keys in its folder, this machine's own address, nothing else."""
    here = {"DARI_ORIGIN": f"http://{LOOPBACK}:{port}", "TRUSTED_HOSTS": f"{LOOPBACK},{NAMES}"}
    return config.load(here | {"DARI_ENV": "demo", "DARI_DATA": str(place), "DARI_LOCALE": locale})


def clear(place: Path, *, port: int) -> None:
    """Removes the former demo and begins an empty one; removes nothing when it raises PortTaken, NotADemo."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((LOOPBACK, port))
        except OSError as taken:
            raise PortTaken(port=port) from taken
    if place.exists() and any(place.iterdir()) and not (place / MARK).exists():
        raise NotADemo(folder=str(place))
    if place.exists():
        shutil.rmtree(place)
    place.mkdir(parents=True, mode=0o700)
    (place / MARK).touch(mode=0o600)


def build(world: World, *, now: datetime, days: int, seed: int) -> Demo:
    """Opens the shop, lives its last days up to now, and leaves everybody in the middle of something."""
    script = Script(days, seed, partners=2, hands=(CAREFUL, HASTY, NEWCOMER), orders_a_day=ORDERS_A_DAY)
    shop_id = _opened(world, now - timedelta(days=days))
    stage = set_up(world, shop_id, script)
    company, end = announced(stage, script), sub(stage.calendar, now, LAST_HOURS_S)
    act(stage, company.owner.actor, supplying.checked, called="checked")
    agenda = parts(stage, company, script)
    run(stage, [*agenda, judging_together.part(stage, company, at=end - (end - stage.now) / 2)], until=end)
    act(stage, THE_HOUSE, partial(_join, PEOPLE[-1:]), called="invited")
    people_ = act(
        stage, THE_HOUSE, lambda scope: troupe(stage, scope, replace(script, partners=3)), called="met"
    )
    last, opened = stage.now, now - timedelta(days=days)
    stage.now = max(last, opened + timedelta(minutes=1))  # nobody is taught or signs before the shop opens
    schooling.taught(stage, people_)
    settled.settle(stage, people_)
    stage.now = last
    curtain.fall(stage, people_, now=now)
    return Demo(act(stage, THE_HOUSE, _doors, called="doors"), _new_file(stage, people_.owner))


def _opened(world: World, at: datetime) -> int:
    """The shop with its calendar, its goods, its procedure and its first people."""
    with acting(world, shop_id=0, actor=THE_HOUSE, now=at - supplying.LONG_AGO) as founding:
        scope = shops.open_shop(founding, slug=SLUG, name=NAME)
        shop_id = scope.shop_id
        calendars.save(scope, WEEK)
        catalogue.listed(scope)
        supplying.long_ago(scope)
    for ago, deed in ((supplying.ORDERED, supplying.ordered), (supplying.CAME, supplying.came)):
        with acting(world, shop_id=shop_id, actor=THE_HOUSE, now=at - ago) as scope:
            deed(scope)
    with acting(world, shop_id=shop_id, actor=THE_HOUSE, now=at) as scope:
        _join(PEOPLE[:-1], scope)
        sops.published(scope, PACKING)
        shops.save_rules(scope, replace(shops.rules(scope), second_percent=TWICE, gold_percent=KNOWN))
        catalogue.stocked(scope)
    return shop_id


def _join(who: tuple[tuple[str, str, str], ...], scope: Scope) -> None:
    """People who have been here for a while: their invitations were used long ago."""
    for login, name, role in who:
        member, _ = people.invite(scope, login=f"{login}@demo.invalid", name=name, role=role)
        member.accepted_at = scope.now


def _doors(scope: Scope) -> tuple[Door, ...]:
    """A single-use link for everybody, owner first."""
    order = {role: place for place, role in enumerate(ROLES)}
    members = sorted(people.members(scope), key=lambda one: (order[one.role], one.id))
    return tuple(Door(one.role, one.account.name, _link(scope, one)) for one in members)


def _link(scope: Scope, member: Membership) -> str:
    token = links.make(scope, purpose="enter", account_id=member.account_id, membership_id=member.id)
    origin = scope.world.settings.origin.replace(LOOPBACK, _host(member))
    return f"{origin}/come-in/{token}"


def _host(member: Membership) -> str:
    """A name of this machine for each person, so that one browser can be all of them at once."""
    own = member.account.login.partition("@")[0]
    return {"haneul": LOOPBACK, "boram": "localhost"}.get(own, f"{own}.localhost")


def _new_file(stage: Stage, owner: Player) -> Path:
    """An order file that has not been imported: for dropping into the owner's page."""
    path = stage.world.settings.data / FILE
    path.write_bytes(supplies.order_file(stage, owner, orders=FILE_ORDERS, hours=3))
    return path
