"""Who may take a task, and the reasons why somebody does not get one."""

from dataclasses import dataclass
from typing import Literal

from partners.clearance import NOT_READY
from partners.lifecycle import WORKING
from tasks.choosing import Seen
from tasks.lifecycle import ENDED, HELD, OPEN

Code = Literal[
    "not_active",
    "not_ready",
    "at_capacity",
    "day_is_full",
    "yours",
    "taken",
    "handed_in",
    "ended",
    "cancelled",
    "you_let_it_go",
    "promised_sooner",
    "for_others",
    "other_queue",
    "kept",
    "not_trained",
    "not_your_team",
    "you_objected",
    "paused",
]
#: What the choice makes of a whole queue, as it is said of one of its tasks.
OF_QUEUE: dict[str, Code] = {
    "later": "other_queue",
    "enough": "other_queue",
    "kept": "kept",
    "not_trained": "not_trained",
    "not_your_team": "not_your_team",
    "you_objected": "you_objected",
    "paused": "paused",
}


@dataclass(frozen=True, slots=True)
class Worker:
    """What dispatch knows of a partner: the state of the card, tasks in hand and the most there may be.

    `taken` and `limit` are those of the day; there is no limit where the partner has set none.
    """

    id: int
    state: str
    held: int
    capacity: int
    taken: int = 0
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What dispatch knows of a task; `ahead` counts open tasks of its queue whose promise comes first.

    `queue` is what the choice made of its queue; `for_others` that it is offered, and not to this partner.
    """

    state: str
    holder_id: int | None = None
    left_by_id: int | None = None
    ahead: int = 0
    queue: Seen | None = None
    for_others: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a code whose words are `tasks.why.<code>`; `n` and `of` are its numbers."""

    code: Code
    n: int = 0
    of: int = 0


def bars(worker: Worker) -> tuple[Reason, ...]:
    """What keeps a partner from taking any work at all."""
    reasons = []
    if worker.state in NOT_READY:
        reasons.append(Reason("not_ready"))
    elif worker.state not in WORKING:
        reasons.append(Reason("not_active"))
    if worker.held >= worker.capacity:
        reasons.append(Reason("at_capacity", worker.held, worker.capacity))
    if worker.limit is not None and worker.taken >= worker.limit:
        reasons.append(Reason("day_is_full", worker.taken, worker.limit))
    return tuple(reasons)


def may(worker: Worker, work: Work) -> bool:
    """Whether the partner may choose this task from the list now."""
    return work.state == OPEN and not bars(worker)


def why_not_next(worker: Worker, work: Work) -> tuple[Reason, ...]:
    """Why *next task* does not give this task to this partner; empty when it is what would be given."""
    if work.state != OPEN:
        return (_why_not_open(worker, work),)
    reasons = list(bars(worker))
    if work.for_others:
        reasons.append(Reason("for_others"))
    if work.queue is not None and work.queue.code in OF_QUEUE:
        reasons.append(Reason(OF_QUEUE[work.queue.code], work.queue.n))
    if work.left_by_id == worker.id:
        reasons.append(Reason("you_let_it_go"))
    if work.ahead:
        reasons.append(Reason("promised_sooner", work.ahead))
    return tuple(reasons)


def _why_not_open(worker: Worker, work: Work) -> Reason:
    if work.state == "cancelled":
        return Reason("cancelled")
    if work.state in ENDED:
        return Reason("ended")
    if work.holder_id == worker.id and work.state in HELD:
        return Reason("yours")
    return Reason("taken" if work.state in HELD else "handed_in")
