"""Many queues, many slots and a long past: whether taking the next task stays as cheap as in a small shop."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, Subquery, cast, func, insert, literal, select, update

from base.scope import THE_HOUSE, Scope, acting
from bench import filling, load
from bench.house import House
from bench.pages import waits_s
from bench.serving import Server
from partners.kinds import own_name
from tasks import own_kinds
from tasks.lifecycle import ACCEPTED
from tasks.models import Queue, Task
from tasks.passing.gate import BEGINNING
from tasks.steps import IS_OPEN

FEW = 1000  # open tasks of the small shop
WAYS = 2  # answers that each thing still wants
WON = 1000


@dataclass(frozen=True, slots=True)
class Breadth:
    """How many open slots lie in how many queues, and how much the hands have done before."""

    slots: int = 1_000_000
    queues: int = 200
    finished: int = 20_000
    alone: int = 60  # pairs of one hand
    pages: int = 15  # askings of each page


@dataclass(frozen=True, slots=True)
class Taken:
    """One hand at work: milliseconds of a claim (median, 95 %), of its pages, and of processor for a pair."""

    who: str
    slots: int
    queues: int
    finished: int
    claim_ms: tuple[float, float]
    cpu_ms: float
    offers_ms: float
    today_ms: float


def few(house: House, breadth: Breadth) -> Taken:
    """A newcomer in a shop with a thousand open tasks in one queue."""
    filling.until_open(house, min(FEW, breadth.slots))
    house.settle()
    with house.serving("queues.log") as server:
        return _taken(house, server, breadth, 0, _Case("a newcomer", min(FEW, breadth.slots), 1, 0))


def many(house: House, breadth: Breadth) -> list[Taken]:
    """Hands with a long past in a shop of many queues: it lies elsewhere, or in what waits first."""
    filling.until_open(house, breadth.slots)
    _laid_out(house, breadth)
    house.settle()
    grown = (breadth.slots, breadth.queues, breadth.finished)
    with house.serving("queues.log") as server:
        return [
            _taken(house, server, breadth, 1, _Case("finished elsewhere", *grown)),
            _taken(house, server, breadth, 2, _Case("answered what waits first", *grown)),
            _taken(
                house,
                server,
                breadth,
                2,
                _Case("the same, come round to every queue", *grown),
                before=breadth.queues,
            ),
        ]


@dataclass(frozen=True, slots=True)
class _Case:
    who: str
    slots: int
    queues: int
    finished: int


def _taken(
    house: House, server: Server, breadth: Breadth, hand: int, case: _Case, *, before: int = 5
) -> Taken:
    key = house.hands[hand].key
    browser = server.browser(key.cookie, key.csrf)
    load.work(server, [browser], seconds=60, most=before)
    done = load.work(server, [browser], seconds=60, most=breadth.alone)
    offers, today = (waits_s(browser, path, breadth.pages) for path in ("/offers", "/today"))
    browser.close()
    return Taken(
        who=case.who,
        slots=case.slots,
        queues=case.queues,
        finished=case.finished,
        claim_ms=(done.claim_ms(), done.claim_ms(0.95)),
        cpu_ms=done.cpu_ms,
        offers_ms=load.at_share(offers, 0.5),
        today_ms=load.at_share(today, 0.5),
    )


def _laid_out(house: House, breadth: Breadth) -> None:
    """Spreads the open tasks over the queues as later answers, and gives two hands their past."""
    elsewhere, first = (house.hands[hand].actor.partner_id or 0 for hand in (1, 2))
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
        spread(scope, many_kinds(scope, breadth.queues), breadth.queues)
    with acting(house.world, shop_id=house.shop_id, actor=THE_HOUSE) as scope:
        finished(scope, elsewhere, _numbers(breadth.finished))
        finished(scope, first, waiting_first(scope, breadth.finished))


def many_kinds(scope: Scope, count: int) -> int:
    """Kinds of the owner's own, each with its queue; the first one's number. Raises RuntimeError for gaps."""
    ids = []
    for number in range(count):
        own, _draft = own_kinds.make(scope, ko=f"일 {number}", en=f"Work {number}", icon="cube", won=WON)
        ids.append(own.id)
    if ids[-1] - ids[0] != count - 1:
        raise RuntimeError("the kinds' numbers leave gaps")
    return ids[0]


def spread(scope: Scope, first: int, count: int) -> None:
    """Two tasks are later answers about one thing: all first answers have been given."""
    thing = Task.id // WAYS
    name = literal(own_name(first).removesuffix(str(first))) + cast(first + thing % count, String)
    laid = {"kind": name, "queue": name, "set_key": literal("thing-") + cast(thing, String)}
    scope.session.execute(
        update(Task)
        .where(Task.shop_id == scope.shop_id, IS_OPEN)
        .values(laid | {"slot": 1 + Task.id % WAYS})
        .execution_options(synchronize_session=False)
    )
    nobody_knows = update(Queue).where(Queue.shop_id == scope.shop_id).values(front=BEGINNING.due_at)
    scope.session.execute(nobody_knows.execution_options(synchronize_session=False))


def finished(scope: Scope, hand: int, things: Subquery) -> None:
    """Work of a hand that was accepted, one piece a thing: copies of a piece that was handed in."""
    model = scope.session.scalar(
        select(func.max(Task.id)).where(Task.shop_id == scope.shop_id, Task.submitted_at.is_not(None))
    )
    like = Task.__table__.alias("model")
    ours: dict[str, ColumnElement[Any]] = {
        "state": literal(ACCEPTED),
        "holder_id": literal(hand),
        "ended_at": like.c.submitted_at,
        "set_key": things.c.set_key,
    }
    names = [column.name for column in like.columns if column.name != "id"]
    copies = select(*(ours.get(name, like.c[name]).label(f"c_{name}") for name in names))
    copies = copies.select_from(things.join(like, like.c.id == model))
    table: Any = Task.__table__
    scope.session.execute(insert(table).from_select(names, copies, include_defaults=False))


def _numbers(count: int) -> Subquery:
    """Things that wait for nobody any more."""
    start = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = start.union_all(select(start.c.n + 1).where(start.c.n < count))
    return select((literal("done-") + cast(numbers.c.n, String)).label("set_key")).subquery()


def waiting_first(scope: Scope, count: int) -> Subquery:
    """The things whose next answer would be the first to be given out."""
    here = (Task.shop_id == scope.shop_id, IS_OPEN, Task.slot == 1)
    return select(Task.set_key).where(*here).order_by(Task.due_at, Task.id).limit(count).subquery()
