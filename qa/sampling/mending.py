"""A verdict that fell teaches nothing any more: where the hand's work stands is told anew without it."""

from collections.abc import Sequence
from operator import itemgetter

from sqlalchemy import ColumnElement, case, exists, or_, select

from base.rows import mine
from base.scope import Scope
from qa.appeals.reads import fallen
from qa.models import Defect, Draw, Inspection
from qa.sampling import batches, facts, plans, retelling, states, tracks
from qa.sampling.draws import BATCH, BATCH_FAILED, Plan
from qa.sampling.iso2859 import Single
from qa.sampling.models import Batch, SamplingAction, SamplingPlan, SamplingState
from qa.sampling.retelling import Decided, Seen, Word
from qa.scoring import ACCEPT, REJECT
from tasks.models import Task

LOOKED_BACK = 500  # verdicts about a hand: no plan clears later
BATCHES = 200


def on_fallen(scope: Scope, inspection: Inspection, task: Task) -> None:
    """Puts right what a verdict did that fell at a second look: counts, stream, final no, batches."""
    plan = plans.in_force(scope, task.kind)
    state = states.seen(scope, partner_id=inspection.partner_id, kind=task.kind)
    now = retelling.pieces(states.track(state), plan, _verdicts(scope, inspection.partner_id, task.kind))
    batch_id = scope.session.scalar(
        select(Draw.batch_id).where(
            Draw.shop_id == scope.shop_id, Draw.submission_id == inspection.submission_id
        )
    )
    if batch_id is not None:
        batches.mend(scope, batch_id, wrong=_wrong(scope, batch_id))
    if batch_id is not None and plan.method == BATCH and now.terms == plan.terms:
        now = retelling.batches(now, _told(scope, state, plan))
    states.move(scope, state, now)


def _clean() -> ColumnElement[bool]:
    """Whether a verdict says that a piece was right, as it stands now; tracks.right says the same."""
    worse = exists().where(
        Defect.inspection_id == Inspection.id,
        Defect.shop_id == Inspection.shop_id,
        Defect.severity != tracks.FORGIVEN,
    )
    return or_(fallen(), (Inspection.verdict == ACCEPT) & ~worse)


def _verdicts(scope: Scope, partner_id: int, kind: str) -> list[Seen]:
    """The latest verdicts about a hand's work of a kind, the earliest first."""
    final = (Inspection.verdict == REJECT) & ~fallen()
    columns = (Inspection.round, Inspection.reason, case((_clean(), 1), else_=0), case((final, 1), else_=0))
    of_hand = (Inspection.shop_id == scope.shop_id, Inspection.partner_id == partner_id)
    latest = (
        select(*columns, Draw.facts)
        .join(Task, (Task.id == Inspection.task_id) & (Task.shop_id == Inspection.shop_id))
        .outerjoin(
            Draw, (Draw.submission_id == Inspection.submission_id) & (Draw.shop_id == Inspection.shop_id)
        )
        .where(*of_hand, Inspection.judged_at.is_not(None), Task.kind == kind)
        .order_by(Inspection.judged_at.desc(), Inspection.id.desc())
        .limit(LOOKED_BACK)
    )
    return [_seen(*row) for row in reversed(scope.session.execute(latest).all())]


def _seen(round_: int, reason: str, clean: int, refused: int, drawn: dict[str, object] | None) -> Seen:
    """Only first verdicts on what was drawn count, but for the rest of a batch; see `learning`."""
    known = facts.read(drawn or {})
    counts = round_ == 1 and reason != BATCH_FAILED and drawn is not None
    return Seen(counts, bool(clean), bool(refused), known[0].terms if known else "")


def _wrong(scope: Scope, batch_id: int) -> int:
    """How many of a batch's sample are wrong as it stands now."""
    stmt = (
        select(Inspection.id)
        .join(Draw, (Draw.submission_id == Inspection.submission_id) & (Draw.shop_id == Inspection.shop_id))
        .where(Draw.shop_id == scope.shop_id, Draw.batch_id == batch_id, Draw.drawn)
        .where(Inspection.round == 1, Inspection.state == "judged", case((_clean(), 1), else_=0) == 0)
    )
    return len(scope.session.scalars(stmt).all())


def _told(scope: Scope, state: SamplingState, plan: Plan) -> Sequence[Decided | Word]:
    """The batches under the plan's terms and what the owner said between them, in the order of time."""
    whose = (Batch.partner_id == state.partner_id, Batch.kind == state.kind, Batch.decided_at.is_not(None))
    stmt = mine(scope, Batch).where(*whose).order_by(Batch.id.desc()).limit(BATCHES)
    same = {
        row.id for row in scope.session.scalars(mine(scope, SamplingPlan)) if _terms(scope, row) == plan.terms
    }
    told: list[tuple[object, Decided | Word]] = [
        (row.decided_at, Decided(Single("", row.n, row.ac), row.wrong))
        for row in scope.session.scalars(stmt)
        if row.plan_id in same and not batches.let_pass(row)
    ]
    actions = mine(scope, SamplingAction).where(SamplingAction.state_id == state.id)
    told += [(row.at, Word(agreed=False)) for row in scope.session.scalars(actions)]
    told += [(state.agreed_at, Word(agreed=True))] if state.agreed_at else []
    return [one for _at, one in sorted(told, key=itemgetter(0))]


def _terms(scope: Scope, row: SamplingPlan) -> str:
    return plans.of_edition(scope, row.id).terms
