"""The statements of a survey: a partner's card, and beside it the queues that the choice is made from."""

from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Executable,
    Integer,
    ScalarSelect,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)

from base import calendars
from base.db import Big, Utc
from base.prepared import SHOP
from partners import standings
from partners.lifecycle import WORKING
from partners.models import Objection, Partner, PartnerSkill, TeamMember
from tasks.choosing import RUNNING
from tasks.models import Queue, Sop, Task
from tasks.passing.fronts import at_head
from tasks.passing.gate import BEGINNING, END, PASSED
from tasks.picks import IS_HELD, IS_OPEN, ME, TASKS, Start, first_of, from_place, near

#: Which queues are read: a few whose fronts come first, those with the nearest promises, that which a task
#: waits in, that of a name, or all.
Which = Literal["few", "nearest", "of_task", "named", "every"]
#: A choice is made from so many, and one more says what lies beyond.
AT_HAND: dict[Which, int] = {"few": 3, "nearest": 8}
NEAR, SHOWN = 4, 50  # of a queue's first tasks so many are looked at one by one, for a claim and for a page
MOST_IN_LINE = 20  # of whom the choice knows: more do not make it fairer, and cost every claim
NEVER = END.due_at  # when nothing waits
COMMA: Any = literal_column("','")
OPEN_QUEUE: Any = literal_column("'open'")
WANTED: Any = bindparam("wanted_task", type_=Big)
KIND: Any = bindparam("wanted_kind", type_=String)


@cache
def survey(which: Which, locked: bool) -> Select[Any]:
    """One row a queue, the partner's card beside each; one row with no queue where there is none to read.

    `head` is the promise of a queue's first task, past the place that the partner was passed to, and `front`
    is no later than it. `due_at` is that of what they may be given: exact where every queue or one of a name
    is read, else found among the first few; where none of these is for them, `far_at` says if more waits.
    """
    queues = _by_front() if which == "few" else _queues(which, locked)
    start = _start(queues.c)
    card = (
        *(Partner.id, Partner.state, Partner.cleared_until, Partner.agreed),
        *(standings.room(), Partner.day_limit),
        calendars.NEWEST.scalar_subquery().label("calendar"),
        *about(ME),
        _recent(),
        _in_line().label("in_line"),
    )
    looked, exact = NEAR if locked else SHOWN, which in {"every", "named"}
    due = first_of(queues.c.name, "due_at") if exact else near(queues.c.name, looked, start, "due_at")
    far = null() if exact else _far_at(queues.c.name, looked, start)
    stmt: Select[Any] = (
        select(*card, queues, Sop.asks, due.scalar_subquery().label("due_at"), far.label("far_at"))
        .join_from(Partner, queues, true(), isouter=True)
        .join(Sop, Sop.id == queues.c.sop_id, isouter=True)
        .where(Partner.shop_id == SHOP, Partner.id == ME)
        .order_by(queues.c.front, queues.c.queue_id)
    )
    if which == "few":
        stmt = stmt.add_columns(*at_head(queues.c.name, start))
    return stmt.with_for_update(of=Partner) if locked else stmt


def _asked(front: Any) -> Select[Any]:
    """What is read of a queue, with the place that the partner was passed to in it, and the shop's queues."""
    columns = (Queue.id.label("queue_id"), Queue.name, Queue.state.label("queue_state"))
    place = ((PASSED.c.slot, "from_slot"), (PASSED.c.due_at, "from_due"), (PASSED.c.task_id, "from_task"))
    places = (column.label(name) for column, name in place)
    more = (Queue.openings, PASSED.c.id.label("place_id"))
    stmt = select(*columns, Queue.team_id, Queue.sop_id, *places, *more, front.label("front"))
    return stmt.where(Queue.shop_id == SHOP)


