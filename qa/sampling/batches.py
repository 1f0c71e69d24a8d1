"""Batches: what a partner hands in of a kind waits together, a few are inspected and decide for the rest.

A batch is closed when it is full, when its time is up, or when the first promise in it would be late. Those
that the seed picked are judged; if they pass, the rest is accepted; if not, the rest is inspected as well.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Update, func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from base import calendars, outbox, prepared
from base.errors import Stale
from base.once import once
from base.rows import changed, mine, one
from base.scope import Scope
from base.workdays import add
from qa import accepting, inspecting
from qa.models import Draw, Inspection
from qa.sampling import draws, facts, plans, seeds, states, tracks
from qa.sampling.draws import BATCH, BATCH_FAILED, Past, Plan
from qa.sampling.iso2859 import NORMAL, REDUCED, TIGHTENED, Single, single
from qa.sampling.models import Batch, BatchPiece
from qa.sampling.switching import DISCONTINUED
from security import audit
from tasks.lifecycle import SUBMITTED
from tasks.models import Task
from tasks.news import TaskSubmitted

SETTLE = "sampling.settle"
OPEN, DRAWN, PASSED, FAILED = "open", "drawn", "passed", "failed"


class BatchMoved(Stale):
    """Somebody moved the batch at the same moment; nothing of this was kept."""

    code = "sampling.batch_moved"


def put_in(scope: Scope, task: Task, news: TaskSubmitted, *, plan: Plan, plan_id: int | None) -> None:
    """Puts a submission into its partner's open batch, opening one; a full batch is drawn from at once."""
    batch = _open(scope, task, plan=plan, plan_id=plan_id or 0)
    soonest = min(batch.closes_at, task.due_at)
    _move(scope, batch, OPEN, size=batch.size + 1, closes_at=soonest)
    row = {"batch_id": batch.id, "submission_id": news.submission_id, "task_id": task.id}
    prepared.put(scope, BatchPiece, row)
    audit.note(scope, "batch.joined", subject="batch", subject_id=batch.id, task=task.id)
    if batch.size >= plan.size:
        close(scope, batch)


def _open(scope: Scope, task: Task, *, plan: Plan, plan_id: int) -> Batch:
    partner_id = task.holder_id or 0
    here = (Batch.partner_id == partner_id, Batch.kind == task.kind, Batch.state == OPEN)
    stmt = mine(scope, Batch).where(*here).with_for_update()
    found: Batch | None = scope.session.scalar(stmt)
    if found is not None:
        return found
    begun = {"shop_id": scope.shop_id, "partner_id": partner_id, "kind": task.kind, "plan_id": plan_id}
    counts = dict.fromkeys(("size", "n", "ac", "judged", "wrong"), 0) | {"severity": "", "seed": ""}
    times = {"opened_at": scope.now, "closes_at": _closing(scope, plan)}
    once(scope.session, Batch, begun | counts | times | {"state": OPEN})
    return scope.session.scalars(stmt).one()


def _closing(scope: Scope, plan: Plan) -> datetime:
    return add(calendars.current(scope), scope.now, plan.hours * 3600)


def close(scope: Scope, batch: Batch) -> None:
    """Draws from a batch: so many pieces as its partner's state asks, those that the seed picks."""
    pieces = _pieces(scope, batch)
    plan = plans.of_edition(scope, batch.plan_id)
    severity, one_ = _asked(scope, batch, plan)
    seed = seeds.of_batch(scope, batch.id)
    picked = draws.picked(seed, [piece.submission_id for piece in pieces], one_.n)
    _move(
        scope,
        batch,
        OPEN,
        state=DRAWN,
        severity=severity,
        n=one_.n,
        ac=one_.ac,
        seed=seed,
        drawn_at=scope.now,
    )
    prepared.put(scope, Draw, *(_draw(scope, batch, plan, piece, picked) for piece in pieces))
    audit.note(scope, "batch.drawn", subject="batch", subject_id=batch.id, size=batch.size, n=one_.n)
    for piece in pieces:
        if piece.submission_id in picked:
            _inspect(scope, piece, BATCH)


def _asked(scope: Scope, batch: Batch, plan: Plan) -> tuple[str, Single]:
    """Under which inspection, and what that takes; all of it where the work was stopped meanwhile."""
    state = states.seen(scope, partner_id=batch.partner_id, kind=batch.kind)
    phase = tracks.under(states.track(state), plan).phase
    severity = phase if phase in (NORMAL, TIGHTENED, REDUCED) else TIGHTENED
    one_ = single(batch.size, aql=plan.aql, severity=severity)
    return severity, Single(one_.letter, batch.size, one_.ac) if phase == DISCONTINUED else one_


def _draw(scope: Scope, batch: Batch, plan: Plan, piece: BatchPiece, picked: set[int]) -> dict[str, object]:
    return {
        "submission_id": piece.submission_id,
        "reason": BATCH,
        "percent": round(100 * batch.n / batch.size),
        "seed": batch.seed,
        "roll": draws.roll(batch.seed, piece.submission_id),
        "drawn": piece.submission_id in picked,
        "facts": facts.told(plan, Past(1, plan.newcomer_n, plan.revision_n, phase=batch.severity)),
        "batch_id": batch.id,
        "at": scope.now,
    }


