"""The cast of every story: a shop on Monday 09:00 in Seoul, its people, and a stranger with a shop of her own."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

import app as front
from base import calendars, config
from base.hours import WEEKDAYS
from base.scope import THE_HOUSE, Actor, Scope, World, acting
from qa.sampling.models import SamplingPlan
from security import people, sessions, shops
from security.models import Account, Membership
from tests import engines
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


@dataclass(frozen=True, slots=True)
class Stage:
    """A database with the cast already in it, and the folder with its keys."""

    database: Database
    data: Path
    cast: Cast


def settings_of(database: Database, data: Path) -> config.Settings:
    return config.load(
        {
            "DARI_ENV": "test",
            "DARI_DATA": str(data),
            "DATABASE_URL": database.url,
            "DATABASE_OWNER_URL": database.owner_url,
        }
    )


def gather(database: Database, data: Path) -> Cast:
    """Opens two shops and lets their people in: made once an engine, copied for every test."""
    world = front.open_world(settings_of(database, data))
    roles = {"haneul": "owner", "boram": "reviewer", "minji": "partner", "sujin": "partner"}
    main = _shop(world, "haneul", "하늘상점", roles)
    other = _shop(world, "other", "다른상점", {"stranger": "owner", "stranger_partner": "partner"})
    world.engines.dispose()
    world.keys.close()
    return Cast(**main, **other)


@pytest.fixture(scope="session")
def _sqlite_peopled(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("peopled")
    (folder / "db").mkdir()
    shutil.copy(_sqlite_template, folder / "db" / "dari.db")
    url = f"sqlite:///{folder / 'db' / 'dari.db'}"
    data = folder / "var"
    return Stage(Database("sqlite", url, url), data, gather(Database("sqlite", url, url), data))


@pytest.fixture(scope="session")
def _postgres_peopled(
    pg_server: engines.Server, _postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Stage:
    pg_server.create("peopled_dari", _postgres_template)
    urls = (pg_server.dsn_for("peopled_dari", role) for role in ("dari_app", "dari_owner"))
    database = Database("postgres", *urls)
    data = tmp_path_factory.mktemp("peopled") / "var"
    return Stage(database, data, gather(database, data))


_numbers = count(1)


@pytest.fixture
def sqlite_stage(_sqlite_peopled: Stage, tmp_path: Path) -> Stage:
    """A fresh SQLite file with the cast in it."""
    folder = tmp_path / "db"
    folder.mkdir()
    shutil.copy(_sqlite_peopled.database.url.removeprefix("sqlite:///"), folder / "dari.db")
    url = f"sqlite:///{folder / 'dari.db'}"
    return _staged(_sqlite_peopled, Database("sqlite", url, url), tmp_path)


@pytest.fixture
def postgres_stage(pg_server: engines.Server, _postgres_peopled: Stage, tmp_path: Path) -> Iterator[Stage]:
    """A fresh PostgreSQL database with the cast in it."""
    name = f"stage_{next(_numbers)}"
    pg_server.create(name, "peopled_dari")
    urls = (pg_server.dsn_for(name, role) for role in ("dari_app", "dari_owner"))
    yield _staged(_postgres_peopled, Database("postgres", *urls), tmp_path)
    pg_server.drop(name)


def _staged(made: Stage, database: Database, folder: Path) -> Stage:
    shutil.copytree(made.data, folder / "var")
    return Stage(database, folder / "var", made.cast)


@pytest.fixture(params=["sqlite", "postgres"])
def stage(request: pytest.FixtureRequest) -> Stage:
    """Where a story plays: once on each engine."""
    made = request.getfixturevalue(f"{request.param}_stage")
    assert isinstance(made, Stage)
    return made


@pytest.fixture
def settings(stage: Stage) -> config.Settings:
    return settings_of(stage.database, stage.data)


@pytest.fixture
def world(settings: config.Settings) -> Iterator[World]:
    """The world of the cast, on SQLite and on PostgreSQL, keys and files in a folder of its own."""
    made = front.open_world(settings)
    yield made
    made.engines.dispose()
    made.keys.close()


@pytest.fixture
def empty_world(database: Database, tmp_path: Path) -> Iterator[World]:
    """A world in which no shop has been opened yet."""
    made = front.open_world(settings_of(database, tmp_path / "var"))
    yield made
    made.engines.dispose()
    made.keys.close()


@pytest.fixture
def cast(stage: Stage) -> Cast:
    """Two shops and their people; both keep Monday to Saturday, nine to six."""
    return stage.cast


def _shop(world: World, slug: str, name: str, roles: dict[str, str]) -> dict[str, Person]:
    with acting(world, shop_id=0, actor=THE_HOUSE, now=MONDAY - timedelta(days=7)) as founding:
        scope = shops.open_shop(founding, slug=slug, name=name)
        calendars.save(scope, WEEK)
        scope.session.execute(
            delete(SamplingPlan)
        )  # a shop older than plans: its rules say how much is drawn
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
