"""Running errands: who takes one, how its effect happens once, and what becomes of failures.

The lease is by the database's clock. Each lease raises the fence by one; whoever comes back late holds an
old fence, and its write meets no row. The proof (state, inbox) stands in the transaction of the effect.
"""

import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select, text, update
from sqlalchemy.orm import Session, configure_mappers

from base import logs
from base.background import External, Job
from base.clock import anchor
from base.cutoff import in_time
from base.errors import Refused
from base.models import ERRAND_OPEN, Errand, Inbox
from base.once import once
from base.scope import THE_HOUSE, Scope, World, acting, persistently

log = logging.getLogger("dari.errands")

#: The shop named to the database by work that looks over all shops' errands.
EVERY_SHOP = 0
NOBODYS = -1
#: Short, because an errand whose worker was killed lies until its lease ends.
LEASE = timedelta(seconds=7)
#: Seconds after which a job is cut off: on SQLite it holds the only write lock, and writers wait 15 s.
PATIENCE = 10
#: Seconds that the lease of an external job outlasts its sending.
MARGIN = 5
#: Leases after which an errand is a dead letter, counted when taken: a job may take its process with it.
ATTEMPTS = 10
FIRST_WAIT = 5.0
LONGEST_WAIT = 3600.0


class Fenced(Exception):
    """The lease ended and the errand went to another hand: what this one did must not stand."""


class UnknownJob(LookupError):
    """No job of this name is known here."""


@dataclass(frozen=True, slots=True)
class Leased:
    """An errand in this hand, until the lease ends."""

    id: int
    shop_id: int
    job: str
    arguments: dict[str, int | str]
    fence: int
    attempts: int


def due(world: World, *, limit: int = 100, late: timedelta = timedelta(0)) -> list[int]:
    """The errands that wait to be taken for longer than `late`, oldest first; takes none."""
    with Session(world.engines.read) as session:
        now = anchor(session, EVERY_SHOP)
        return list(session.scalars(_waiting(now - late, None).limit(limit)))


def lease(world: World, *, errand_id: int | None = None, now: datetime | None = None) -> Leased | None:
    """Takes the oldest due errand (or this one), so that nobody else does; None when there is none."""
    with Session(world.engines.read) as session:
        clock = now or anchor(session, EVERY_SHOP)
        if session.scalar(_waiting(clock, errand_id).limit(1)) is None:
            return None  # looking costs no lock
    return persistently(lambda: _lease(world, errand_id, now))


def _lease(world: World, errand_id: int | None, now: datetime | None) -> Leased | None:
    with Session(world.engines.write) as session, session.begin():
        clock = anchor(session, EVERY_SHOP)
        now = now or clock
        _bury(session, now)
        first = _waiting(now, errand_id).limit(1).with_for_update(skip_locked=True).cte("first")
        held = {"state": "leased", "due_at": now + LEASE}
        counted = {"fence": Errand.fence + 1, "attempts": Errand.attempts + 1}
        take = update(Errand).where(Errand.id.in_(select(first.c.id))).values(held | counted)
        columns = (Errand.id, Errand.shop_id, Errand.job, Errand.arguments, Errand.fence, Errand.attempts)
        row = session.execute(take.returning(*columns)).one_or_none()
        return Leased(*row) if row else None


def _waiting(now: datetime, errand_id: int | None) -> Select[int]:
    open_ = text(ERRAND_OPEN)  # the words of the index, so that it is used
    which = [Errand.id == errand_id] if errand_id else []
    return select(Errand.id).where(open_, Errand.due_at <= now, *which).order_by(Errand.due_at, Errand.id)


def _bury(session: Session, now: datetime) -> None:
    """An errand whose every holder vanished is what makes them vanish."""
    vanished = (
        text(ERRAND_OPEN),
        Errand.state == "leased",
        Errand.due_at <= now,
        Errand.attempts >= ATTEMPTS,
    )
    session.execute(update(Errand).where(*vanished).values(state="dead", reason="Vanished", due_at=now))


def warm(world: World) -> None:
    """Goes once through the statements of taking an errand, so that forked hands need not compile them."""
    configure_mappers()  # before any lock is held
    _lease(world, NOBODYS, None)
    with suppress(Fenced):
        _inside(world, Leased(NOBODYS, EVERY_SHOP, "", {}, 0, 0), lambda _scope: None, None)


def perform(world: World, errand_id: int, *, now: datetime | None = None) -> bool:
    """Does one errand if it is due and in nobody's hand; tells whether it was taken."""
    leased = lease(world, errand_id=errand_id, now=now)
    if leased is not None:
        carry_out(world, leased, now=now)
    return leased is not None


