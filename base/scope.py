"""Scope: everything a desk, gate or read may know of the world while it does one thing for one person."""

import logging
import random
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from base.background import Bell, Job, Periodic, Silence
from base.clock import ANCHORED, anchor
from base.config import Settings
from base.db import Engines
from base.recent import Recent
from base.saying import LINE

T = TypeVar("T")
Reaction = Callable[..., object]

log = logging.getLogger("dari.scope")

HOUSE = "house"
KEPT = 4096  # facts of all shops that a process remembers
STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as a detached value. `id` is the account, `partner_id` set for the role partner only."""

    id: int
    role: str
    partner_id: int | None = None
    locale: str = "ko"


NOBODY = Actor(id=0, role=STRANGER)
THE_HOUSE = Actor(id=0, role=HOUSE)


def no_shops(_session: Session) -> Sequence[int]:
    """The shops of a world that has none yet."""
    return ()


@dataclass(frozen=True, slots=True)
class World:
    """What stands around every scope: settings, engines, who hears what news, keys and files.

    And what works in the background: jobs by name, periodic jobs by name, whose shops, and the bell.
    """

    settings: Settings
    engines: Engines
    reactions: Mapping[type, tuple[Reaction, ...]]
    keys: Any  # security.keystore.KeyStore: named loosely because the ground knows no upper floor
    files: Any  # base.files.Store
    jobs: Mapping[str, Job] = field(default_factory=dict)
    periodic: Mapping[str, Periodic] = field(default_factory=dict)
    shops: Callable[[Session], Sequence[int]] = no_shops
    bell: Bell = field(default_factory=Silence)
    kept: Recent[Hashable, Any] = field(default_factory=partial(Recent, KEPT))  # see `for_good`


@dataclass(frozen=True, slots=True)
class Scope:
    """One transaction of one actor in one shop; `now` is the database's clock when it began."""

    session: Session
    shop_id: int
    actor: Actor
    now: datetime
    world: World
    ip: str = ""
    closing: list[Callable[[], None]] = field(default_factory=list)
    errands: list[int] = field(default_factory=list)  # put here: the bell rings for them after the commit

    def tell(self, news: object) -> None:
        """Tells news to whoever listens, at once and in this transaction."""
        for reaction in self.world.reactions.get(type(news), ()):
            reaction(self, news)

    def as_house(self) -> "Scope":
        """The same transaction, acted by the house itself."""
        return replace(self, actor=replace(THE_HOUSE, locale=self.actor.locale))

    def inside(self, shop_id: int) -> "Scope":
        """The same transaction, gone on into another shop (only founding a shop and sign-in need this)."""
        if self.session.info.get(ANCHORED) != shop_id:
            anchor(self.session, shop_id)
        return replace(self, shop_id=shop_id)

    def at(self, now: datetime) -> "Scope":
        """The same transaction at another instant (imports of the past, simulation)."""
        return replace(self, now=now)


@contextmanager
def acting(
    world: World,
    *,
    shop_id: int,
    actor: Actor,
    now: datetime | None = None,
    ip: str = "",
    reading: bool = False,
    arrive: Callable[..., datetime] | None = None,
) -> Iterator[Scope]:
    """Opens a scope and settles it: everything is kept when the block ends well, nothing when it raises.

    `arrive` says something else than `anchor` does first, and gives the database's clock as it does.
    """
    session, clock = _opened(world, reading, partial(arrive or anchor, shop_id=shop_id))
    with session:
        scope = Scope(session, shop_id, actor, now or clock, world, ip)
        yield scope
        settle(scope)


def _opened(world: World, reading: bool, arrive: Callable[[Session], datetime]) -> tuple[Session, datetime]:
    """A session whose transaction has begun, and its clock.

    A line that died while it lay idle is met here, where nothing was done over it yet: on a fresh one then,
    instead of a question before each use whether it still lives.
    """
    engine = world.engines.read if reading else world.engines.write
    try:
        return _begun(engine, arrive)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        world.engines.write.dispose()  # the others that lay idle died with it
        return _begun(engine, arrive)


