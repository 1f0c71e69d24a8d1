"""Where partners' work stands, in words: a state with its reason, for the owner and for the partner alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from base.rows import mine
from base.scope import Scope
from partners.queries import names
from qa.sampling import csp1, plans, recent, states, tracks
from qa.sampling.batches import let_pass
from qa.sampling.draws import BATCH, EVERY, FRACTION, RECENT, REJECTED_FOR, STREAM, Plan
from qa.sampling.models import Batch, SamplingAction, SamplingState
from qa.sampling.switching import BACK_AND_FORTH, DISCONTINUED, ENOUGH_SCORE
from qa.sampling.tracks import Track

LOOKED_BACK = 20  # batches


@dataclass(frozen=True, slots=True)
class Line:
    """A partner's work of a kind: `key` and `facts` are the sentence, `kind_of` its colour.

    `may_agree`: the owner may say that less will do; `stopped`: a corrective action leads back.
    """

    id: int
    partner_id: int
    name: str
    kind: str
    key: str
    facts: dict[str, int]
    colour: str
    since: datetime
    hits: int
    n: int
    may_agree: bool
    agreed_at: datetime | None
    stopped: bool


def of_kind(scope: Scope, kind: str) -> list[Line]:
    """Where every partner's work of a kind stands, first what wants the owner; of every kind without one."""
    stmt = mine(scope, SamplingState).order_by(SamplingState.kind, SamplingState.partner_id)
    if kind:
        stmt = stmt.where(SamplingState.kind == kind)
    return _lines(scope, list(scope.session.scalars(stmt)))


def own(scope: Scope) -> list[Line]:
    """Where the actor's own work stands."""
    here = SamplingState.partner_id == scope.actor.partner_id
    stmt = mine(scope, SamplingState).where(here).order_by(SamplingState.kind)
    return _lines(scope, list(scope.session.scalars(stmt)))


def _lines(scope: Scope, rows: Sequence[SamplingState]) -> list[Line]:
    known, kinds = names(scope), sorted({row.kind for row in rows})
    in_force = {kind: plans.in_force(scope, kind) for kind in kinds}
    levels = {kind: level(scope, kind) for kind in kinds if in_force[kind].method == RECENT}
    found = [
        _line(scope, row, in_force[row.kind], levels.get(row.kind, 0.0), known.get(row.partner_id, ""))
        for row in rows
    ]
    return sorted(found, key=lambda line: ("bad", "warn", "info", "ok", "quiet").index(line.colour))


def level(scope: Scope, kind: str) -> float:
    """The shop's level of wrong pieces of a kind, as every draw reads it."""
    here = (SamplingState.shop_id == scope.shop_id, SamplingState.kind == kind)
    counts = scope.session.execute(select(SamplingState.hits, SamplingState.n).where(*here)).all()
    return recent.level((hits, n) for hits, n in counts)


def _line(scope: Scope, row: SamplingState, plan: Plan, level_: float, name: str) -> Line:
    now = tracks.under(states.track(row), plan)
    key, facts, colour = said(now, plan, level_)
    if plan.method == BATCH:
        facts |= {"passed": _passed(scope, row)}
    return Line(
        row.id,
        row.partner_id,
        name,
        row.kind,
        key,
        facts,
        colour,
        row.moved_at,
        row.hits,
        row.n,
        may_agree=plan.method == BATCH and row.agreed_at is None,
        agreed_at=row.agreed_at,
        stopped=plan.method == BATCH and now.phase == DISCONTINUED,
    )


Said = tuple[str, dict[str, int], str]


def said(now: Track, plan: Plan, level_: float) -> Said:
    """The sentence about a track under a plan: its key, its facts and its colour."""
    if now.rejected and now.phase != DISCONTINUED:
        return "rejected", {"done": now.clean_run, "of": REJECTED_FOR}, "warn"
    by = {RECENT: _by_recent, STREAM: _by_stream, BATCH: _by_batch}
    if plan.method in by:
        return by[plan.method](now, plan, level_)
    plain = {FRACTION: ("fraction", {"percent": plan.percent}, "quiet"), EVERY: ("every", {}, "quiet")}
    key, facts, colour = plain[plan.method]
    return key, dict(facts), colour


def _by_recent(now: Track, plan: Plan, level_: float) -> Said:
    facts = {"hits": now.hits, "n": now.n, "of": recent.ENOUGH, "level": round(100 * level_)}
    if now.n < recent.ENOUGH:
        return "standing_new", facts, "info"
    percent = recent.percent(now.hits, now.n, level=level_, few=plan.percent)
    facts |= {"percent": percent}
    if percent == recent.EVERYTHING:
        return "standing_all", facts, "warn"
    return ("standing_part", facts, "info") if percent > plan.percent else ("standing_few", facts, "ok")


def _by_stream(now: Track, plan: Plan, _level: float) -> Said:
    facts = {"run": now.run, "of": plan.clean_n, "percent": plan.percent}
    if now.phase == csp1.SOME:
        return "stream_some", facts, "ok"
    return ("stream_again", facts, "warn") if now.because == tracks.DEFECT else ("stream_all", facts, "info")


def _by_batch(now: Track, _plan: Plan, _level: float) -> Said:
    clean = len(now.window) - len(now.window.rstrip("1"))
    facts = {"score": now.score, "enough": ENOUGH_SCORE, "clean": clean, "of": BACK_AND_FORTH}
    facts |= {"failed": now.tight_rejects}
    colours = {"normal": "info", "tightened": "warn", "reduced": "ok", DISCONTINUED: "bad"}
    return f"batch_{now.phase}", facts, colours[now.phase]


def _passed(scope: Scope, row: SamplingState) -> int:
    """How many batches in a row have passed up to now."""
    here = (Batch.partner_id == row.partner_id, Batch.kind == row.kind, Batch.decided_at.is_not(None))
    latest = mine(scope, Batch).where(*here).order_by(Batch.id.desc()).limit(LOOKED_BACK)
    judged = [batch.wrong <= batch.ac for batch in scope.session.scalars(latest) if not let_pass(batch)]
    return next((n for n, passed in enumerate(judged) if not passed), len(judged))


def actions(scope: Scope, kind: str) -> list[SamplingAction]:
    """What was done about stopped work of a kind, the latest first."""
    of = select(SamplingState.id).where(SamplingState.shop_id == scope.shop_id, SamplingState.kind == kind)
    stmt = mine(scope, SamplingAction).where(SamplingAction.state_id.in_(of))
    return list(scope.session.scalars(stmt.order_by(SamplingAction.id.desc()).limit(LOOKED_BACK)))


def waiting(scope: Scope, kind: str) -> list[Batch]:
    """The batches of a kind that are not decided, the oldest first, and the latest that were."""
    stmt = mine(scope, Batch).where(Batch.kind == kind).order_by(Batch.id.desc()).limit(LOOKED_BACK)
    return list(scope.session.scalars(stmt))


def stopped_kinds(scope: Scope) -> list[str]:
    """The kinds of the actor's own work that are all inspected until something was done about it."""
    here = (SamplingState.shop_id == scope.shop_id, SamplingState.partner_id == scope.actor.partner_id)
    stmt = select(SamplingState.kind).where(*here, SamplingState.phase == DISCONTINUED)
    return [kind for kind in scope.session.scalars(stmt) if plans.in_force(scope, kind).method == BATCH]
