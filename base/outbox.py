"""The outbox: the truth about background work, written in the transaction that promises it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from base.errors import NotFound
from base.models import Errand, Inbox
from base.once import once
from base.scope import Scope

KEPT = timedelta(days=90)
TURN_KEPT = timedelta(days=1)
MOST_SHOWN = 200
#: Ids and codes pass; a name, an address or a line of prose does not.
PLAIN = re.compile(r"[A-Za-z0-9_.:/-]{1,120}", re.ASCII)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An errand that failed too often; `reason` is the error's class and refusal code."""

    id: int
    job: str
    reason: str
    attempts: int
    created_at: datetime
    died_at: datetime


def put(scope: Scope, job: str, *, key: str, due: datetime | None = None, **arguments: int | str) -> None:
    """Promises a job, done at least once after this transaction stands; the same key again changes nothing.

    `arguments` are ids and codes. Raises ValueError for text that could be about a person.
    """
    for text in (job, key, *(value for value in arguments.values() if isinstance(value, str))):
        if PLAIN.fullmatch(text) is None:
            raise ValueError("an errand carries ids and codes only")
    values = {"shop_id": scope.shop_id, "job": job, "key": key, "arguments": arguments}
    times = {"due_at": due or scope.now, "created_at": scope.now}
    errand_id = once(scope.session, Errand, values | times)
    if errand_id is not None and times["due_at"] <= scope.now:
        scope.errands.append(errand_id)


def dead_letters(scope: Scope) -> list[DeadLetter]:
    """The shop's errands that wait for a person, newest first."""
    columns = (Errand.id, Errand.job, Errand.reason, Errand.attempts, Errand.created_at, Errand.due_at)
    dead = select(*columns).where(Errand.shop_id == scope.shop_id, Errand.state == "dead")
    found = scope.session.execute(dead.order_by(Errand.id.desc()).limit(MOST_SHOWN))
    return [DeadLetter(*row) for row in found]


def retry(scope: Scope, errand_id: int) -> None:
    """Wakes a dead errand; one that is not dead stays as it is. Raises NotFound."""
    here = (Errand.shop_id == scope.shop_id, Errand.id == errand_id)
    awake = {"state": "waiting", "attempts": 0, "reason": "", "due_at": scope.now}
    woken = update(Errand).where(*here, Errand.state == "dead").values(awake).returning(Errand.id)
    if scope.session.scalar(woken) is not None:
        scope.errands.append(errand_id)
    elif scope.session.scalar(select(Errand.id).where(*here)) is None:
        raise NotFound


def sweep(scope: Scope) -> None:
    """Forgets errands done long ago, and those of periodic work after a day: their turn guards them."""
    done = select(Errand.id).where(Errand.shop_id == scope.shop_id, Errand.state == "done")
    turns = Errand.job.in_(list(scope.world.periodic))
    for old in (Errand.done_at < scope.now - KEPT, (Errand.done_at < scope.now - TURN_KEPT) & turns):
        ids = list(scope.session.scalars(done.where(old).order_by(Errand.id).limit(1000)))
        scope.session.execute(delete(Inbox).where(Inbox.errand_id.in_(ids)))
        scope.session.execute(delete(Errand).where(Errand.id.in_(ids)))
