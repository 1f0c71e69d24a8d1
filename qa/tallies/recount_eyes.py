"""The tallies of whoever judges, counted from the rows themselves: verdicts, second looks, known pieces."""

from typing import Any

from sqlalchemy import Integer, and_, case, cast, func, select

from base.scope import Scope
from qa.models import Inspection
from qa.reviewers.models import Known, Look
from qa.reviewers.rules import GOLD, JUDGED, SECOND
from qa.scoring import ACCEPT
from qa.tallies import eyes
from qa.tallies.eyes import ALIKE, KNOWN, LOOKED, REVIEW
from qa.tallies.facts import JUDGED as TIMED
from qa.tallies.recount_finds import DayOf, Quarter
from qa.tallies.rules import REVIEWER, Looked, Sheet
from stock.deadlines import MET
from tasks.clocks import REVIEW as REVIEWING
from tasks.models import SopRevision, StageClock, Task


def add(scope: Scope, sheet: Sheet, quarter: Quarter, day: DayOf) -> None:
    """Adds what the rows say of reviewers."""
    _verdicts(scope, sheet, quarter, day)
    _clocks(scope, sheet, quarter, day)
    _looks(scope, sheet, quarter, day)
    _pairs(scope, sheet, quarter, day)
    _known(scope, sheet, quarter, day)


def _verdicts(scope: Scope, sheet: Sheet, quarter: Quarter, day: DayOf) -> None:
    by = (Inspection.reviewer_id, SopRevision.sop_id, Inspection.reason, Inspection.verdict)
    key = (quarter(scope, Inspection.judged_at), *by)
    stmt = (
        select(*key, func.count())
        .join(Task, Task.id == Inspection.task_id)
        .join(SopRevision, SopRevision.id == Task.sop_revision_id)
        .where(Inspection.shop_id == scope.shop_id, Inspection.judged_at.is_not(None))
    )
    for when, reviewer, sop_id, reason, verdict, n in scope.session.execute(stmt.group_by(*key)):
        on = day(int(when))
        eyes.said(sheet, on, reviewer or 0, verdict, n)
        where = (eyes.monday(on), ALIKE, eyes.like(sop_id, reason), reviewer or 0)
        sheet.add(where, n, n * (verdict == ACCEPT))


def _clocks(scope: Scope, sheet: Sheet, quarter: Quarter, day: DayOf) -> None:
    """Reviews with a clock, on the day of the verdict."""
    same = and_(StageClock.task_id == Inspection.task_id, StageClock.round == Inspection.round)
    key = (quarter(scope, Inspection.judged_at), Inspection.reviewer_id)
    met = func.sum(case((StageClock.verdict == MET, 1), else_=0))
    stmt = (
        select(*key, func.count(), met, func.sum(StageClock.elapsed_s))
        .join(StageClock, same)
        .where(Inspection.shop_id == scope.shop_id, Inspection.judged_at.is_not(None))
        .where(StageClock.shop_id == scope.shop_id, StageClock.stage == REVIEWING)
        .where(StageClock.verdict.in_(TIMED))
    )
    for when, reviewer, n, in_time, seconds in scope.session.execute(stmt.group_by(*key)):
        sheet.add((day(int(when)), REVIEW, REVIEWER, reviewer or 0), n, int(in_time), int(seconds))


def _looks(scope: Scope, sheet: Sheet, quarter: Quarter, day: DayOf) -> None:
    key = (quarter(scope, Look.judged_at), Look.reviewer_id, Look.verdict)
    met = func.sum(case((Look.judged_at <= Look.due_at, 1), else_=0))
    stmt = select(*key, func.count(), met).where(Look.shop_id == scope.shop_id, Look.state == JUDGED)
    for when, reviewer, verdict, n, in_time in scope.session.execute(stmt.group_by(*key)):
        eyes.said(sheet, day(int(when)), reviewer or 0, verdict, n)
        sheet.add((day(int(when)), LOOKED, REVIEWER, reviewer or 0), n, int(in_time))


def _pairs(scope: Scope, sheet: Sheet, quarter: Quarter, day: DayOf) -> None:
    first = (Inspection.reviewer_id, Inspection.verdict)
    said = (Look.reviewer_id, Look.verdict, Look.settled, SopRevision.sop_id)
    key = (quarter(scope, Look.judged_at), *first, *said)
    stmt = (
        select(*key, func.count(), func.max(Look.judged_at))
        .join(Inspection, Inspection.id == Look.first_id)
        .join(Task, Task.id == Look.task_id)
        .join(SopRevision, SopRevision.id == Task.sop_revision_id)
        .where(Look.shop_id == scope.shop_id, Look.state == JUDGED, Look.purpose == SECOND)
    )
    for when, first_by, one, by, other, so, sop_id, n, at in scope.session.execute(stmt.group_by(*key)):
        seen = Looked(at, True, by or 0, other, first_by or 0, one, sop_id)
        week = eyes.monday(day(int(when)))
        eyes.twice(sheet, week, seen, n)
        if so:
            eyes.settled(sheet, week, seen, so, n)


def _known(scope: Scope, sheet: Sheet, quarter: Quarter, day: DayOf) -> None:
    key = (quarter(scope, Look.judged_at), Look.reviewer_id)
    right: Any = func.sum(cast(Look.verdict == Known.verdict, Integer))
    stmt = (
        select(*key, func.count(), right)
        .join(Known, Known.id == Look.known_id)
        .where(Look.shop_id == scope.shop_id, Look.state == JUDGED, Look.purpose == GOLD)
    )
    for when, reviewer, n, hits in scope.session.execute(stmt.group_by(*key)):
        sheet.add((eyes.monday(day(int(when))), KNOWN, REVIEWER, reviewer or 0), n, int(hits))
