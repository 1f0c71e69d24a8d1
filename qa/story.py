"""An order's whole story, from the customer to the pay line, from the rows and journal of every floor."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import selectinload

from base.rows import mine
from base.scope import Scope
from qa import veil
from qa.appeals import reads as appeals
from qa.models import Inspection
from qa.veil import Veil
from security import journal
from security.privacy import REVEALED
from stock import dossier
from stock.dossier import OrderView
from stock.lifecycle import CANCELLED
from tasks import records
from tasks.lifecycle import ACCEPTED, HELD, INSPECTION, OPEN, SUBMITTED
from tasks.models import Task
from tasks.records import Record

MOST_TASKS = 10
AT_ONCE = timedelta(minutes=1)  # goods reserved later than this after the order came were waited for
ORDERED, GOODS, PACKED, INSPECTED, SHIPPED, PAID = STAGES = (
    "ordered", "goods", "packed", "inspected", "shipped", "paid",
)  # fmt: skip
PAY = "pay.accrued"
#: What comes first of one transaction; the acts of a task stand between, as they were written.
RANK = {
    "placed": 0,
    "imported": 1,
    "short": 2,
    "promised": 3,
    "task.opened": 4,
    REVEALED: 6,
    "shipped": 7,
    PAY: 8,
}
TASK_ACT = 5
JUDGED = {"task.accepted", "task.sent_back", "task.rejected"}
LIVE = {OPEN, SUBMITTED, INSPECTION, *HELD}
REASONS = {"task.release_reason", "task.cancel_reason"}
TOLD_ELSEWHERE = {"tasks.opened", "task.reopened", *REASONS}


Inspected = Mapping[tuple[int, datetime | None], Inspection]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened: an act (a code), when, who did it (an account, 0 the house), at which task."""

    at: datetime
    act: str
    who: int = 0
    task_id: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    inspection: Inspection | None = None
    photos: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """An order with everything that happened to it, oldest first, and how far it is."""

    order: OrderView
    moments: tuple[Moment, ...]
    tasks: tuple[Task, ...]
    stages: tuple[tuple[str, str], ...]  # (stage, done | now | next)
    now: str  # what it waits for, a code
    holder: str  # the name of who holds its latest task, if anybody

    @property
    def looks(self) -> tuple[Moment, ...]:
        """Who looked at the recipient, when and why."""
        return tuple(moment for moment in self.moments if moment.act == REVEALED)


def story(scope: Scope, order_id: int) -> Story:
    """The whole story. Raises NotFound."""
    order = dossier.order(scope, order_id)
    found = [records.record(scope, task_id) for task_id in _task_ids(scope, order_id)]
    inspections = _inspections(scope, [record.task.id for record in found])
    veils = {task_id: veil.over(scope, task_id) for task_id in {of for of, _at in inspections}}
    told = [*_of_order(order), *(one for record in found for one in _of_task(record, inspections))]
    told += _of_appeals(scope, [record.task.id for record in found])
    told = [_veiled(one) if _is_veiled(one, veils.get(one.task_id)) else one for one in told]
    tasks = tuple(record.task for record in found)
    latest = found[-1] if found else None
    return Story(
        order=order,
        moments=tuple(sorted(told, key=lambda one: (one.at, RANK.get(one.act, TASK_ACT)))),
        tasks=tasks,
        stages=_stages(order, tasks, paid=any(one.act == PAY for one in told)),
        now=_now(order, tasks),
        holder=latest.partners.get(latest.task.holder_id or 0, "") if latest else "",
    )


def _is_veiled(moment: Moment, over: Veil | None) -> bool:
    return over is not None and moment.act in JUDGED and moment.at >= over.since


def _veiled(moment: Moment) -> Moment:
    """That it was judged, and nothing of how: whoever reads this is to judge it a second time, blind."""
    return Moment(moment.at, "veiled", task_id=moment.task_id)