def judged(scope: Scope, batch_id: int, *, clean: bool) -> None:
    """Counts a verdict about a picked piece; when enough are in, the batch is decided and its state moves."""
    batch = _held(scope, batch_id)
    if batch.state != DRAWN:
        return  # it had failed before this verdict came
    _move(scope, batch, DRAWN, judged=batch.judged + 1, wrong=batch.wrong + (not clean))
    _decide(scope, batch)


def _decide(scope: Scope, batch: Batch) -> None:
    """Ends a batch that has failed, or of which nothing drawn waits any more.

    Where some of it was let pass unseen, the rest passes as well, and nothing is learned: it was not judged
    as its plan asks.
    """
    one_, failed = Single("", batch.n, batch.ac), batch.wrong > batch.ac
    if not failed and batch.judged + _unseen(scope, batch) < batch.n:
        return
    _move(scope, batch, DRAWN, state=FAILED if failed else PASSED, decided_at=scope.now)
    told: dict[str, int | str] = {"wrong": batch.wrong, "ac": batch.ac, "to": batch.state}
    audit.note(scope, "batch.decided", subject="batch", subject_id=batch.id, **told)
    if not let_pass(batch):
        states.judged(scope, partner_id=batch.partner_id, kind=batch.kind, one_=one_, wrong=batch.wrong)
    outbox.put(scope, SETTLE, key=f"{SETTLE}:{batch.id}", batch_id=batch.id)


def let_pass(batch: Batch) -> bool:
    """Whether a batch passed although not all of its sample was looked at."""
    return batch.state == PASSED and batch.judged < batch.n


def lapsed(scope: Scope, submission_id: int) -> None:
    """One of the picked pieces was let pass by the clock: the batch need not wait for it any more."""
    drawn = (Draw.shop_id == scope.shop_id, Draw.submission_id == submission_id)
    batch_id = scope.session.scalar(select(Draw.batch_id).where(*drawn))
    if batch_id is not None and (batch := _held(scope, batch_id)).state == DRAWN:
        _decide(scope, batch)


def mend(scope: Scope, batch_id: int, *, wrong: int) -> None:
    """Counts fewer wrong pieces, where verdicts about them fell; what was decided stays as it was done."""
    batch = _held(scope, batch_id)
    if wrong < batch.wrong:
        _move(scope, batch, batch.state, wrong=wrong)
        audit.note(scope, "batch.mended", subject="batch", subject_id=batch.id, wrong=wrong, ac=batch.ac)


def _unseen(scope: Scope, batch: Batch) -> int:
    """How many of the picked pieces the clock let pass."""
    stmt = (
        select(func.count())
        .select_from(Draw)
        .join(Inspection, Inspection.submission_id == Draw.submission_id)
        .where(Draw.shop_id == scope.shop_id, Draw.batch_id == batch.id, Draw.drawn)
        .where(Inspection.shop_id == scope.shop_id, Inspection.state == "lapsed")
    )
    return scope.session.scalar(stmt) or 0


def settle(scope: Scope, *, batch_id: int) -> None:
    """Does with the rest of a decided batch what its verdict says; what is done already stays."""
    batch = one(scope, Batch, batch_id)
    for piece in _pieces(scope, batch):
        if piece.task.state != SUBMITTED:
            continue
        if batch.state == PASSED:
            accepting.accept(scope, piece.task)
        else:
            _inspect(scope, piece, BATCH_FAILED)


def close_due(scope: Scope) -> int:
    """Draws from the batches whose time is up; how many."""
    due = mine(scope, Batch).where(Batch.state == OPEN, Batch.closes_at <= scope.now).order_by(Batch.id)
    found = list(scope.session.scalars(due.with_for_update().limit(100)))
    for batch in found:
        close(scope, batch)
    return len(found)


def wanted(session: Session, shop_id: int) -> bool:
    """Whether batches of a shop wait to be closed."""
    waits = select(Batch.id).where(Batch.shop_id == shop_id, Batch.state == OPEN).limit(1)
    return session.scalar(waits) is not None


def _inspect(scope: Scope, piece: BatchPiece, reason: str) -> None:
    inspecting.inspect(
        scope.as_house(), piece.task, submission_id=piece.submission_id, round_=1, reason=reason
    )


def _pieces(scope: Scope, batch: Batch) -> Sequence[BatchPiece]:
    stmt = mine(scope, BatchPiece).where(BatchPiece.batch_id == batch.id).order_by(BatchPiece.id)
    return list(scope.session.scalars(stmt))


def _held(scope: Scope, batch_id: int) -> Batch:
    stmt = mine(scope, Batch).where(Batch.id == batch_id).with_for_update()
    return scope.session.scalars(stmt).one()


def _move(scope: Scope, batch: Batch, seen: str, **values: object) -> None:
    """Writes on a batch if it still is as it was seen. Raises BatchMoved."""
    if changed(scope, _moving(scope, batch, seen).values(values)) != 1:
        raise BatchMoved
    for name, value in values.items():
        set_committed_value(batch, name, value)


def _moving(scope: Scope, batch: Batch, seen: str) -> Update:
    guard = (Batch.state == seen, Batch.size == batch.size, Batch.judged == batch.judged)
    here = (Batch.shop_id == scope.shop_id, Batch.id == batch.id)
    return update(Batch).where(*here, *guard).execution_options(synchronize_session=False)
