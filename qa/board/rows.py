"""The rows behind a number of the board: as many as the number says, a page at a time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from base import calendars
from base.errors import NotFound
from base.rows import Page, mine, page
from base.scope import Scope
from partners.models import PayLine
from partners.queries import names
from qa import veil
from qa.board import promised
from qa.board.days import last_days
from qa.board.drill import Window, within
from qa.models import Inspection
from qa.scoring import ACCEPT
from qa.tallies.facts import JUDGED
from stock import levels
from stock.deadlines import BREACHED, MET
from stock.lifecycle import SHIPPED, WAITING
from stock.models import Level, Order, OrderLine, Product
from tasks.clocks import DO
from tasks.models import SopRevision, StageClock, Task

SIZE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows: of which days, whose, under which procedure, of which product, how they came out."""

    window: Window
    partner_id: int = 0
    sop_id: int = 0
    product_id: int = 0
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: when, what (an order, a task or a product), who, how it came out, and its own number."""

    at: datetime | None
    title: str
    outcome: str
    order_id: int | None = None
    task_id: int | None = None
    product_id: int | None = None
    who: str = ""
    number: int | None = None


VEILED = Row(None, "", "veiled")  # counted, and named when the owner has judged it a second time


def rows(scope: Scope, kind: str, asked: Asked, *, after: str = "", size: int = 0) -> Page[Row]:
    """A page of the rows of a kind. Raises NotFound for a kind or outcome that is none, BadCursor."""
    if kind not in KINDS or (asked.outcome and asked.outcome not in OUTCOMES[kind]):
        raise NotFound
    return KINDS[kind](scope, asked, after, size or SIZE)


def _accepted(scope: Scope, asked: Asked, after: str, size: int) -> Page[Row]:
    stmt = mine(scope, PayLine).where(*within(scope, PayLine.at, asked.window), *_of(asked, PayLine.task_id))
    if asked.partner_id:
        stmt = stmt.where(PayLine.partner_id == asked.partner_id)
    found = page(scope, stmt, by=(PayLine.at, PayLine.id), after=after, size=size)
    titles, known = _titles(scope, (line.task_id for line in found.rows)), names(scope)
    made = [
        Row(
            line.at,
            titles[line.task_id],
            "accepted",
            None,
            line.task_id,
            None,
            known[line.partner_id],
            line.won,
        )
        for line in found.rows
    ]
    return Page(made, found.next)


def _inspected(scope: Scope, asked: Asked, after: str, size: int) -> Page[Row]:
    stmt = mine(scope, Inspection).where(
        Inspection.round == 1,
        *within(scope, Inspection.judged_at, asked.window),
        *_of(asked, Inspection.task_id),
    )
    if asked.partner_id:
        stmt = stmt.where(Inspection.partner_id == asked.partner_id)
    if asked.outcome:
        passed = Inspection.verdict == ACCEPT
        stmt = stmt.where(passed if asked.outcome == "passed" else ~passed)
    stmt = stmt.options(joinedload(Inspection.submission), joinedload(Inspection.task))
    found = page(scope, stmt, by=(Inspection.judged_at, Inspection.id), after=after, size=size)
    known, unnamed = names(scope), veil.unnamed(scope, [one.id for one in found.rows])
    return Page([VEILED if one.id in unnamed else _seen(one, known) for one in found.rows], found.next)


def _seen(one: Inspection, known: Mapping[int, str]) -> Row:
    return Row(
        at=one.judged_at,
        title=one.task.title,
        outcome="passed" if one.verdict == ACCEPT else one.verdict,
        task_id=one.task_id,
        who=known.get(one.submission.partner_id, ""),
        number=one.score,
    )


def _handed_in(scope: Scope, asked: Asked, after: str, size: int) -> Page[Row]:
    stmt = mine(scope, StageClock).where(
        StageClock.stage == DO,
        StageClock.verdict.in_([asked.outcome] if asked.outcome else JUDGED),
        *within(scope, StageClock.ended_at, asked.window),
        *_of(asked, StageClock.task_id),
    )
    if asked.partner_id:
        stmt = stmt.where(StageClock.owed_by == asked.partner_id)
    found = page(scope, stmt, by=(StageClock.ended_at, StageClock.id), after=after, size=size)
    titles, known = _titles(scope, (one.task_id for one in found.rows)), names(scope)
    made = [
        Row(
            at=one.ended_at,
            title=titles[one.task_id],
            outcome=one.verdict,
            task_id=one.task_id,
            who=known.get(one.owed_by, ""),
            number=round(one.elapsed_s / 60),
        )
        for one in found.rows
    ]
    return Page(made, found.next)


def _promised(scope: Scope, asked: Asked, after: str, size: int) -> Page[Row]:
    here = (Order.state.in_([*WAITING, SHIPPED]), *within(scope, Order.ship_by, asked.window))
    stmt = mine(scope, Order).where(*here)
    if asked.outcome:
        late = promised.is_late(_horizon(scope))
        stmt = stmt.where(
            {
                "kept": and_(Order.state == SHIPPED, Order.verdict == MET),
                "broken": or_(late, and_(Order.state == SHIPPED, Order.verdict == BREACHED)),
                "judged": or_(late, Order.state == SHIPPED),
                "gone": Order.state == SHIPPED,
            }[asked.outcome]
        )
    found = page(scope, stmt, by=(Order.ship_by, Order.id), after=after, size=size)
    return Page([_order(one, one.ship_by) for one in found.rows], found.next)


def _sold(scope: Scope, asked: Asked, after: str, size: int) -> Page[Row]:
    stmt = mine(scope, Order).where(Order.state == SHIPPED, *within(scope, Order.shipped_at, asked.window))
    if asked.product_id:
        stmt = stmt.where(
            exists().where(
                OrderLine.shop_id == scope.shop_id,
                OrderLine.order_id == Order.id,
                OrderLine.product_id == asked.product_id,
                OrderLine.quantity > OrderLine.cancelled,
            )
        )
    if asked.outcome:
        stmt = stmt.where(Order.verdict == asked.outcome)
    found = page(scope, stmt, by=(Order.shipped_at, Order.id), after=after, size=size)
    return Page([_order(one, one.shipped_at) for one in found.rows], found.next)


def _late(scope: Scope, _asked: Asked, after: str, size: int) -> Page[Row]:
    stmt = mine(scope, Order).where(promised.is_late(_horizon(scope)))
    found = page(scope, stmt, by=(Order.ship_by, Order.id), after=after, size=size, newest_first=False)
    return Page([_order(one, one.ship_by) for one in found.rows], found.next)


def _at_risk(scope: Scope, _asked: Asked, after: str, size: int) -> Page[Row]:
    """Found anew for every page and shown from just after the last one's row."""
    found = promised.endangered(scope, _horizon(scope)).orders
    begin = int(after) if after.isdecimal() and len(after) < 5 else 0
    shown = {order_id: reason for _at, order_id, reason in found[begin : begin + size]}
    orders = scope.session.scalars(
        mine(scope, Order).where(Order.id.in_(shown)).order_by(Order.ship_by, Order.id)
    )
    made = [Row(one.ship_by, one.number, shown[one.id], one.id) for one in orders]
    return Page(made, str(begin + size) if begin + size < len(found) else "")


