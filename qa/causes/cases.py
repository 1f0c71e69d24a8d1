"""The cases behind a number: first inspections of some days, about something, with what was found."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import joinedload, selectinload

from base import calendars
from base.rows import Page, mine, page
from base.scope import Scope
from partners.queries import names
from qa import veil
from qa.board.drill import Window, within
from qa.causes.models import Escape
from qa.models import Defect, Inspection
from qa.tallies.rules import CODE, HOUR, ITEM, PARTNER, REVISION, SKU, SOP
from stock.models import OrderLine
from tasks.models import SopRevision, Task

HOUR_SCANNED = 500  # inspections that are looked through for those handed in at an hour


@dataclass(frozen=True, slots=True)
class Case:
    """A first inspection that found something."""

    inspection_id: int
    task_id: int
    at: datetime
    title: str
    who: str
    verdict: str
    codes: tuple[str, ...]


def cases(scope: Scope, dim: str, dim_id: int, window: Window, *, after: str = "") -> Page[Case | None]:
    """A page of bad pieces, the latest first; None for what the owner judges blind. Raises BadCursor."""
    stmt = mine(scope, Inspection).where(
        Inspection.round == 1,
        Inspection.flawed_at.is_not(None),
        *within(scope, Inspection.flawed_at, window),
        *_about(scope, dim, dim_id),
    )
    parts = (joinedload(Inspection.submission), joinedload(Inspection.task), selectinload(Inspection.defects))
    by, size = (Inspection.flawed_at, Inspection.id), HOUR_SCANNED if dim == HOUR else 50
    found = page(scope, stmt.options(*parts), by=by, after=after, size=size)
    zone, known = calendars.current(scope).zone, names(scope)
    rows = [one for one in found.rows if dim != HOUR or one.submission.at.astimezone(zone).hour == dim_id]
    unnamed = veil.unnamed(scope, [one.id for one in rows])
    made = [
        None if one.id in unnamed else _case(one, known.get(one.submission.partner_id, "")) for one in rows
    ]
    return Page(made, found.next)


def _case(row: Inspection, who: str) -> Case:
    codes = tuple(dict.fromkeys(defect.code for defect in row.defects))
    assert row.judged_at is not None
    return Case(row.id, row.task_id, row.judged_at, row.task.title, who, row.verdict, codes)


def _about(scope: Scope, dim: str, dim_id: int) -> Iterator[ColumnElement[bool]]:
    """What makes an inspection one of these; of a defect or an item, also those that passed with it."""
    defect = (Defect.shop_id == scope.shop_id, Defect.inspection_id == Inspection.id)
    if dim.startswith(CODE):
        yield exists().where(*defect, Defect.code == dim.removeprefix(CODE))
        return
    if dim.startswith(ITEM):
        yield exists().where(*defect, Defect.item == dim.removeprefix(ITEM))
        return
    task = (Task.shop_id == scope.shop_id, Task.id == Inspection.task_id)
    if dim == PARTNER:
        yield Inspection.partner_id == dim_id
    elif dim == SOP:
        revision = exists().where(SopRevision.id == Task.sop_revision_id, SopRevision.sop_id == dim_id)
        yield exists().where(*task, revision)
    elif dim == REVISION:
        yield exists().where(*task, Task.sop_revision_id == dim_id)
    elif dim == SKU:
        line = exists().where(OrderLine.order_id == Task.order_id, OrderLine.product_id == dim_id)
        yield exists().where(*task, line)


def escapes(scope: Scope, window: Window, *, after: str = "") -> Page[Escape]:
    """A page of escapes by the day their parcels left, the latest first. Raises BadCursor."""
    stmt = mine(scope, Escape).where(Escape.day >= window.first, Escape.day <= window.last)
    return page(scope, stmt, by=(Escape.id,), after=after)