def drain(world: World, *, now: datetime | None = None, until: Callable[[], bool] = lambda: False) -> int:
    """Does errands until none is due (or `until` says stop), and tells how many were taken."""
    taken = 0
    while not until() and (leased := lease(world, now=now)) is not None:
        carry_out(world, leased, now=now)
        taken += 1
    return taken


def carry_out(world: World, leased: Leased, *, now: datetime | None = None) -> None:
    """Does a leased errand; a failure is written down with the time of the next try, never raised."""
    with logs.about(f"errand-{leased.id}"):
        try:
            _do(world, leased, _job(world, leased.job), now)
        except Fenced:
            log.info("errand went to another hand", extra=_facts(leased))
        except (Exception, SystemExit) as error:
            log.warning("errand failed", extra=_facts(leased), exc_info=True)
            _failed(world, leased, error, now)


def _do(world: World, leased: Leased, job: Job, now: datetime | None) -> None:
    if isinstance(job, External):
        _outside(world, leased, job, now)
    else:
        _inside(world, leased, job, now)


def _job(world: World, name: str) -> Job:
    if name in world.jobs:
        return world.jobs[name]
    if name in world.periodic:
        return world.periodic[name].function
    raise UnknownJob


def _inside(world: World, leased: Leased, job: Callable[..., object], now: datetime | None) -> None:
    """Effect and proof in one transaction; the proof goes first, so that nobody takes the row meanwhile."""

    def unit() -> None:
        with _in_shop(world, leased, now) as scope:
            if _proven(scope, leased):
                with in_time(PATIENCE):
                    job(scope, **leased.arguments)

    persistently(unit)


def _outside(world: World, leased: Leased, job: External, now: datetime | None) -> None:
    """Reads what to send, sends it holding nothing but the lease, then writes the proof."""

    def read() -> object:
        with _in_shop(world, leased, now) as scope:
            _write(scope, leased, {"due_at": scope.now + timedelta(seconds=job.seconds + MARGIN)})
            return job.prepare(scope, **leased.arguments)

    def prove() -> None:
        with _in_shop(world, leased, now) as scope:
            _proven(scope, leased)

    parcel = persistently(read)
    if parcel is not None:
        with in_time(job.seconds):
            job.send(world, f"errand-{leased.id}", parcel)
    persistently(prove)


@contextmanager
def _in_shop(world: World, leased: Leased, now: datetime | None) -> Iterator[Scope]:
    with acting(world, shop_id=leased.shop_id, actor=THE_HOUSE, now=now) as scope:
        yield scope


def _proven(scope: Scope, leased: Leased) -> bool:
    """Writes that the errand is done; tells whether this is the first time. Raises Fenced."""
    _write(scope, leased, {"state": "done", "reason": "", "done_at": scope.now})
    return once(scope.session, Inbox, {"errand_id": leased.id, "done_at": scope.now}) is not None


def _write(scope: Scope, leased: Leased, values: dict[str, object]) -> None:
    mine = (Errand.id == leased.id, Errand.state == "leased", Errand.fence == leased.fence)
    if scope.session.scalar(update(Errand).where(*mine).values(values).returning(Errand.id)) is None:
        raise Fenced


def _failed(world: World, leased: Leased, error: BaseException, now: datetime | None) -> None:
    """The next try after a growing wait, or the end; a hand that lost its lease has no say."""
    with suppress(Fenced), _in_shop(world, leased, now) as scope:
        if leased.attempts >= ATTEMPTS:
            fate: dict[str, object] = {"state": "dead", "due_at": scope.now}
        else:
            fate = {"state": "waiting", "due_at": scope.now + pause(leased.attempts)}
        _write(scope, leased, fate | {"reason": reason(error)})


def pause(attempts: int) -> timedelta:
    """The wait after the n-th try: doubling up to an hour, spread so that a crowd comes back one by one."""
    seconds = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    return timedelta(seconds=seconds * random.uniform(0.5, 1.5))  # noqa: S311 (a spread, not a secret)


def reason(error: BaseException) -> str:
    """What may be kept of an error: its class, and the code of a refusal; its text may be about a person."""
    return f"{type(error).__name__} {error.code}" if isinstance(error, Refused) else type(error).__name__


def _facts(leased: Leased) -> dict[str, object]:
    return {"errand": leased.id, "shop": leased.shop_id, "job": leased.job, "attempt": leased.attempts}
