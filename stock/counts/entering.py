"""Blind entries: told by whoever has the goods, booked where they agree, allowed by another where dear."""

from typing import Any

from sqlalchemy import func, select

from base.errors import Invalid, NotFound, Stale
from base.rows import mine, one
from base.scope import Scope
from security.models import Membership
from security.policy import OWNER, PARTNER
from stock import counting
from stock.counting import BadCount
from stock.counts import gate, life
from stock.counts.gate import LineOver
from stock.counts.models import CountLine, CountRound
from stock.models import Count, Product

MOST_UNITS = 9_999_999


class ToldBefore(Stale):
    """Somebody entered a number since this page was opened. Facts: state."""

    code = "counts.told_before"


class BadCause(Invalid):
    """Why it differs is chosen from the list."""

    code = "counts.bad_cause"


class OwnCount(LineOver):
    """Who counted does not allow it, where another owner can."""

    code = "counts.own_count"


def tell(scope: Scope, line_id: int, *, units: int, begun: int, seen: int) -> CountLine:
    """Enters what was counted, `seen` being the version of the line; its state says what follows.

    Raises BadCount, CountOutdated, LineOver, NotFound, ToldBefore.
    """
    line = theirs(scope, line_id)
    if line.state not in life.OPEN:
        raise LineOver(state=line.state)
    if line.version != seen:
        raise ToldBefore(state=line.state)
    if not 0 <= units <= MOST_UNITS:
        raise BadCount(field="units")
    found = counting.look(scope, shelf=(line.product_id, line.location_id), counted=units, begun=begun)
    entry = {"units": units, "begun": begun, "variance": found.variance, "by": scope.actor.id}
    entries = [*line.said["said"], entry]
    price = one(scope, Product, line.product_id).price
    limit = one(scope, CountRound, line.round_id).dear
    step = life.next_step([each["variance"] for each in entries], price=price, limit=limit)
    changes: dict[str, Any] = {"said": {"said": entries}}
    if step == life.BOOK:
        changes |= _booked(scope, line, entry)
    elif step == life.ASK:
        changes["variance"] = found.variance
    gate.take(scope, line, step, **changes)
    return line


def allow(scope: Scope, line_id: int, *, cause: str) -> CountLine:
    """A second person says that the difference is so, and why; the last entry is booked.

    The counter may say so herself only where the shop has no other owner; that is kept with the line.
    Raises BadCause, CountOutdated, LineOver, NotFound, OwnCount.
    """
    line = one(scope, CountLine, line_id)
    if cause not in life.CAUSES:
        raise BadCause(field="cause")
    if line.state != life.WAITING:
        raise LineOver(state=line.state)
    counted_it = scope.actor.id in {each["by"] for each in line.said["said"]}
    if counted_it and _other_owners(scope):
        raise OwnCount(state=line.state)
    decided = {"cause": cause, "alone": counted_it, "decided_by": scope.actor.id}
    gate.take(scope, line, life.ALLOW, **_booked(scope, line, line.said["said"][-1]), **decided)
    return line


def send_back(scope: Scope, line_id: int) -> CountLine:
    """Asks for another count, as if none had been made. Raises LineOver, NotFound."""
    line = one(scope, CountLine, line_id)
    gate.take(scope, line, life.SEND_BACK, said={"said": []}, variance=0)
    return line


def explain(scope: Scope, line_id: int, *, cause: str) -> CountLine:
    """The owner says why a booked difference came about. Raises BadCause, LineOver, NotFound."""
    line = one(scope, CountLine, line_id)
    if cause not in life.CAUSES:
        raise BadCause(field="cause")
    if line.state != life.COUNTED or not line.variance:
        raise LineOver(state=line.state)
    gate.explain(scope, line, cause)
    return line


def theirs(scope: Scope, line_id: int) -> CountLine:
    """A line the actor may count: a partner what lies in her home, the owner the rest. Raises NotFound."""
    line = one(scope, CountLine, line_id)
    counter = scope.actor.partner_id if scope.actor.role == PARTNER else 0
    if line.partner_id != counter:
        raise NotFound
    return line


def _booked(scope: Scope, line: CountLine, entry: dict[str, int]) -> dict[str, int]:
    """Books an entry; gives the count and the variance for the line."""
    shelf = (line.product_id, line.location_id)
    result = counting.count(scope, shelf=shelf, counted=entry["units"], begun=entry["begun"])
    here = (Count.product_id == line.product_id, Count.location_id == line.location_id)
    made = scope.session.scalar(
        select(func.max(Count.id)).where(Count.shop_id == scope.shop_id, *here)
    )  # ours: the level is locked
    return {"count_id": int(made or 0), "variance": result.variance}


def _other_owners(scope: Scope) -> bool:
    owners = mine(scope, Membership).where(
        Membership.role == OWNER,
        Membership.ended_at.is_(None),
        Membership.accepted_at.is_not(None),
        Membership.account_id != scope.actor.id,
    )
    return scope.session.scalar(owners.limit(1)) is not None
