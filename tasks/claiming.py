"""Claiming: the next task from the queue the rule chooses, some at once, or one of the partner's choice."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import ceil

from base import calendars
from base.errors import Invalid, Refused
from base.rows import one
from base.scope import Scope
from partners import clearance, clearing
from partners.lifecycle import WORKING
from security.shops import rules
from tasks import drafts, steps, surveying
from tasks.choosing import Choice, Seen, Waits, barred
from tasks.lifecycle import HELD
from tasks.models import Task
from tasks.news import TaskClaimed
from tasks.passing import fronts, gate, line
from tasks.passing.gate import BEGINNING, END, Place
from tasks.picks import ANY
from tasks.steps import Hold
from tasks.surveying import Survey

MOST_TOGETHER = 20
LOOKS = 4  # before every queue is looked at


class NothingOpen(Refused):
    """No work waits in any queue for this partner."""

    code = "tasks.nothing_open"


class NotActive(Refused):
    """The partner's card is paused or closed."""

    code = "tasks.not_active"


class NotReady(Refused):
    """Something is missing before the partner may take work.

    Facts: pieces, their names, and next_url, where it is mended.
    """

    code = "tasks.not_ready"


class AtCapacity(Refused):
    """The partner holds as many tasks as agreed. Facts: held, capacity."""

    code = "tasks.at_capacity"


class DayIsFull(Refused):
    """The partner has taken as many tasks today as they set themselves. Facts: taken, limit."""

    code = "tasks.day_is_full"


class Taken(Refused):
    """Somebody else was first. Facts: next_id, the task to try instead, None when there is none."""

    code = "tasks.taken"


class NotTrained(Refused):
    """The queue asks for skills the partner does not have yet."""

    code = "tasks.not_trained"


class NotYourTeam(Refused):
    """The work belongs to a team the partner is not in."""

    code = "tasks.not_your_team"


class KeptForOthers(Refused):
    """Less waits than people who had less lately stand in line; theirs for a time. Facts: n, minutes."""

    code = "tasks.kept_for_others"


class BadNumber(Invalid):
    """Two to twenty tasks are taken together. Facts: field, low, high."""

    code = "tasks.bad_number"


def claim_next(scope: Scope, kind: str = ANY) -> Task:
    """Gives the partner the next task, of a kind (or queue) or of any, from the queue the rule chooses.

    Raises NotActive, AtCapacity, DayIsFull, NothingOpen, NoPrice.
    """
    seen = _active(scope, surveying.at_hand(scope, kind))
    hold = hold_of(scope, seen)
    for queue, start in _order(scope, seen, hold, kind):
        task = steps.seize_next(scope, queue, hold, start=start)
        _remember(scope, seen, queue, task)
        if task is not None:
            scope.tell(TaskClaimed(task.id, seen.id))
            return task
    raise NothingOpen


def claim_together(scope: Scope, kind: str, *, count: int) -> tuple[Task, ...]:
    """Gives the partner up to so many tasks of one queue in one statement; they share one lease.

    Raises BadNumber, and as `claim_next`.
    """
    if not 2 <= count <= MOST_TOGETHER:
        raise BadNumber(field="count", low=2, high=MOST_TOGETHER)
    seen = _active(scope, surveying.at_hand(scope, kind))
    hold = hold_of(scope, seen)
    for queue, start in _order(scope, seen, hold, kind):
        tasks = steps.seize_some(scope, queue, hold, count=count, start=start)
        _remember(scope, seen, queue, tasks[0] if tasks else None)
        for task in tasks:
            scope.tell(TaskClaimed(task.id, seen.id))
        if tasks:
            return tasks
    raise NothingOpen


def _order(scope: Scope, seen: Survey, hold: Hold, kind: str) -> Iterator[tuple[str, Place]]:
    """The queues in the order in which they are tried, each from a place in its line on.

    The first is tried at once, and the others by a closer look. That the first had nothing after all, or that
    those near at hand do not settle which it is, is rare: hands or day are full (which is said), somebody was
    quicker, or the partner has not learned or has answered what is near.
    """
    looked, order = _settled(scope, seen, kind)
    yield from ((name, looked.starts[name]) for name in order)
    check_room(scope, seen, hold)
    every = surveying.ranked(scope, surveying.of(scope, seen.id), kind=kind)
    yield from ((name, BEGINNING) for name in every)


