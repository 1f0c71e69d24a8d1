"""Queues: where open work of a kind waits in a shop; made when its first work is opened."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, String, bindparam, func, literal_column, select, update

from base import calendars, prepared
from base.errors import Invalid, Refused
from base.once import once
from base.prepared import SHOP
from base.rows import changed, mine
from base.scope import Scope, for_good, remembered
from base.workdays import add
from partners.models import Team
from partners.pay import pricing
from security import audit
from security.news import ShopOpened
from tasks.choosing import queue_name
from tasks.kinds.kind import Kind
from tasks.kinds.known import coded, kind
from tasks.models import Queue, Sop, SopRevision, Task
from tasks.picks import IS_OPEN

MOST_COUNTED = 1000  # more is only *many*


def begin(scope: Scope, name: str) -> None:
    """Makes the queue of a kind where the shop has none yet, and sets the kind's first price."""
    for_good(scope, ("queue", name), lambda: _begun(scope, kind(scope, name)))


def begin_under(scope: Scope, revision: SopRevision) -> str:
    """The queue that work under an edition is opened in: its procedure's own where that asks something."""
    sop = revision.sop
    begin(scope, sop.kind)
    asks = bool(sop.asks and sop.asks.get("skills"))
    name = queue_name(sop.kind, sop_id=sop.id if asks else None, team_id=sop.team_id)
    if name != sop.kind:
        own = {"sop_id": sop.id if asks else None, "team_id": sop.team_id}
        for_good(scope, ("queue", name), lambda: _split(scope, sop.kind, name, own))
    return name


def _split(scope: Scope, kind: str, name: str, own: dict[str, int | None]) -> bool:
    """A queue beside the kind's own, standing as that stands."""
    of_kind = queue_of(scope, kind)
    assert of_kind is not None  # begun just now
    row = {"shop_id": scope.shop_id, "name": name, "kind": kind, "state": of_kind.state}
    once(scope.session, Queue, row | own | {"due_s": of_kind.due_s, "made_at": scope.now})
    return True


def of_kind(scope: Scope, kind: str) -> tuple[str, ...]:
    """The names of a kind's queues."""
    rows = select(Queue.name).where(Queue.shop_id == scope.shop_id, Queue.kind == kind).order_by(Queue.id)
    return tuple(scope.session.scalars(rows))


def _begun(scope: Scope, of: Kind) -> bool:
    """Asked once by a process: a queue that stands stays."""
    if due_s_of(scope, of.name) is None:
        row = {"shop_id": scope.shop_id, "name": of.name, "kind": of.name, "state": "open"}
        once(scope.session, Queue, row | {"due_s": of.due_s, "made_at": scope.now})
        pricing.first_price(scope, kind=of.name, won=of.first_price)
    return True