def _nothing_left(scope: Scope, _asked: Asked, after: str, size: int) -> Page[Row]:
    """Products of which nothing lies in the warehouse."""
    there = exists().where(
        Level.shop_id == scope.shop_id,
        Level.product_id == Product.id,
        Level.location_id == levels.location(scope, levels.WAREHOUSE),
        Level.on_hand > 0,
    )
    found = page(
        scope,
        mine(scope, Product).where(~there),
        by=(Product.sku,),
        after=after,
        size=size,
        newest_first=False,
    )
    made = [Row(None, f"{one.sku} {one.name}", "nothing_left", product_id=one.id) for one in found.rows]
    return Page(made, found.next)


def _order(order: Order, at: datetime | None) -> Row:
    return Row(at, order.number, order.verdict or order.state, order.id)


def _horizon(scope: Scope) -> promised.Horizon:
    return promised.horizon(scope, last_days(scope.now, calendars.current(scope).zone, 1).end)


def _of(asked: Asked, task_id: Any) -> Iterable[ColumnElement[bool]]:
    """Of a procedure, of a product's orders."""
    if asked.sop_id:
        revision = exists().where(SopRevision.id == Task.sop_revision_id, SopRevision.sop_id == asked.sop_id)
        yield exists().where(Task.id == task_id, revision)
    if asked.product_id:
        line = exists().where(OrderLine.order_id == Task.order_id, OrderLine.product_id == asked.product_id)
        yield exists().where(Task.id == task_id, line)


def _titles(scope: Scope, task_ids: Iterable[int]) -> Mapping[int, str]:
    stmt = select(Task.id, Task.title).where(Task.shop_id == scope.shop_id, Task.id.in_(list(task_ids)))
    return {id_: title for id_, title in scope.session.execute(stmt)}  # noqa: C416 (not pairs to the checker)


KINDS: Mapping[str, Callable[[Scope, Asked, str, int], Page[Row]]] = {
    "accepted": _accepted,
    "inspected": _inspected,
    "handed_in": _handed_in,
    "promised": _promised,
    "sold": _sold,
    "late": _late,
    "at_risk": _at_risk,
    "nothing_left": _nothing_left,
}
OUTCOMES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(KINDS, ()),
    "inspected": ("passed", "failed"),
    "handed_in": JUDGED,
    "promised": ("kept", "broken", "judged", "gone"),
    "sold": (MET, BREACHED),
}
