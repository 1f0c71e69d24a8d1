"""Fixtures every test may use: real engines, and a fresh migrated database on each of them."""

import gc
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import hypothesis
import pytest

from base import migrate
from tests import engines, memory, warm
from tests.engines import Database

memory.use_memory()
warm.stay_warm()
# A wall clock tells of a machine that does other things as well, not of an example that is slow.
hypothesis.settings.register_profile("dari", deadline=None)
hypothesis.settings.load_profile("dari")

pytest_plugins = ["tests.cast", "tests.served"]


def prepare(url: str, owner_url: str) -> None:
    """Migrate an empty database once per engine; every test's database is a copy of it."""
    migrate.migrate(owner_url, app_url=url)


@pytest.fixture(scope="session")
def pg_server() -> Iterator[engines.Server]:
    """A real PostgreSQL, started at first use in each test process."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(engines.postgres())
        except engines.NoEngine as missing:
            pytest.skip(str(missing))
        yield server


@pytest.fixture(scope="session")
def _valkey() -> Iterator[engines.Valkey]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(engines.valkey())
        except engines.NoEngine as missing:
            pytest.skip(str(missing))
        yield server


@pytest.fixture
def valkey_server(_valkey: engines.Valkey) -> engines.Valkey:
    """A real Valkey, awake and empty whatever the test before did to it."""
    _valkey.refresh()
    return _valkey


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    url = f"sqlite:///{folder / 'made.db'}"
    prepare(url, url)
    with sqlite3.connect(folder / "made.db") as made, sqlite3.connect(folder / "template.db") as template:
        made.backup(template)
    made.close()
    template.close()
    return folder / "template.db"


@pytest.fixture(scope="session")
def _postgres_template(pg_server: engines.Server) -> str:
    pg_server.create("template_dari")
    prepare(*(pg_server.dsn_for("template_dari", role) for role in ("dari_app", "dari_owner")))
    return "template_dari"


_numbers = count(1)


@pytest.fixture
def sqlite_database(_sqlite_template: Path, tmp_path: Path) -> Database:
    """A fresh migrated SQLite file."""
    folder = tmp_path / "db"
    folder.mkdir()
    shutil.copy(_sqlite_template, folder / "dari.db")
    url = f"sqlite:///{folder / 'dari.db'}"
    return Database("sqlite", url, url)


@pytest.fixture
def postgres_database(pg_server: engines.Server, _postgres_template: str) -> Iterator[Database]:
    """A fresh migrated PostgreSQL database."""
    name = f"test_{next(_numbers)}"
    pg_server.create(name, _postgres_template)
    yield Database("postgres", pg_server.dsn_for(name, "dari_app"), pg_server.dsn_for(name, "dari_owner"))
    pg_server.drop(name)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh migrated database, once on each engine."""
    made = request.getfixturevalue(f"{request.param}_database")
    assert isinstance(made, Database)
    return made


ENGINES = ("stage", "database")  # fixtures that are there once on each engine


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A story plays on SQLite alone, unless it is marked: the engines may differ in what it asks."""
    asked = metafunc.definition
    chosen = {name for mark in asked.iter_markers("parametrize") for name in str(mark.args[0]).split(",")}
    for name in set(ENGINES) & set(metafunc.fixturenames) - chosen:
        if metafunc._arg2fixturedefs[name][-1].params and not asked.get_closest_marker("both"):
            asked.add_marker(pytest.mark.parametrize(name, ["sqlite"], indirect=True))


HEAVY = ("browser", "real", "slow")
SLOW = {
    "database",
    "stage",
    "sqlite_stage",
    "postgres_stage",
    "sqlite_database",
    "postgres_database",
    "pg_server",
    "valkey_server",
    "browser",
    "served",
    "house",
    "on_sqlite",
    "on_postgres",
}


def pytest_collection() -> None:
    """What is imported and collected stays until the end: the garbage collector need not look at it."""
    gc.disable()


def pytest_collection_finish() -> None:
    """From here on there is garbage, but seldom worth a search through everything."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks as quick what needs no engine, browser or real data; walks begin, then files with slow tests."""
    for item in items:
        slow = SLOW & set(getattr(item, "fixturenames", ()))
        marked = any(item.get_closest_marker(name) for name in HEAVY)
        if not slow and not marked:
            item.add_marker("quick")
    long = {item.path for item in items if any(item.get_closest_marker(name) for name in HEAVY)}
    walks = {item.path for item in items if item.get_closest_marker("browser")}
    # So that no worker ends with a long one while others rest, and most walks share one browser.
    items.sort(key=lambda item: (item.path not in walks, item.path not in long))
