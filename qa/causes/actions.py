"""Corrective actions: planned, carried out, and judged by what the figures say afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update

from base import calendars
from base.errors import Invalid, NotFound, Stale
from base.personal import resident_number
from base.rows import changed, mine, one
from base.scope import Scope
from qa.board.drill import Window
from qa.causes import action_life as life
from qa.causes import alarms, subjects
from qa.causes.effect import BETTER, TOO_EARLY, Effect, effect
from qa.causes.models import CorrectiveAction, QualityAlarm
from qa.causes.news import ActionDue, ActionMoved
from security import audit, people
from tasks.models import Sop

BEFORE = 28  # days before it was planned, which what came after is compared with
AGAIN = timedelta(days=7)  # to think of something else, where it had no effect
LONGEST_TITLE, LONGEST_TEXT = 80, 1000


class BadAction(Invalid):
    """An action cannot be planned as it was written. Facts: field, why (a code)."""

    code = "causes.bad_action"


@dataclass(frozen=True, slots=True)
class Planned:
    """A cause, what is done about it, by whom until when, and whose figures will tell."""

    title: str
    cause: str
    measure: str
    way: str
    dim: str
    dim_id: int
    owner_id: int
    due: date
    sop_id: int | None = None
    alarm_id: int | None = None


def plan(scope: Scope, told: Planned) -> int:
    """Plans an action, which answers the alarm that led to it. Raises BadAction, NoSubject, NotFound."""
    _check(scope, told)
    row = CorrectiveAction(
        shop_id=scope.shop_id,
        verdict={},
        made_by=scope.actor.id,
        made_at=scope.now,
        **{name: getattr(told, name) for name in Planned.__slots__},
    )
    scope.session.add(row)
    scope.session.flush()
    audit.note(scope, "action.planned", "action", row.id, way=told.way)
    if told.alarm_id is not None and one(scope, QualityAlarm, told.alarm_id).answered_at is None:
        alarms.answer(scope, told.alarm_id, "action")
    return row.id


def step(scope: Scope, action_id: int, name: str, *, version: int) -> None:
    """Takes a step the owner may take. Raises NotFound for an action or step that is none, Stale."""
    if name not in (life.FINISH, life.REOPEN, life.DROP):
        raise NotFound
    one(scope, CorrectiveAction, action_id)
    done = calendars.today(scope) if name == life.FINISH else None
    _take(scope, action_id, name, version, {"done_on": done, "verdict": {}})


def review(scope: Scope) -> None:
    """Lets the figures judge what was carried out: proven, or open again where it had no effect. Periodic."""
    for row in scope.session.scalars(
        mine(scope, CorrectiveAction).where(CorrectiveAction.state == life.DONE)
    ):
        seen = measured(scope, row)
        if seen is None or seen.verdict == TOO_EARLY:
            continue
        kept = {"verdict": written(seen)}
        if seen.verdict == BETTER:
            _take(scope, row.id, life.PROVE, row.version, kept)
        else:
            anew = {"done_on": None, "reopened": row.reopened + 1, "due": calendars.today(scope) + AGAIN}
            _take(scope, row.id, life.REOPEN, row.version, kept | anew)


def remind(scope: Scope) -> None:
    """Tells of what is open and due. Periodic; whoever hears it says it once for each day that was set."""
    open_ = mine(scope, CorrectiveAction).where(
        CorrectiveAction.state == life.OPEN, CorrectiveAction.due <= calendars.today(scope)
    )
    for row in scope.session.scalars(open_.order_by(CorrectiveAction.due, CorrectiveAction.id).limit(50)):
        scope.tell(ActionDue(row.id))


def measured(scope: Scope, row: CorrectiveAction) -> Effect | None:
    """What the figures say since it was carried out; None while it is not."""
    if row.done_on is None:
        return None
    made, today = calendars.day_of(scope, row.made_at), calendars.today(scope)
    before = Window(made - timedelta(days=BEFORE), made - timedelta(days=1))
    first = row.done_on + timedelta(days=1)
    after = Window(first, max(today, first))
    shares = [subjects.bad(scope, row.dim, row.dim_id, span) for span in (before, after)]
    return effect(*shares, days=(today - row.done_on).days)


def written(seen: Effect) -> dict[str, Any]:
    """An effect as it is kept with what it was about: counts, and the interval in millionths."""
    return {
        "verdict": seen.verdict,
        "before": [seen.before.hits, seen.before.n],
        "after": [seen.after.hits, seen.after.n],
        "ppm": [round(seen.low * 1e6), round(seen.high * 1e6)],
    }


def listed(scope: Scope, *states: str) -> Sequence[CorrectiveAction]:
    """Actions in these states, what is due first; the latest of those that ended."""
    stmt = mine(scope, CorrectiveAction).where(CorrectiveAction.state.in_(states))
    return scope.session.scalars(stmt.order_by(CorrectiveAction.due, CorrectiveAction.id).limit(200)).all()


def overdue(scope: Scope) -> tuple[int, Any]:
    """How many are overdue, and since when the first was planned: a decision for the owner."""
    late = (CorrectiveAction.state == life.OPEN, CorrectiveAction.due < calendars.today(scope))
    here = select(CorrectiveAction.made_at).where(CorrectiveAction.shop_id == scope.shop_id, *late)
    times = list(scope.session.scalars(here.order_by(CorrectiveAction.due).limit(1000)))
    return len(times), times[0] if times else None


def _check(scope: Scope, told: Planned) -> None:
    texts = ((told.title, "title", LONGEST_TITLE), (told.cause, "cause", LONGEST_TEXT))
    for text, field, most in (*texts, (told.measure, "measure", LONGEST_TEXT)):
        if not 0 < len(text.strip()) <= most:
            raise BadAction(field=field, why="length")
        if resident_number(text):
            raise BadAction(field=field, why="resident_number")
    if told.way not in life.WAYS:
        raise BadAction(field="way", why="choose")
    if not calendars.today(scope) <= told.due <= calendars.today(scope) + timedelta(days=366):
        raise BadAction(field="due", why="due")
    if told.owner_id not in {member.account_id for member in people.members(scope)}:
        raise BadAction(field="owner", why="choose")
    if told.sop_id is not None:
        one(scope, Sop, told.sop_id)
    if told.alarm_id is not None:
        one(scope, QualityAlarm, told.alarm_id)
    subjects.check(scope, told.dim, told.dim_id)


def _take(scope: Scope, action_id: int, name: str, version: int, values: dict[str, Any]) -> None:
    here = (CorrectiveAction.shop_id == scope.shop_id, CorrectiveAction.id == action_id)
    still = (CorrectiveAction.version == version, CorrectiveAction.state.in_(life.starts(name)))
    stmt = update(CorrectiveAction).where(*here, *still)
    if changed(scope, stmt.values(state=life.end(name), version=version + 1, **values)) != 1:
        raise Stale
    audit.note(scope, "action.moved", "action", action_id, step=name)
    scope.tell(ActionMoved(action_id))
