"""The gate of where a partner's work stands: the one writer of its row, guarded by its version."""

from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm.attributes import set_committed_value

from base.errors import Invalid, Refused, Stale
from base.once import once
from base.personal import resident_number
from base.rows import changed, mine, one
from base.scope import Scope
from qa.sampling import plans, tracks
from qa.sampling.draws import BATCH
from qa.sampling.iso2859 import Single
from qa.sampling.models import SamplingAction, SamplingState
from qa.sampling.switching import DISCONTINUED
from qa.sampling.tracks import Track
from security import audit
from tasks.models import Task

LONGEST = 500
_NAMES = tuple(field.name for field in fields(Track))


class Moved(Stale):
    """Somebody's verdict moved the state at the same moment; nothing of this was kept."""

    code = "sampling.moved"


class NotStopped(Refused):
    """Only work that was stopped after failed batches needs a way back."""

    code = "sampling.not_stopped"


class NoBatches(Refused):
    """Less inspection can be agreed to where work is inspected in batches. Facts: none."""

    code = "sampling.no_batches"


class BadAction(Invalid):
    """A corrective action is told in a few words, without anybody's 주민등록번호. Facts: field, most."""

    code = "sampling.bad_action"


def seen(scope: Scope, *, partner_id: int, kind: str) -> SamplingState:
    """The row of a partner's work of a kind, held until the transaction ends."""
    begun = {"shop_id": scope.shop_id, "partner_id": partner_id, "kind": kind, "moved_at": scope.now}
    here = (SamplingState.partner_id == partner_id, SamplingState.kind == kind)
    stmt = mine(scope, SamplingState).where(*here).with_for_update()
    found: SamplingState | None = scope.session.scalar(stmt)
    if found is None:
        once(scope.session, SamplingState, begun | asdict(Track()) | {"version": 1})
        found = scope.session.scalars(stmt).one()
    return found


def track(state: SamplingState) -> Track:
    """The row's values, for the rules."""
    return Track(**{name: getattr(state, name) for name in _NAMES})


def inspected(scope: Scope, task: Task, *, clean: bool, turn: int, terms: str) -> None:
    """Learns from one piece as it was first handed in, drawn in that turn of a plan of those terms."""
    plan = plans.in_force(scope, task.kind)
    state = seen(scope, partner_id=task.holder_id or 0, kind=task.kind)
    drawn_in = turn if terms == plan.terms else -1
    move(scope, state, tracks.inspected(track(state), plan, clean=clean, turn=drawn_in))


def refused(scope: Scope, task: Task) -> None:
    """Learns from a final no."""
    state = seen(scope, partner_id=task.holder_id or 0, kind=task.kind)
    move(scope, state, tracks.refused(track(state)))


def judged(scope: Scope, *, partner_id: int, kind: str, one_: Single, wrong: int) -> None:
    """Learns from a batch that was judged; under a plan without batches it teaches nothing more."""
    plan = plans.in_force(scope, kind)
    if plan.method != BATCH:
        return
    state = seen(scope, partner_id=partner_id, kind=kind)
    now = tracks.under(track(state), plan)
    move(scope, state, tracks.judged(now, one_, wrong, agreed=state.agreed_at is not None))


def agree(scope: Scope, state_id: int) -> SamplingState:
    """The owner's word that the work is steady and less inspection will do. Raises NotFound, NoBatches."""
    state = _held(scope, state_id)
    plan = plans.in_force(scope, state.kind)
    if plan.method != BATCH:
        raise NoBatches
    lighter = tracks.lightened(tracks.under(track(state), plan))
    move(scope, state, lighter, agreed_by=scope.actor.id, agreed_at=scope.now)
    audit.note(scope, "sampling.agreed", subject="partner", subject_id=state.partner_id, kind=state.kind)
    return state


def resume(scope: Scope, state_id: int, *, action: str) -> SamplingState:
    """Lets stopped work begin again, under tightened inspection, once something was done about it.

    Raises NotFound, NotStopped, BadAction.
    """
    state, said = _held(scope, state_id), action.strip()
    if state.phase != DISCONTINUED:
        raise NotStopped
    if not said or len(said) > LONGEST or resident_number(said):
        raise BadAction(field="action", most=LONGEST)
    move(scope, state, tracks.resumed(track(state)))
    done = {"state_id": state.id, "text": said, "by": scope.actor.id, "at": scope.now}
    scope.session.add(SamplingAction(shop_id=scope.shop_id, **done))
    audit.note(scope, "sampling.resumed", subject="partner", subject_id=state.partner_id, kind=state.kind)
    return state


def move(scope: Scope, state: SamplingState, to: Track, **more: Any) -> None:
    """Writes where the work stands now, if nobody moved it meanwhile; a change of phase is journalled.

    Raises Moved.
    """
    was = state.phase
    if to == track(state) and not more:
        return
    values = asdict(to) | more | {"version": state.version + 1}
    values |= {"moved_at": scope.now} if to.phase != was else {}
    written = (
        update(SamplingState)
        .where(
            SamplingState.shop_id == scope.shop_id,
            SamplingState.id == state.id,
            SamplingState.version == state.version,
        )
        .values(values)
        .execution_options(synchronize_session=False)
    )
    if changed(scope, written) != 1:
        raise Moved
    for name, value in values.items():
        set_committed_value(state, name, value)
    if was and to.phase and to.phase != was:
        facts = {"kind": state.kind, "was": was, "to": to.phase, "because": to.because or "new_plan"}
        audit.note(scope, "sampling.moved", subject="partner", subject_id=state.partner_id, **facts)


def _held(scope: Scope, state_id: int) -> SamplingState:
    found = one(scope, SamplingState, state_id)
    return seen(scope, partner_id=found.partner_id, kind=found.kind)
