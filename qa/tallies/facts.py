"""What the rows say that journal lines name: read in a few statements, whatever the number of lines."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from base import calendars
from base.scope import Scope
from partners.models import PayLine
from qa.models import Defect, Inspection
from qa.reviewers.models import Known, Look
from qa.scoring import ACCEPT
from qa.tallies.rules import OVERTURNED, Facts, Held, Judged, Line, Looked, OrderFacts, Paid, TaskFacts
from stock.batches import batches
from stock.deadlines import MET, minute
from stock.models import Order, OrderLine
from tasks.clocks import DO
from tasks.clocks import REVIEW as REVIEWING
from tasks.models import SopRevision, StageClock, Submission, Task

PACKING = "packing"  # one piece of packing an order, by one hand
JUDGED = ("met", "breached")  # a stage that was left undone says nothing about anybody's pace


def facts(scope: Scope, lines: Collection[Line]) -> Facts:
    """Everything these lines need to be counted."""
    steps = {line.subject_id for line in lines if "was" in line.facts}
    paid = {line.subject_id for line in lines if line.act == "pay.accrued"}
    judged = {line.subject_id for line in lines if line.act == "inspection.judged"}
    judged |= {line.facts["inspection"] for line in lines if line.act == OVERTURNED}
    ended = {
        line.subject_id
        for line in lines
        if line.act == "order.shipped" or (line.act == "order.cancelled" and line.facts["whole"])
    }
    looks = {line.subject_id for line in lines if line.act in {"look.judged", "look.settled"}}
    left = {line.subject_id for line in lines if line.facts.get("was") == "claimed"}
    return Facts(
        zone=calendars.current(scope).zone,
        tasks=_tasks(scope, steps | paid),
        held=_held(scope, left),
        paid=_paid(scope, paid),
        judged=_judged(scope, judged),
        looks=_looks(scope, looks),
        orders=_orders(scope, ended),
    )


def goods_of(scope: Scope, order_ids: Iterable[int | None]) -> Mapping[int, Mapping[int, int]]:
    """Units by product of each order, those taken out left away."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    columns = (OrderLine.order_id, OrderLine.product_id, OrderLine.quantity - OrderLine.cancelled)
    stmt = select(*columns).where(OrderLine.quantity > OrderLine.cancelled)
    for order_id, product_id, units in _rows(
        scope, stmt, OrderLine, OrderLine.order_id, filter(None, order_ids)
    ):
        of_order = found[order_id]
        of_order[product_id] = of_order.get(product_id, 0) + units
    return found


def _rows(scope: Scope, stmt: Any, model: Any, column: Any, ids: Iterable[int]) -> Iterable[Any]:
    for some in batches(sorted(set(ids))):
        yield from scope.session.execute(stmt.where(model.shop_id == scope.shop_id, column.in_(some)))


def _tasks(scope: Scope, ids: Collection[int]) -> dict[int, TaskFacts]:
    stmt = select(Task.id, Task.kind, Task.due_at, SopRevision.sop_id).join(
        SopRevision, SopRevision.id == Task.sop_revision_id
    )
    rows = _rows(scope, stmt, Task, Task.id, ids)
    return {id_: TaskFacts(kind, minute(due_at), sop_id) for id_, kind, due_at, sop_id in rows}


def _held(scope: Scope, task_ids: Collection[int]) -> dict[tuple[int, int], Held]:
    columns = (StageClock.task_id, StageClock.round, StageClock.ended_at, StageClock.owed_by)
    stmt = select(*columns, StageClock.verdict, StageClock.elapsed_s).where(
        StageClock.stage == DO, StageClock.verdict.in_(JUDGED)
    )
    rows = _rows(scope, stmt, StageClock, StageClock.task_id, task_ids)
    return {
        (task_id, fence): Held(ended_at, partner_id, verdict == MET, seconds)
        for task_id, fence, ended_at, partner_id, verdict, seconds in rows
    }


def _paid(scope: Scope, task_ids: Collection[int]) -> dict[int, Paid]:
    stmt = select(PayLine.task_id, PayLine.at, PayLine.partner_id, PayLine.won)
    return {task_id: Paid(*row) for task_id, *row in _rows(scope, stmt, PayLine, PayLine.task_id, task_ids)}


def _judged(scope: Scope, ids: Collection[int]) -> dict[int, Judged]:
    """With the products of the order, as they stand when it is counted and when it is counted anew."""
    rows = list(_rows(scope, judged_rows(), Inspection, Inspection.id, ids))
    return {row.id: one for row, one in zip(rows, as_judged(scope, rows), strict=True)}


