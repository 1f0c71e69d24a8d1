"""Where work waits in the shop: how long each stage of each kind takes, and how much stands in it now."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, literal, literal_column, select, union_all

from base.scope import Scope
from qa.process.spans import CLAIM, DO, HANDS, REVIEW, REWORK
from tasks import queues
from tasks.lifecycle import CLAIMED, INSPECTION, OPEN, SUBMITTED
from tasks.lifecycle import REWORK as MENDING
from tasks.models import StageClock, Task

WINDOW = timedelta(days=28)
NEWEST = 2000  # clocks that are looked at: enough for a median, and a bound for the page
COUNTED = 1000  # more than these are shown as so many or more
FEWEST = 3  # below these a middle says nothing
STAGE_OF = {OPEN: CLAIM, CLAIMED: DO, SUBMITTED: REVIEW, INSPECTION: REVIEW, MENDING: REWORK}
#: Since when a task stands in a state; a task that is mended has no column for it.
SINCE = {
    OPEN: Task.opened_at,
    CLAIMED: Task.claimed_at,
    SUBMITTED: Task.submitted_at,
    INSPECTION: Task.submitted_at,
    MENDING: Task.submitted_at,
}
ORDER = (CLAIM, DO, REVIEW, REWORK)


@dataclass(frozen=True, slots=True)
class Wait:
    """A stage of a kind: middle and nine tenths in open seconds (none below three), and what stands there."""

    kind: str
    stage: str
    ended: int
    late: int
    middle: int | None
    nine_tenths: int | None
    share: int  # hundredths of the time that the kind's work took
    here: int
    since: datetime | None

    @property
    def waits(self) -> bool:
        """Whether nobody's hands are on work in this stage."""
        return self.stage not in HANDS


Took = Mapping[tuple[str, str], Sequence[tuple[int, bool]]]


def waits(scope: Scope, kinds: Sequence[str]) -> dict[str, tuple[Wait, ...]]:
    """The stages of these kinds of work that ever held anything, in the order of a task's life."""
    took, here = _took(scope), _here(scope, kinds)
    found: dict[str, tuple[Wait, ...]] = {}
    for kind in kinds:
        whole = sum(seconds for stage in ORDER for seconds, _ in took.get((kind, stage), ()))
        told = tuple(_wait(kind, stage, took, here, whole) for stage in ORDER)
        if any(wait.ended or wait.here for wait in told):
            found[kind] = told
    return found


def slowest(found: Mapping[str, Sequence[Wait]]) -> Wait | None:
    """The wait that takes most of the time of its kind, where enough was measured to say so."""
    told = [wait for each in found.values() for wait in each if wait.waits and wait.middle is not None]
    return max(told, key=lambda wait: (wait.share, wait.middle), default=None)


def _wait(
    kind: str, stage: str, took: Took, here: Mapping[tuple[str, str], tuple[int, datetime]], whole: int
) -> Wait:
    clocks = sorted(took.get((kind, stage), ()))
    enough = len(clocks) >= FEWEST
    count, since = here.get((kind, stage), (0, None))
    return Wait(
        kind=kind,
        stage=stage,
        ended=len(clocks),
        late=sum(late for _, late in clocks),
        middle=clocks[len(clocks) // 2][0] if enough else None,
        nine_tenths=clocks[len(clocks) * 9 // 10][0] if enough else None,
        share=round(100 * sum(seconds for seconds, _ in clocks) / whole) if whole else 0,
        here=count,
        since=since,
    )


def _took(scope: Scope) -> Took:
    """Open seconds of the newest clocks that came to a verdict, and whether it was late."""
    newest = (
        select(StageClock.task_id, StageClock.stage, StageClock.elapsed_s, StageClock.verdict)
        .where(StageClock.shop_id == scope.shop_id, StageClock.ended_at > scope.now - WINDOW)
        .order_by(StageClock.ended_at.desc())
        .limit(NEWEST)
        .subquery()
    )
    asked = select(Task.kind, newest.c.stage, newest.c.elapsed_s, newest.c.verdict).join(
        newest, newest.c.task_id == Task.id
    )
    found = defaultdict[tuple[str, str], list[tuple[int, bool]]](list)
    for kind, stage, seconds, verdict in scope.session.execute(asked.where(Task.shop_id == scope.shop_id)):
        if verdict != "void":
            found[kind, stage].append((seconds, verdict == "breached"))
    return found


def _here(scope: Scope, kinds: Sequence[str]) -> dict[tuple[str, str], tuple[int, datetime]]:
    """How many stand in each stage, counted up to a bound, and since when the oldest does."""
    arms = [
        _standing(scope, kind, queue, state)
        for kind in kinds
        for queue in queues.of_kind(scope, kind)
        for state in STAGE_OF
    ]
    if not arms:
        return {}
    rows = scope.session.execute(union_all(*arms))
    found: dict[tuple[str, str], tuple[int, datetime]] = {}
    for kind, state, count, since in rows:
        if count:
            before, oldest = found.get((kind, STAGE_OF[state]), (0, since))
            found[kind, STAGE_OF[state]] = before + count, min(oldest, since)
    return found


def _standing(scope: Scope, kind: str, queue: str, state: str) -> Select[str, str, int, datetime]:
    """One state of one queue, by its index: the count stops where a number says no more than "many"."""
    order = (Task.slot, Task.due_at, Task.id) if state == OPEN else (Task.opened_at, Task.id)
    # The state as SQL text: an index of a part of the table is used only where its condition can be read.
    here = (Task.shop_id == scope.shop_id, Task.queue == queue, Task.state == literal_column(f"'{state}'"))
    some = select(SINCE[state].label("since")).where(*here).order_by(*order).limit(COUNTED + 1)
    rows = some.subquery()
    return select(literal(kind), literal(state), func.count(), func.min(rows.c.since)).select_from(rows)