def _task_ids(scope: Scope, order_id: int) -> list[int]:
    stmt = mine(scope, Task).where(Task.order_id == order_id).order_by(Task.id).limit(MOST_TASKS)
    return list(scope.session.scalars(stmt.with_only_columns(Task.id)))


def _inspections(scope: Scope, task_ids: Sequence[int]) -> Inspected:
    """What was judged, by its task and when: the step it led to is of the same moment."""
    stmt = mine(scope, Inspection).where(Inspection.task_id.in_(task_ids), Inspection.judged_at.is_not(None))
    rows = scope.session.scalars(stmt.options(selectinload(Inspection.defects)))
    return {(row.task_id, row.judged_at): row for row in rows}


def _of_appeals(scope: Scope, task_ids: Sequence[int]) -> Iterator[Moment]:
    """What became of appeals, told by the journal, beside the steps that they led to."""
    found = {row.id: row for row in appeals.of_tasks(scope, task_ids).values()}
    lines = journal.of_many(scope, subject="appeal", subject_ids=list(found)) if found else []
    for line in lines:
        task_id = found[line.subject_id].task_id
        yield Moment(line.at, line.act, line.actor_id, task_id, line.facts)


def _of_order(order: OrderView) -> Iterator[Moment]:
    told = sorted(order.story, key=lambda one: one.at)
    yield from (Moment(one.at, one.what, one.who, facts=one.facts) for one in told)
    came = max((one.at for one in told if one.what in {"placed", "imported"}), default=order.placed_at)
    promised = next((one.at for one in told if one.what == "promised"), None)
    if promised is None or promised - came > AT_ONCE:
        yield Moment(came, "short")


def _of_task(record: Record, inspections: Inspected) -> Iterator[Moment]:
    """A task's life; why somebody let go stands with the letting go, what was judged with the judgement."""
    task = record.task
    yield Moment(task.opened_at, "task.opened", task_id=task.id, facts={"due_at": task.due_at})
    why = {line.at: line.facts["reason"] for line in record.lines if line.act in REASONS}
    photos = {one.round: _photos(one.photos) for one in record.submissions}
    for line in reversed(record.lines):
        if line.act in TOLD_ELSEWHERE:
            continue
        moment = Moment(line.at, line.act, line.actor_id, task.id, line.facts)
        if line.act == "task.submitted":
            moment = replace(moment, photos=photos.get(line.facts.get("round", 0), ()))
        elif line.act in JUDGED:
            moment = replace(moment, inspection=inspections.get((task.id, line.at)))
        elif line.act in {"task.released", "task.cancelled"} and line.at in why:
            moment = replace(moment, facts={**line.facts, "reason": why[line.at]})
        yield moment


def _photos(of: Mapping[str, Iterable[int]]) -> tuple[int, ...]:
    return tuple(id_ for ids in of.values() for id_ in ids)


def _stages(order: OrderView, tasks: Sequence[Task], *, paid: bool) -> tuple[tuple[str, str], ...]:
    handed_in = any(task.state in {SUBMITTED, INSPECTION, ACCEPTED} for task in tasks)
    done = {
        ORDERED: True,
        GOODS: order.state not in {"held", "short", CANCELLED},
        PACKED: handed_in,
        INSPECTED: any(task.state == ACCEPTED for task in tasks),
        SHIPPED: order.shipped_at is not None,
        PAID: paid,
    }
    first = next((stage for stage in STAGES if not done[stage]), "")
    return tuple((stage, "done" if done[stage] else "now" if stage == first else "next") for stage in STAGES)


def _now(order: OrderView, tasks: Sequence[Task]) -> str:
    """What the order waits for."""
    if order.state in {"held", "short", "shipped", CANCELLED}:
        return order.state
    live = next(
        (task.state for task in reversed(tasks) if task.state in {OPEN, SUBMITTED, INSPECTION, *HELD}), ""
    )
    return live or "idle"