def _begun(engine: Engine, arrive: Callable[[Session], datetime]) -> tuple[Session, datetime]:
    session = Session(engine, expire_on_commit=False)
    try:
        return session, arrive(session)
    except BaseException:
        session.close()
        raise


def settle(scope: Scope) -> None:
    """Flushes, runs what must be written last (the journal) and commits."""
    scope.session.flush()
    for close in scope.closing:
        close()
    scope.closing.clear()
    _commit(scope.session)
    for name, value in scope.session.info.pop(FOR_GOOD, {}).items():
        scope.world.kept.put(name, value)
    _ring(scope)


def _commit(session: Session) -> None:
    """Commits in one breath with what is owed; what fails of it is told to whoever had the last word."""
    session.flush()
    said, told = session.info.pop(LINE, None), session.info.pop(LAST_WORD, None)
    try:
        if said is not None:
            said.end()
        session.commit()
    except DBAPIError as error:
        if told is not None:
            told(error)
        raise


LAST_WORD = "last word"  # in a session's notes: who hears of an error of its commit, and may say another


def _ring(scope: Scope) -> None:
    """Rings for errands that now stand; where the bell fails, the next look into the outbox finds them."""
    errands = tuple(scope.errands)
    scope.errands.clear()
    if not errands:
        return
    try:
        scope.world.bell.ring(errands)
    except Exception:
        log.exception("the bell did not ring")


def undo(scope: Scope) -> None:
    """Forgets everything this scope did; what is read in it afterwards is still this shop's."""
    scope.closing.clear()
    scope.errands.clear()
    scope.session.info.clear()
    scope.session.rollback()
    anchor(scope.session, scope.shop_id)


def remembered(scope: Scope, name: Hashable, read: Callable[[], T]) -> T:
    """What this transaction reads once: it cannot change meanwhile, or whoever changes it says `forget`."""
    known: dict[Hashable, T] = scope.session.info
    key = (name, scope.shop_id)
    if key not in known:
        known[key] = read()
    return known[key]


def recall(scope: Scope, name: Hashable, value: object) -> None:
    """What was read beside something else, for `remembered`."""
    scope.session.info[name, scope.shop_id] = value


def forget(scope: Scope, name: Hashable) -> None:
    """What was remembered under this name has changed and is read again."""
    scope.session.info.pop((name, scope.shop_id), None)


FOR_GOOD = "for good"  # in a session's notes: what it has read that never changes


def for_good(scope: Scope, name: Hashable, read: Callable[[], T]) -> T:
    """What never changes once it is committed (an edition, a place), read once by a process.

    Other transactions meet it only when this one has been committed: what it made itself may yet be undone.
    """
    key = (name, scope.shop_id)
    fresh: dict[Hashable, T] = scope.session.info.setdefault(FOR_GOOD, {})
    found: T | None = fresh.get(key, scope.world.kept.get(key))
    if found is None:
        found = fresh[key] = read()
    return found


RETRIABLE = ("40001", "40P01", "55P03")  # serialization failure, deadlock, lock not available
TRIES = 5
PATIENCE = 10.0  # seconds after which no new try begins: whoever waited that long for a lock is told


def persistently(unit: Callable[[], T]) -> T:
    """Runs a whole unit of work again when the database says it lost a race; gives up after a few tries."""
    began = time.monotonic()
    for attempt in range(1, TRIES + 1):
        try:
            return unit()
        except DBAPIError as error:
            tired = attempt == TRIES or time.monotonic() - began > PATIENCE
            if tired or not lost_a_race(error):
                raise
            time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 (jitter, not a secret)
    raise AssertionError("unreachable")


def lost_a_race(error: DBAPIError) -> bool:
    """Whether trying again can help: PostgreSQL's race codes, SQLite's "locked"."""
    if getattr(error.orig, "sqlstate", None) in RETRIABLE:
        return True
    return isinstance(error, OperationalError) and "database is locked" in str(error.orig)