def first_prices(scope: Scope, _news: ShopOpened) -> None:
    """Gives a new shop the price every kind starts from."""
    for of in coded().values():
        pricing.first_price(scope, kind=of.name, won=of.first_price)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue with open work: how many pieces wait (counted to a thousand), and what one pays in won.

    `narrowed` is what sets it apart from its kind's own: a procedure's title, or a team's name.
    """

    kind: str
    count: int
    won: int
    queue: str = ""
    narrowed: str = ""


def waiting(scope: Scope) -> tuple[Waiting, ...]:
    """The queues whose work is given out and waits, what is promised first of all at the head."""
    rows = [row for row in prepared.run(scope, _waiting()) if row.n]
    if not rows:
        return ()
    prices = pricing.prices_at(scope, scope.now)
    return tuple(_told(row, prices) for row in sorted(rows, key=lambda row: (row.due_at, row.name)))


def waiting_in(scope: Scope, names: Sequence[str]) -> tuple[Waiting, ...]:
    """Of these queues those with work that is given out and waits, in this order."""
    if not names:
        return ()
    told = {f"name_{place}": name for place, name in enumerate(names)}
    found = {row.name: row for row in prepared.run(scope, _waiting(len(told)), told) if row.n}
    prices = pricing.prices_at(scope, scope.now) if found else {}
    return tuple(_told(found[name], prices) for name in names if name in found)


def first(scope: Scope) -> str:
    """The queue that holds the work promised first of all; empty where none waits."""
    head = select(Task.due_at).where(Task.shop_id == scope.shop_id, Task.queue == Queue.name, IS_OPEN)
    due = head.order_by(Task.slot, Task.due_at, Task.id).limit(1).correlate(Queue).scalar_subquery()
    here = (Queue.shop_id == scope.shop_id, Queue.state == "open", due.is_not(None))
    return scope.session.scalar(select(Queue.name).where(*here).order_by(due, Queue.name).limit(1)) or ""


def _told(row: Any, prices: Mapping[str, int]) -> Waiting:
    return Waiting(row.kind, row.n, prices.get(row.kind, 0), row.name, row.team or row.title or "")


def counts(found: Iterable[Waiting]) -> dict[str, int]:
    """How much waits of each kind."""
    sums: Counter[str] = Counter()
    for one in found:
        sums[one.kind] += one.count
    return dict(sums)


@cache
def _waiting(names: int = 0) -> Executable:
    """Of each queue that is given out, or of so many: how many wait, to a thousand, and the first promise."""
    open_ = (Task.shop_id == SHOP, Task.queue == Queue.name, IS_OPEN)
    in_line = (
        Task.slot,
        Task.due_at,
        Task.id,
    )  # for the count as well: else SQLite reads all open tasks for it
    some = select(Task.id).where(*open_).order_by(*in_line).limit(MOST_COUNTED).correlate(Queue).subquery()
    head = select(Task.due_at).where(*open_).order_by(*in_line).limit(1)
    counted = select(func.count()).select_from(some).scalar_subquery()
    due = head.correlate(Queue).scalar_subquery()
    asked = select(Queue.name, Queue.kind, Sop.title, Team.name.label("team"))
    if names:
        asked = asked.where(
            Queue.name.in_([bindparam(f"name_{place}", type_=String) for place in range(names)])
        )
    return (
        asked.add_columns(counted.label("n"), due.label("due_at"))
        .join(Sop, Sop.id == Queue.sop_id, isouter=True)
        .join(Team, Team.id == Queue.team_id, isouter=True)
        .where(Queue.shop_id == SHOP, Queue.state == literal_column("'open'"))
        .order_by(Queue.id)
    )


#: What may be done to a queue: from where, and where it leads.
STEPS = {
    ("open", "pause"): "paused",
    ("paused", "resume"): "open",
    ("open", "retire"): "retired",
    ("paused", "retire"): "retired",
    ("retired", "resume"): "open",
}
SHORTEST_DUE, LONGEST_DUE = 1, 400  # business hours


class QueueRetired(Refused):
    """The kind is out of use: no new work of it is opened."""

    code = "tasks.queue_retired"


class NoSuchTurn(Refused):
    """The kind stands as it does already, or cannot go there. Facts: state, step."""

    code = "tasks.queue_no_such_turn"


class BadDue(Invalid):
    """Work is due in 1 to 400 business hours. Facts: field, low, high."""

    code = "tasks.queue_due"


def queue_of(scope: Scope, name: str) -> Queue | None:
    """A kind's queue; none before its first work."""
    return scope.session.scalar(mine(scope, Queue).where(Queue.name == name))


def states(scope: Scope) -> dict[str, str]:
    """How the shop's queues stand, by name."""
    rows = select(Queue.name, Queue.state).where(Queue.shop_id == scope.shop_id)
    return dict(scope.session.execute(rows).all())


def check_not_retired(scope: Scope, name: str) -> None:
    """Raises QueueRetired."""
    queue = queue_of(scope, name)
    if queue is not None and queue.state == "retired":
        raise QueueRetired


def turn(scope: Scope, name: str, step: str) -> None:
    """Pauses, resumes or retires a kind: its open work is given out or not. Raises NotFound, NoSuchTurn."""
    begin(scope, name)
    queue = queue_of(scope, name)
    assert queue is not None  # begun just now
    seen = queue.state
    if (seen, step) not in STEPS:
        raise NoSuchTurn(state=seen, step=step)
    this = (Queue.shop_id == scope.shop_id, Queue.id == queue.id, Queue.state == seen)
    if changed(scope, update(Queue).where(*this).values(state=STEPS[seen, step])) != 1:
        raise NoSuchTurn(state=seen, step=step)
    beside = (Queue.shop_id == scope.shop_id, Queue.kind == name, Queue.id != queue.id)
    changed(scope, update(Queue).where(*beside).values(state=STEPS[seen, step]))
    audit.note(scope, f"kind.{TURNED[step]}", kind=name)


TURNED = {"pause": "paused", "resume": "resumed", "retire": "retired"}


def set_due(scope: Scope, name: str, *, hours: int) -> None:
    """Sets in how many business hours a kind's work is due from now on. Raises NotFound, BadDue."""
    if not SHORTEST_DUE <= hours <= LONGEST_DUE:
        raise BadDue(field="hours", low=SHORTEST_DUE, high=LONGEST_DUE)
    begin(scope, name)
    this = (Queue.shop_id == scope.shop_id, Queue.name == name)
    changed(scope, update(Queue).where(*this).values(due_s=3600 * hours))
    audit.note(scope, "kind.due_set", kind=name, hours=hours)


def due_s_of(scope: Scope, name: str) -> int | None:
    """The business seconds a queue's work is due in; None where there is no such queue yet."""
    found: int | None = prepared.run(scope, _DUE, {"queue": name}).scalar()
    return found


_DUE = select(Queue.due_s).where(Queue.shop_id == SHOP, Queue.name == bindparam("queue"))


def due_of(scope: Scope, name: str) -> datetime:
    """When work of a kind opened now is due by the shop's rule for it."""
    due_s = remembered(scope, ("due_s", name), lambda: due_s_of(scope, name) or kind(scope, name).due_s)
    return add(calendars.current(scope), scope.now, due_s)
