"""What is shown of appeals: to judges without a name, and in numbers to whoever judged first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from base.errors import NotFound, Refused
from base.rows import Page, mine, one, page
from base.scope import Scope
from qa import queries
from qa.appeals import sealing, seconds
from qa.appeals.lifecycle import OPENED, OVERTURNED, UPHELD
from qa.appeals.models import Appeal
from qa.models import Inspection
from qa.queries import Desk

SHOWN = 30
WINDOW = timedelta(days=28)
LATEST = 5


class LookAgain(Refused):
    """Its verdict is appealed against, and the actor may take the second look: blind. Facts: appeal_id."""

    code = "appeals.look_again"


@dataclass(frozen=True, slots=True)
class Asked:
    """An appeal in the list of those who may judge it: of which work, and by when."""

    id: int
    task_id: int
    title: str
    kind: str
    round: int
    opened_at: datetime
    judge_by: datetime


@dataclass(frozen=True, slots=True)
class Second:
    """The desk of a second look: the evidence as it was handed in, and what the partner says of it.

    Neither the first verdict nor who gave it is here, and no name. `alone`: the owner judges what they judged
    first, because nobody else could; `barred` says by a code why the actor may not judge it.
    """

    appeal_id: int
    state: str
    judge_by: datetime
    words: str | None
    photos: tuple[int, ...]
    desk: Desk
    alone: bool
    barred: str


@dataclass(frozen=True, slots=True)
class Ended:
    """An appeal that was judged, as whoever judged first may see it: how both looked at it, and why."""

    task_id: int
    title: str
    state: str
    ended_at: datetime
    first: str
    second: str
    note: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How the appeals of four weeks against one reviewer's verdicts ended, and the latest of them."""

    upheld: int
    overturned: int
    waiting: int
    latest: tuple[Ended, ...]


def queue(scope: Scope, *, after: str = "", size: int = SHOWN) -> Page[Asked]:
    """The open appeals that the actor may judge, first what is due first."""
    stmt = mine(scope, Appeal).where(*seconds.for_me(scope))
    told = stmt.options(joinedload(Appeal.task), joinedload(Appeal.inspection))
    found = page(scope, told, by=(Appeal.judge_by, Appeal.id), after=after, size=size, newest_first=False)
    return Page([_asked(row) for row in found.rows], found.next)


def waiting(scope: Scope) -> int:
    """How many open appeals the actor may judge."""
    return scope.session.scalar(select(func.count()).select_from(Appeal).where(*seconds.for_me(scope))) or 0


def _asked(row: Appeal) -> Asked:
    task = row.task
    return Asked(row.id, task.id, task.title, task.kind, row.inspection.round, row.opened_at, row.judge_by)


def second(scope: Scope, appeal_id: int) -> Second:
    """The blind desk of one appeal. Raises NotFound, also where it is about the actor's own work."""
    appeal = one(scope, Appeal, appeal_id)
    barred, alone = "", False
    try:
        alone = seconds.check(scope, appeal)
    except (seconds.FirstJudge, seconds.OwnAppeal) as refusal:
        barred = refusal.code
    if barred == seconds.OwnAppeal.code:
        raise NotFound
    return Second(
        appeal_id=appeal.id,
        state=appeal.state,
        judge_by=appeal.judge_by,
        words=sealing.words(scope, appeal),
        photos=tuple(appeal.photos["ids"]),
        desk=blind(queries.desk(scope, appeal.inspection_id)),
        alone=alone,
        barred=barred,
    )


def blind(desk: Desk) -> Desk:
    """The desk without anything that tells how the work was judged before."""
    at_hand = replace(desk.at_hand, state="waiting", verdict="")
    items = tuple(replace(each, back=False) for each in desk.items)
    return replace(desk, at_hand=at_hand, score=None, note="", items=items, defects=(), earlier=(), marks={})


def is_blind(scope: Scope, inspection_id: int) -> int | None:
    """The open appeal for whose sake the actor does not see how this was judged; none where they may."""
    of_it = select(Appeal.id).where(Appeal.inspection_id == inspection_id, *seconds.for_me(scope))
    return scope.session.scalar(of_it)


def of_tasks(scope: Scope, task_ids: Sequence[int]) -> dict[int, Appeal]:
    """The appeals about these tasks by the inspection they are against."""
    found = scope.session.scalars(mine(scope, Appeal).where(Appeal.task_id.in_(task_ids)))
    return {row.inspection_id: row for row in found}


def against(scope: Scope) -> Tally:
    """How appeals against the actor's own verdicts ended."""
    here = (Appeal.shop_id == scope.shop_id, Appeal.against_id == scope.actor.id)
    recent = (*here, Appeal.ended_at >= scope.now - WINDOW)
    rows = scope.session.execute(select(Appeal.state, func.count()).where(*recent).group_by(Appeal.state))
    counted: dict[str, int] = dict(rows.all())
    open_ = select(func.count()).select_from(Appeal).where(*here, Appeal.state == OPENED)
    return Tally(
        upheld=counted.get(UPHELD, 0),
        overturned=counted.get(OVERTURNED, 0),
        waiting=scope.session.scalar(open_) or 0,
        latest=_latest(scope),
    )


def _latest(scope: Scope) -> tuple[Ended, ...]:
    stmt = (
        mine(scope, Appeal)
        .where(Appeal.against_id == scope.actor.id, Appeal.state.in_([UPHELD, OVERTURNED]))
        .options(joinedload(Appeal.task), joinedload(Appeal.inspection))
        .order_by(Appeal.ended_at.desc(), Appeal.id.desc())
        .limit(LATEST)
    )
    return tuple(
        Ended(
            task_id=row.task_id,
            title=row.task.title,
            state=row.state,
            ended_at=row.ended_at or row.opened_at,
            first=row.inspection.verdict,
            second=row.verdict,
            note=row.note,
        )
        for row in scope.session.scalars(stmt)
    )


def overturned(scope: Scope, reviewer_id: int) -> tuple[int, int]:
    """Verdicts of a reviewer that fell at a second look, and all that had one, of four weeks."""
    rows = scope.session.execute(
        select(Appeal.state, func.count())
        .where(
            Appeal.shop_id == scope.shop_id,
            Appeal.against_id == reviewer_id,
            Appeal.state.in_([UPHELD, OVERTURNED]),
            Appeal.ended_at >= scope.now - WINDOW,
        )
        .group_by(Appeal.state)
    )
    counted: dict[str, int] = dict(rows.all())
    return counted.get(OVERTURNED, 0), sum(counted.values())


def fallen() -> ColumnElement[bool]:
    """Whether a verdict fell at a second look, for reads that count what passed."""
    return (
        select(Appeal.id)
        .where(
            Appeal.shop_id == Inspection.shop_id,
            Appeal.inspection_id == Inspection.id,
            Appeal.state == OVERTURNED,
        )
        .correlate(Inspection)
        .exists()
    )