def _queues(which: Which, locked: bool) -> Subquery:
    """The queues that are read; where the nearest are looked for, what is first in each is their front."""
    front = literal(NEVER, Utc()) if which in {"named", "every"} else _promise()
    stmt = _asked(front).join(PASSED, and_(*_fresh()), isouter=True)
    if which == "of_task":
        of_it = select(TASKS.c.queue).where(TASKS.c.shop_id == SHOP, TASKS.c.id == WANTED)
        stmt = stmt.where(Queue.name == of_it.scalar_subquery())
    elif which == "named":
        stmt = stmt.where(Queue.name == KIND)
    elif which == "nearest":
        nearest = stmt.where(*_may_be_near(locked)).order_by("front", Queue.id)
        stmt = nearest.limit(_one_more("nearest"))
    return stmt.subquery("near_queues")


def _by_front() -> Subquery:
    """Those whose fronts come first; where the partner was passed to a place, that is the front.

    The promises themselves are not looked at here: one look for each queue of a shop of hundreds costs more
    than the rest of a claim.
    """
    theirs = and_(*_fresh())
    plain = _asked(Queue.front).join(PASSED, theirs, isouter=True).where(PASSED.c.id.is_(None))
    passed = _asked(PASSED.c.due_at).join(PASSED, theirs)
    first = [
        stmt.where(*_may_be_near(locked=True)).order_by("front", Queue.id).limit(_one_more("few")).subquery()
        for stmt in (plain, passed)
    ]
    return union_all(*(select(some) for some in first)).subquery("near_queues")


def _one_more(which: Which) -> ColumnElement[int]:
    return literal_column(str(AT_HAND[which] + 1), Integer())


def _may_be_near(locked: bool) -> tuple[ColumnElement[bool], ...]:
    """Which queues are given out, of what is wanted, and not another team's.

    What a partner objects to is theirs to choose from a list, but no claim looks at it.
    """
    teams = select(TeamMember.team_id).where(TeamMember.shop_id == SHOP, TeamMember.partner_id == ME)
    objects = select(Objection.kind).where(Objection.shop_id == SHOP, Objection.partner_id == ME)
    return (
        Queue.state == OPEN_QUEUE,
        or_(literal_column("''") == KIND, Queue.kind == KIND, Queue.name == KIND),
        or_(Queue.team_id.is_(None), Queue.team_id.in_(teams)),
        *((Queue.kind.not_in(objects),) if locked else ()),
    )


def _fresh() -> tuple[ColumnElement[bool], ...]:
    """Up to where the partner was passed in a queue, not long ago."""
    theirs = (PASSED.c.shop_id == SHOP, PASSED.c.partner_id == ME, PASSED.c.queue == Queue.name)
    return *theirs, PASSED.c.at > bindparam("good_since", type_=Utc())


def _start(place: Any) -> Start:
    """The place in line from which a queue is looked at."""
    return (
        func.coalesce(place.from_slot, literal(BEGINNING.slot, Big), type_=Big),
        func.coalesce(place.from_due, literal(BEGINNING.due_at, Utc()), type_=Utc()),
        func.coalesce(place.from_task, literal(BEGINNING.task_id, Big), type_=Big),
    )


def _first(*start: Start) -> Any:
    """The promise of a queue's first open task: one look into an index, nothing of the task is read."""
    first = select(TASKS.c.due_at).where(TASKS.c.shop_id == SHOP, TASKS.c.queue == Queue.name, IS_OPEN)
    first = first.where(*(from_place(TASKS, place) for place in start))
    first = first.order_by(TASKS.c.slot, TASKS.c.due_at, TASKS.c.id).limit(1)
    return first.correlate(Queue, PASSED).scalar_subquery()


def _promise() -> ColumnElement[datetime]:
    """The same of each queue; places are compared only where there is one: that costs as much as a look."""
    beyond = _first((PASSED.c.slot, PASSED.c.due_at, PASSED.c.task_id))
    found = case((PASSED.c.id.is_(None), _first()), else_=beyond)
    return func.coalesce(found, literal(NEVER, Utc()), type_=Utc())