def judged_rows() -> Any:
    """What was judged: whose work under which procedure on which order, by whom and in what time."""
    clock = (
        (StageClock.shop_id == Inspection.shop_id)
        & (StageClock.task_id == Inspection.task_id)
        & (StageClock.round == Inspection.round)
        & (StageClock.stage == REVIEWING)
        & StageClock.verdict.in_(JUDGED)
    )
    return (
        select(
            Inspection.id,
            Inspection.judged_at,
            Inspection.round,
            Inspection.verdict,
            Submission.partner_id,
            SopRevision.sop_id,
            Task.order_id,
            Task.sop_revision_id,
            Submission.at,
            Inspection.look_s,
            Inspection.reviewer_id,
            Inspection.reason,
            StageClock.verdict.label("in_time"),
            StageClock.elapsed_s,
        )
        .join(Submission, Submission.id == Inspection.submission_id)
        .join(Task, Task.id == Inspection.task_id)
        .join(SopRevision, SopRevision.id == Task.sop_revision_id)
        .outerjoin(StageClock, clock)
        .where(Inspection.verdict != "")
    )


def as_judged(scope: Scope, rows: Sequence[Any]) -> list[Judged]:
    """Rows of `judged_rows` as the rules know them."""
    lines, found = _products(scope, [row.order_id for row in rows]), _found(scope, [row.id for row in rows])
    return [
        Judged(
            at=row.judged_at,
            round=row.round,
            passed=row.verdict == ACCEPT,
            partner_id=row.partner_id,
            sop_id=row.sop_id,
            products=lines.get(row.order_id or 0, ()),
            revision_id=row.sop_revision_id,
            handed_in=row.at,
            seconds=row.look_s or 0,
            found=tuple(found.get(row.id, ())),
            verdict=row.verdict,
            reviewer_id=row.reviewer_id or 0,
            reason=row.reason,
            clock=None if row.in_time is None else (row.in_time == MET, row.elapsed_s),
        )
        for row in rows
    ]


def _looks(scope: Scope, ids: Collection[int]) -> dict[int, Looked]:
    stmt = (
        select(
            *(Look.id, Look.judged_at, Look.due_at, Look.reviewer_id, Look.verdict),
            *(Inspection.reviewer_id, Inspection.verdict, SopRevision.sop_id, Known.verdict),
        )
        .join(Inspection, Inspection.id == Look.first_id)
        .join(Task, Task.id == Look.task_id)
        .join(SopRevision, SopRevision.id == Task.sop_revision_id)
        .outerjoin(Known, Known.id == Look.known_id)
    )
    return {
        id_: Looked(
            at, due is not None and at <= due, by or 0, said, first_by or 0, first, sop_id, known or ""
        )
        for id_, at, due, by, said, first_by, first, sop_id, known in _rows(scope, stmt, Look, Look.id, ids)
    }


def _found(scope: Scope, inspection_ids: Iterable[int]) -> Mapping[int, list[tuple[str, str]]]:
    """Item and code of each thing found in these inspections."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    stmt = select(Defect.inspection_id, Defect.item, Defect.code)
    for id_, item, code in _rows(scope, stmt, Defect, Defect.inspection_id, inspection_ids):
        found[id_].append((item, code))
    return found


def _products(scope: Scope, order_ids: Iterable[int | None]) -> dict[int, tuple[int, ...]]:
    """The products an order was placed for, whatever became of its units: that never changes."""
    found: dict[int, set[int]] = defaultdict(set)
    stmt = select(OrderLine.order_id, OrderLine.product_id)
    for order_id, product_id in _rows(scope, stmt, OrderLine, OrderLine.order_id, filter(None, order_ids)):
        found[order_id].add(product_id)
    return {order_id: tuple(sorted(products)) for order_id, products in found.items()}


def _orders(scope: Scope, ids: Collection[int]) -> dict[int, OrderFacts]:
    stmt = select(Order.id, *ENDED)
    goods, lines, hands = goods_of(scope, ids), _lines(scope, ids), _hands(scope, ids)
    return {
        id_: OrderFacts(
            due=minute(ship_by),
            edition=edition,
            met=verdict == MET,
            shipped_at=shipped_at,
            goods=goods.get(id_, {}),
            lines=lines[id_],
            hand=hands.get(id_),
        )
        for id_, ship_by, edition, verdict, shipped_at in _rows(scope, stmt, Order, Order.id, ids)
    }


def _lines(scope: Scope, order_ids: Iterable[int]) -> Counter[int]:
    """How many lines of these orders were wanted to the end."""
    stmt = select(OrderLine.order_id).where(OrderLine.quantity > OrderLine.cancelled)
    return Counter(row[0] for row in _rows(scope, stmt, OrderLine, OrderLine.order_id, order_ids))


def _hands(scope: Scope, order_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Who packed these orders by which procedure: whose acceptance let the parcel go, paid in that moment.

    Work that was put right later is accepted and paid as well, and packed nothing that left.
    """
    stmt = (
        select(Task.order_id, PayLine.partner_id, SopRevision.sop_id)
        .join(SopRevision, SopRevision.id == Task.sop_revision_id)
        .join(PayLine, PayLine.task_id == Task.id)
        .join(Order, Order.id == Task.order_id)
        .where(Task.kind == PACKING, PayLine.at == Order.shipped_at)
    )
    rows = _rows(scope, stmt, Task, Task.order_id, order_ids)
    return {order_id: (partner_id, sop_id) for order_id, partner_id, sop_id in rows}


ENDED = (Order.ship_by, Order.calendar_version, Order.verdict, Order.shipped_at)
