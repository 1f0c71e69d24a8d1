"""Checking draws: what was recorded is decided and rolled again, and the seed made again from the key."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial

from sqlalchemy import select

from base import calendars
from base.rows import mine
from base.scope import Scope
from qa.board.days import Days, last_days
from qa.models import Draw
from qa.sampling import draws, facts, seeds
from qa.sampling.models import Batch
from tasks.models import Submission, Task

ROLL, DRAWN, DECIDED, SEED = "roll", "drawn", "decided", "seed"
FAULTS = (ROLL, DRAWN, DECIDED, SEED)
MOST = 5000  # draws of one day that are looked at


@dataclass(frozen=True, slots=True)
class Checked:
    """One draw, and what of it cannot be made again; `rehearsed`: by a play, whose seeds are its own."""

    submission_id: int
    task_id: int
    title: str
    at: datetime
    reason: str
    percent: int
    seed: str
    roll: int
    drawn: bool
    batch_id: int | None
    rehearsed: bool
    faults: tuple[str, ...]


def local_day(scope: Scope, day: date | None) -> Days:
    """A day on the shop's wall; today without one."""
    zone = calendars.current(scope).zone
    return last_days(datetime.combine(day, time(12), tzinfo=zone) if day else scope.now, zone, 1)


def of_day(scope: Scope, begin: datetime, end: datetime, *, partner_id: int | None = None) -> list[Checked]:
    """The draws between two instants, checked, the newest first; a partner's own alone where one is named."""
    stmt = (
        select(Draw, Submission.task_id, Task.title)
        .join(Submission, Submission.id == Draw.submission_id)
        .join(Task, Task.id == Submission.task_id)
        .where(Draw.shop_id == scope.shop_id, Draw.at >= begin, Draw.at < end)
        .order_by(Draw.id.desc())
        .limit(MOST)
    )
    if partner_id is not None:
        stmt = stmt.where(Submission.partner_id == partner_id)
    rows = scope.session.execute(stmt).all()
    picked = _picked(scope, {draw.batch_id for draw, _task, _title in rows if draw.batch_id is not None})
    faults = partial(_faults, key=seeds.key(scope), picked=picked)
    return [_checked(draw, task_id, title, faults(draw)) for draw, task_id, title in rows]


def _checked(draw: Draw, task_id: int, title: str, faults: tuple[str, ...]) -> Checked:
    return Checked(
        draw.submission_id,
        task_id,
        title,
        draw.at,
        draw.reason,
        draw.percent,
        draw.seed,
        draw.roll,
        draw.drawn,
        draw.batch_id,
        bool(draw.facts.get("rehearsed")),
        faults,
    )


def _faults(draw: Draw, *, key: bytes | None, picked: Mapping[int, set[int]]) -> tuple[str, ...]:
    """What of a draw does not follow from its facts and its seed, or whose seed is not the key's."""
    if draw.batch_id is None:
        drawn = draw.roll < draw.percent * 100
        decided = facts.again(draw.facts)
        said = decided is None or decided == (draw.reason, draw.percent)
    else:
        drawn, said = draw.submission_id in picked.get(draw.batch_id, set()), draw.reason == draws.BATCH
    wrong = {
        ROLL: draws.roll(draw.seed, draw.submission_id) != draw.roll,
        DRAWN: drawn != draw.drawn,
        DECIDED: not said,
        SEED: key is not None and not draw.facts.get("rehearsed") and not _is_bound(draw, key),
    }
    return tuple(fault for fault in FAULTS if wrong[fault])


def _is_bound(draw: Draw, key: bytes) -> bool:
    what = f"{draw.submission_id}" if draw.batch_id is None else f"batch:{draw.batch_id}"
    return seeds.bound(key, what) == draw.seed


def _picked(scope: Scope, batch_ids: set[int]) -> dict[int, set[int]]:
    """Of each batch the submissions that its seed picks."""
    if not batch_ids:
        return {}
    batches = scope.session.scalars(mine(scope, Batch).where(Batch.id.in_(batch_ids))).all()
    members: dict[int, list[int]] = {}
    stmt = select(Draw.batch_id, Draw.submission_id).where(Draw.shop_id == scope.shop_id)
    for batch_id, submission_id in scope.session.execute(stmt.where(Draw.batch_id.in_(batch_ids))):
        members.setdefault(batch_id or 0, []).append(submission_id)
    return {one.id: draws.picked(one.seed, members.get(one.id, ()), one.n) for one in batches}


def counted(checked: Iterable[Checked]) -> Counter[str]:
    """How many draws have which fault."""
    return Counter(fault for one in checked for fault in one.faults)