def _far_at(name: Any, looked: int, start: Start) -> ColumnElement[datetime]:
    """The promise of the first task behind so many that were looked at."""
    behind = select(TASKS.c.due_at).where(TASKS.c.shop_id == SHOP, TASKS.c.queue == name, IS_OPEN)
    behind = behind.where(from_place(TASKS, start)).order_by(TASKS.c.slot, TASKS.c.due_at, TASKS.c.id)
    return behind.limit(1).offset(looked).correlate(name.table).scalar_subquery()


def _all(column: Any, owner: Any, of: Any, label: str) -> ColumnElement[str]:
    """The values a partner has in a small table, with commas between them."""
    rows = select(func.aggregate_strings(cast(column, String), COMMA))
    rows = rows.where(owner.shop_id == SHOP, owner.partner_id == of)
    return rows.scalar_subquery().label(label)


def about(of: Any) -> tuple[ColumnElement[str], ...]:
    """What a partner has learned, which teams they are in, and what they would rather not do."""
    return (
        _all(PartnerSkill.skill_id, PartnerSkill, of, "skills"),
        _all(TeamMember.team_id, TeamMember, of, "teams"),
        _all(Objection.kind, Objection, of, "objects"),
    )


def _recent() -> ColumnElement[str]:
    """The queues of the partner's last tasks."""
    last = (
        select(Task.queue)
        .where(Task.shop_id == SHOP, Task.holder_id == ME, Task.claimed_at.is_not(None))
        .order_by(Task.claimed_at.desc())
        .limit(RUNNING)
        .subquery()
    )
    return select(func.aggregate_strings(last.c.queue, COMMA)).scalar_subquery().label("recent")


def _stands(who: Any) -> tuple[ColumnElement[bool], ...]:
    """Whether somebody stands in line: asked to be next, and has taken nothing since."""
    since = select(Task.id).where(
        Task.shop_id == SHOP, Task.holder_id == who.id, Task.claimed_at > who.waiting_since
    )
    asked = who.waiting_since >= bindparam("stands", type_=Utc())
    works = or_(*(who.state == state for state in WORKING))
    return who.shop_id == SHOP, asked, works, since.limit(1).scalar_subquery().is_(None)


def _in_line() -> ScalarSelect[int]:
    other = Partner.__table__.alias("other").c
    return select(other.id).where(*_stands(other), other.id != ME).limit(1).scalar_subquery()


@cache
def line() -> Executable:
    """The actor, and those who stand in line, the longest first."""
    who = Partner.__table__.alias("waiting").c
    held = select(func.count()).where(Task.shop_id == SHOP, Task.holder_id == who.id, IS_HELD)
    lately = select(func.count()).where(
        Task.shop_id == SHOP,
        Task.holder_id == Partner.id,
        Task.claimed_at >= bindparam("lately", type_=Utc()),
    )
    free = held.scalar_subquery() < standings.room(who)
    waiting = select(who.id).where(*_stands(who), free).order_by(who.waiting_since).limit(MOST_IN_LINE)
    had = lately.scalar_subquery().label("lately")
    everybody = select(Partner.id, *about(Partner.id), had)
    return everybody.where(Partner.shop_id == SHOP, or_(Partner.id == ME, Partner.id.in_(waiting)))


@cache
def counts(names: int) -> Select[Any]:
    """How many wait in each of so many queues, to a bound, and since when the first does."""
    some = (
        select(TASKS.c.id)
        .where(TASKS.c.shop_id == SHOP, TASKS.c.queue == Queue.name, IS_OPEN)
        .order_by(TASKS.c.slot, TASKS.c.due_at, TASKS.c.id)
        .limit(MOST_IN_LINE + 1)
        .correlate(Queue)
    )
    asked = [bindparam(f"name_{place}", type_=String) for place in range(names)]
    return select(
        Queue.name,
        select(func.count()).select_from(some.subquery()).scalar_subquery().label("n"),
        first_of(Queue.name, "opened_at").correlate(Queue).scalar_subquery().label("since"),
    ).where(Queue.shop_id == SHOP, Queue.name.in_(asked))
