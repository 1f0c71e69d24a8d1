"""A throwaway house to measure: its settings, its world, its people, and an engine under it."""

import importlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import select, text

from base import config, migrate, statistics
from base.config import Settings
from base.db import open_engines
from base.scope import THE_HOUSE, World, acting
from bench import crowd, serving, workshop
from bench.crowd import Hand, Key
from security import people, shops
from security.models import Shop

HANDS, CAPACITY = 8, 20
SLUG, FILES = "bench", "bench-files"  # a shop to work in, and one that order files go to
#: PostgreSQL as it is run for people: every commit is on the disk when it is answered.
DURABLE = ("shared_buffers=256MB", "timezone=UTC", "log_timezone=UTC")


class NotEmpty(Exception):
    """There is a shop in this database: the bench fills and spoils what it is given."""


class NoServer(Exception):
    """No PostgreSQL is here; the message says what was looked for."""


@dataclass(frozen=True, slots=True)
class Front:
    """The front door's ways of opening a world and of serving it; `start` makes a server's process."""

    open_world: Callable[[Settings], World]
    create_app: Callable[[World], Flask]
    start: serving.Start = serving.python


@dataclass(frozen=True, slots=True)
class House:
    """A world with one shop in it, and who works there."""

    environ: dict[str, str]
    folder: Path
    world: World
    app: Flask
    start: serving.Start
    shop_id: int
    files_shop_id: int
    hands: list[Hand]
    keys: dict[str, Key]

    @property
    def engine(self) -> str:
        return "PostgreSQL" if self.world.engines.dialect == "postgresql" else "SQLite"

    def serving(
        self, said: str, *, words: Sequence[str] = serving.HOUSE, **more: str
    ) -> AbstractContextManager[serving.Server]:
        """The real server over this house, or what these words start; what it says goes into this file."""
        environ = self.environ | more
        return serving.serving(environ, said=self.folder / said, words=words, start=self.start)

    def version(self) -> str:
        """The engine's own version."""
        ask = "SHOW server_version" if self.engine == "PostgreSQL" else "SELECT sqlite_version()"
        with self.world.engines.read.connect() as connection:
            return str(connection.scalar(text(ask)))

    def settle(self) -> None:
        """Tidies up after a great change, as the engine itself would within minutes."""
        if self.engine == "SQLite":
            with acting(self.world, shop_id=self.shop_id, actor=THE_HOUSE) as scope:
                statistics.refresh(scope)
            self.world.engines.dispose()
            with closing(sqlite3.connect(self.environ["DATABASE_URL"].removeprefix("sqlite:///"))) as plain:
                plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        owner = open_engines(self.environ["DATABASE_OWNER_URL"])
        with owner.write.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("VACUUM ANALYZE"))
        owner.dispose()


@contextmanager
def on_sqlite(front: Front, folder: Path) -> Iterator[House]:
    """A house on SQLite in this folder."""
    url = f"sqlite:///{folder / 'db' / 'dari.db'}"
    with _house(front, folder, url, url) as house:
        yield house


@contextmanager
def on_postgres(front: Front, folder: Path, url: str = "", owner_url: str = "") -> Iterator[House]:
    """A house on the PostgreSQL named, else on one of its own that is gone afterwards. Raises NoServer."""
    with ExitStack() as stack:
        if not url:
            url, owner_url = stack.enter_context(_own_server())
        yield stack.enter_context(_house(front, folder, url, owner_url or url))


@contextmanager
def _own_server() -> Iterator[tuple[str, str]]:
    try:
        engines = importlib.import_module("tests.engines")  # a shop's machine has no tests
    except ImportError as missing:
        raise NoServer(str(missing)) from missing
    try:
        with engines.postgres(DURABLE) as server:
            server.create("bench")
            yield server.dsn_for("bench", "dari_app"), server.dsn_for("bench", "dari_owner")
    except engines.NoEngine as missing:
        raise NoServer(str(missing)) from missing


@contextmanager
def _house(front: Front, folder: Path, url: str, owner_url: str) -> Iterator[House]:
    environ = {
        "DARI_ENV": "test",
        "DARI_DATA": str(folder),
        "DATABASE_URL": url,
        "DATABASE_OWNER_URL": owner_url,
    }
    settings = config.load(environ)
    migrate.upgrade(settings)
    world = front.open_world(settings)
    try:
        yield _peopled(front, folder, environ, world)
    finally:
        world.engines.dispose()
        world.keys.close()


def _peopled(front: Front, folder: Path, environ: dict[str, str], world: World) -> House:
    """Opens the shop; raises NotEmpty where there is one."""
    with acting(world, shop_id=0, actor=THE_HOUSE) as founding:
        if founding.session.scalar(select(Shop.id).limit(1)) is not None:
            raise NotEmpty
        other = shops.open_shop(founding, slug=FILES, name="Files").shop_id
        scope = shops.open_shop(founding, slug=SLUG, name="Bench")
        workshop.short_procedure(scope)
        workshop.stocked(scope)
        owner, _link = people.invite(scope, login="owner@bench.invalid", name="Owner", role="owner")
        reviewer, _link = people.invite(
            scope, login="reviewer@bench.invalid", name="Reviewer", role="reviewer"
        )
        hands = crowd.hire(scope, HANDS, capacity=CAPACITY)
        keys = {"owner": crowd.sign_in(scope, owner), "reviewer": crowd.sign_in(scope, reviewer)}
        keys["partner"] = hands[0].key
        return House(
            environ, folder, world, front.create_app(world), front.start, scope.shop_id, other, hands, keys
        )
