"""The cast of every story: a shop on Monday 09:00 in Seoul, its people, and a stranger with a shop of her own."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import app as front
from base import calendars, config
from base.hours import WEEKDAYS
from base.scope import THE_HOUSE, Actor, Scope, World, acting
from security import people, sessions, shops
from security.models import Account, Membership
from tests.engines import Database

MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # 09:00 in Seoul
WEEK = calendars.Plan(hours={day: [["09:00", "18:00"]] for day in WEEKDAYS[:6]})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the cast: who they are to a scope, and in which shop."""

    name: str
    shop_id: int
    actor: Actor

    @property
    def partner_id(self) -> int:
        assert self.actor.partner_id is not None
        return self.actor.partner_id


@dataclass(frozen=True, slots=True)
class Cast:
    """Minji and Sujin pack, Boram checks, Haneul owns; the stranger owns another shop."""

    minji: Person
    sujin: Person
    boram: Person
    haneul: Person
    stranger: Person
    stranger_partner: Person

    @property
    def shop_id(self) -> int:
        return self.haneul.shop_id


ActingAs = Callable[..., AbstractContextManager[Scope]]
SignedIn = Callable[[Person], FlaskClient]


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> config.Settings:
    return config.load(
        {
            "DARI_ENV": "test",
            "DARI_DATA": str(tmp_path / "var"),
            "DATABASE_URL": database.url,
            "DATABASE_OWNER_URL": database.owner_url,
        }
    )


@pytest.fixture
def world(settings: config.Settings) -> Iterator[World]:
    """A world without a shop, on SQLite and on PostgreSQL, keys and files in a folder of its own."""
    made = front.open_world(settings)
    yield made
    made.engines.dispose()
    made.keys.close()


@pytest.fixture
def cast(world: World) -> Cast:
    """Two shops and their people; the first keeps Monday to Saturday, nine to six."""
    main = _shop(
        world,
        "haneul",
        "하늘상점",
        {"haneul": "owner", "boram": "reviewer", "minji": "partner", "sujin": "partner"},
    )
    other = _shop(world, "other", "다른상점", {"stranger": "owner", "stranger_partner": "partner"})
    return Cast(**main, **other)


def _shop(world: World, slug: str, name: str, roles: dict[str, str]) -> dict[str, Person]:
    with acting(world, shop_id=0, actor=THE_HOUSE, now=MONDAY - timedelta(days=7)) as founding:
        scope = shops.open_shop(founding, slug=slug, name=name)
        calendars.save(scope, WEEK)
        made = {
            who: people.invite(scope, login=f"{who}@example.com", name=who.title(), role=role)[0]
            for who, role in roles.items()
        }
        return {who: _person(who, member) for who, member in made.items()}


def _person(who: str, member: Membership) -> Person:
    partner_id = member.id if member.role == "partner" else None
    return Person(who, member.shop_id, Actor(id=member.account_id, role=member.role, partner_id=partner_id))


@pytest.fixture
def acting_as(world: World) -> ActingAs:
    """Opens and settles a scope for somebody of the cast: `with acting_as(cast.minji, now=…) as scope`."""

    def open_(
        person: Person, *, now: datetime = MONDAY, reading: bool = False
    ) -> AbstractContextManager[Scope]:
        return acting(
            world, shop_id=person.shop_id, actor=person.actor, now=now, ip="192.0.2.1", reading=reading
        )

    return open_


@pytest.fixture
def as_house(world: World) -> Callable[..., AbstractContextManager[Scope]]:
    """Opens and settles a scope of the house in a person's shop."""

    def open_(person: Person, *, now: datetime = MONDAY) -> AbstractContextManager[Scope]:
        return acting(world, shop_id=person.shop_id, actor=replace(THE_HOUSE), now=now)

    return open_


@pytest.fixture
def signed_in(world: World) -> SignedIn:
    """A browser in which somebody of the cast is signed in; `client.csrf` is the token of its forms."""
    application = front.create_app(world)

    def open_(person: Person) -> FlaskClient:
        with acting(world, shop_id=0, actor=THE_HOUSE) as scope:
            member = scope.session.scalars(
                people.select(Membership).where(
                    Membership.account_id == person.actor.id, Membership.shop_id == person.shop_id
                )
            ).one()
            token = sessions.begin(
                scope, account_id=member.account_id, membership_id=member.id, device="test"
            )
        client = application.test_client()
        client.set_cookie("dari", token, domain="localhost")
        client.csrf = sessions.csrf_of(token)  # type: ignore[attr-defined]
        return client

    return open_


@pytest.fixture
def client(world: World) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return front.create_app(world).test_client()


@pytest.fixture
def with_password(world: World) -> Callable[[Person, str], None]:
    """Gives somebody of the cast a password."""

    def set_(person: Person, password: str) -> None:
        with acting(world, shop_id=0, actor=THE_HOUSE) as scope:
            scope.session.get_one(Account, person.actor.id).password = people.passwords.hashed(password)

    return set_