def _settled(scope: Scope, seen: Survey, kind: str) -> tuple[Survey, Sequence[str]]:
    """The first of all queues, if looking a few times is enough to know it.

    What of those near at hand begins with work that is not for the partner is passed over, and looked past;
    fronts that were left behind are brought up.
    """
    for _time in range(LOOKS):
        order = surveying.ranked(scope, seen, kind=kind)
        sure = surveying.is_settled(scope, seen, order)
        moved = fronts.bring_up(scope, seen.left) if not sure or len(seen.left) >= fronts.WORTH else 0
        if sure:
            return seen, order[:1]
        for queue in sorted(seen.behind):
            line.pass_over(scope, queue, seen.id, start=seen.starts[queue])
        if not moved and not seen.behind and not fronts.look(scope, seen.id):
            break
        seen = surveying.at_hand(scope, kind)
    return seen, ()


def _remember(scope: Scope, seen: Survey, queue: str, task: Task | None) -> None:
    """Where much was passed over to come to a task, the next claim of this partner starts there."""
    if queue in seen.behind:
        gate.passed(scope, queue, seen.id, to=gate.place_of(task) if task else END)


def claim(scope: Scope, task_id: int) -> Task:
    """Gives the partner the task of their choice; one already in their hands is given again.

    Raises NotFound, NotActive, AtCapacity, DayIsFull, NotTrained, NotYourTeam, KeptForOthers, and Taken with
    the next suggestion.
    """
    seen = _active(scope, surveying.about_task(scope, task_id, scope.actor.partner_id or 0))
    wanted = one(scope, Task, task_id)
    if wanted.holder_id == seen.id and wanted.state in HELD:
        return wanted
    hold = hold_of(scope, seen)
    _check_may_choose(scope, seen, wanted)
    task = steps.seize(scope, task_id, hold)
    if task is None:
        check_room(scope, seen, hold)
        raise Taken(next_id=suggest(scope, wanted.queue))
    if task.fence > 1:
        drafts.restore(scope, task)
    scope.tell(TaskClaimed(task.id, seen.id))
    return task


def suggest(scope: Scope, queue: str) -> int | None:
    """The id of the task *next task* would give now, of this queue if it can; nothing is taken or held."""
    partner_id = scope.actor.partner_id
    if partner_id is None:
        return None
    order = surveying.choice(scope, kind=queue).order or surveying.choice(scope).order
    return steps.first_open(scope, order[0], not_left_by=partner_id) if order else None


def hold_of(scope: Scope, seen: Survey) -> Hold:
    """What a partner gets with a task taken now."""
    return Hold(
        holder_id=seen.id,
        capacity=seen.capacity,
        lease_until=scope.now + timedelta(seconds=rules(scope).lease_s),
        day=calendars.midnight(scope),
        day_limit=seen.day_limit,
    )


def check_room(scope: Scope, seen: Survey, hold: Hold) -> None:
    """Raises AtCapacity, DayIsFull."""
    held = steps.held_by(scope, seen.id)
    if held >= seen.capacity:
        raise AtCapacity(held=held, capacity=seen.capacity)
    if seen.day_limit is not None:
        taken = steps.taken_by(scope, seen.id, since=hold.day)
        if taken >= seen.day_limit:
            raise DayIsFull(taken=taken, limit=seen.day_limit)


def check_fit(bar: Seen | None) -> None:
    """Raises NotTrained, NotYourTeam where that is what keeps a queue from somebody."""
    if bar is not None and bar.code == "not_trained":
        raise NotTrained
    if bar is not None and bar.code == "not_your_team":
        raise NotYourTeam


def _active(scope: Scope, seen: Survey) -> Survey:
    check_stands(scope, seen)
    return seen


def check_stands(scope: Scope, seen: Survey) -> None:
    """Raises NotReady for who still has something to bring before any work, NotActive for who rests."""
    if seen.state in clearance.NOT_READY:
        missing = clearance.missing(clearing.pieces_of(scope, seen.id), at=scope.now)
        names = ", ".join(piece.name for piece in missing)
        raise NotReady(pieces=names, next_url=clearance.mended_at(missing))
    if seen.state not in WORKING:
        raise NotActive


def _check_may_choose(scope: Scope, seen: Survey, wanted: Task) -> None:
    """What a partner chooses must be for them as well; what they object to they may still choose."""
    queue = of_task(seen, wanted)
    if queue is None:
        return
    check_fit(barred(seen.who, queue))
    kept = _kept(surveying.chosen(scope, seen, kind=queue.name)) if seen.in_line else None
    if kept is not None and kept.until is not None:
        raise KeptForOthers(n=kept.n, minutes=ceil((kept.until - scope.now) / timedelta(minutes=1)))


def of_task(seen: Survey, task: Task) -> Waits | None:
    """The queue a task waits in, as the partner sees it."""
    return next((queue for queue in seen.queues if queue.name == task.queue), None)


def _kept(choice: Choice) -> Seen | None:
    return next((one for one in choice.trace if one.code == "kept"), None)
