"""The estates of every attack: both shops lived through once an engine, copied for every test."""

import fcntl
import os
import pickle
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TypeVar

import pytest

import app as front
from base.scope import Scope, World, acting
from tests import engines
from tests.attacks import estate as estates_
from tests.attacks.browser import Reach, come_in, reach_of
from tests.attacks.estate import Estates
from tests.cast import Cast, Person, Stage, _staged, settings_of
from tests.engines import Database

T = TypeVar("T")
Lived = tuple[Stage, Estates]
ActingNow = Callable[..., AbstractContextManager[Scope]]
_numbers = count(1)


def _live(stage: Stage) -> Lived:
    world = front.open_world(settings_of(stage.database, stage.data))
    try:
        return stage, estates_.build(world, stage.cast)
    finally:
        world.engines.dispose()
        world.keys.close()


def once_for_all(factory: pytest.TempPathFactory, name: str, make: Callable[[], T]) -> T:
    """What the first process of this run makes that needs it: everybody copies it, nobody writes to it."""
    base = factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = root / f"{name}.made"
        if not kept.exists():
            made = pickle.dumps(make())
            kept.with_suffix(".new").write_bytes(made)
            kept.with_suffix(".new").rename(kept)
        found: T = pickle.loads(kept.read_bytes())
        return found


@pytest.fixture(scope="session")
def _sqlite_lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return once_for_all(
        tmp_path_factory,
        "lived",
        lambda: _lived_on_sqlite(request.getfixturevalue("_sqlite_peopled"), tmp_path_factory),
    )


def _lived_on_sqlite(peopled: Stage, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    folder = tmp_path_factory.mktemp("lived")
    (folder / "db").mkdir()
    shutil.copy(peopled.database.url.removeprefix("sqlite:///"), folder / "db" / "dari.db")
    url = f"sqlite:///{folder / 'db' / 'dari.db'}"
    return _live(_staged(peopled, Database("sqlite", url, url), folder))


@contextmanager
def copy_of(lived: Lived, folder: Path) -> Iterator[World]:
    """The world of another copy of the estates on SQLite."""
    (folder / "db").mkdir(parents=True)
    shutil.copy(lived[0].database.url.removeprefix("sqlite:///"), folder / "db" / "dari.db")
    url = f"sqlite:///{folder / 'db' / 'dari.db'}"
    stage = _staged(lived[0], Database("sqlite", url, url), folder)
    world = front.open_world(settings_of(stage.database, stage.data))
    yield world
    world.engines.dispose()
    world.keys.close()


@pytest.fixture(scope="session")
def reach(_sqlite_lived: Lived, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Reach]:
    """What everybody of our shop can reach, by name; ids are the same on both engines."""
    return once_for_all(tmp_path_factory, "reach", lambda: _reached(_sqlite_lived, tmp_path_factory))


def _reached(lived: Lived, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Reach]:
    cast = lived[0].cast
    with copy_of(lived, tmp_path_factory.mktemp("reach") / "copy") as world:
        app = front.create_app(world)
        return {who.name: reach_of(come_in(app, who)) for who in (cast.minji, cast.boram, cast.haneul)}


@pytest.fixture(scope="session")
def _postgres_lived(
    pg_server: engines.Server, _postgres_peopled: Stage, tmp_path_factory: pytest.TempPathFactory
) -> Lived:
    pg_server.create("lived_dari", "peopled_dari")
    urls = (pg_server.dsn_for("lived_dari", role) for role in ("dari_app", "dari_owner"))
    return _live(_staged(_postgres_peopled, Database("postgres", *urls), tmp_path_factory.mktemp("lived")))


@pytest.fixture
def sqlite_stage(_sqlite_lived: Lived, tmp_path: Path) -> Stage:
    """A fresh SQLite file in which both shops are in the middle of their day."""
    folder = tmp_path / "db"
    folder.mkdir()
    shutil.copy(_sqlite_lived[0].database.url.removeprefix("sqlite:///"), folder / "dari.db")
    url = f"sqlite:///{folder / 'dari.db'}"
    return _staged(_sqlite_lived[0], Database("sqlite", url, url), tmp_path)


@pytest.fixture
def postgres_stage(pg_server: engines.Server, _postgres_lived: Lived, tmp_path: Path) -> Iterator[Stage]:
    """A fresh PostgreSQL database in which both shops are in the middle of their day."""
    name = f"attack_{next(_numbers)}"
    pg_server.create(name, "lived_dari")
    urls = (pg_server.dsn_for(name, role) for role in ("dari_app", "dari_owner"))
    yield _staged(_postgres_lived[0], Database("postgres", *urls), tmp_path)
    pg_server.drop(name)


@pytest.fixture
def estates(stage: Stage, request: pytest.FixtureRequest) -> Estates:
    """What stands in both shops."""
    lived: Lived = request.getfixturevalue(f"_{stage.database.engine}_lived")
    return lived[1]


@pytest.fixture
def acting_now(world: World) -> ActingNow:
    """Opens and settles a scope for somebody at this minute, as a browser's request would."""

    def open_(person: Person, *, reading: bool = False) -> AbstractContextManager[Scope]:
        return acting(world, shop_id=person.shop_id, actor=person.actor, reading=reading)

    return open_


@dataclass(frozen=True, slots=True)
class Scene:
    """A world, what stands in it, and the server behind it where there is one."""

    stage: Stage
    world: World
    cast: Cast
    estates: Estates
    server: engines.Server | None


@pytest.fixture
def scene(stage: Stage, world: World, cast: Cast, estates: Estates, request: pytest.FixtureRequest) -> Scene:
    """For stories that break what is below the app."""
    on_sqlite = stage.database.engine == "sqlite"
    return Scene(stage, world, cast, estates, None if on_sqlite else request.getfixturevalue("pg_server"))
