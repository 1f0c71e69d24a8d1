"""Receiving: whoever gets goods says line by line how many came, and the owner where a difference went."""

from base.errors import Invalid, NotFound, Stale
from base.rows import one
from base.scope import Scope
from security.policy import PARTNER
from stock import moves
from stock.handovers import gate, life, sending
from stock.handovers.gate import LineOver
from stock.handovers.life import BACK, OUT
from stock.handovers.models import Handover, HandoverLine
from stock.levels import Shelf
from stock.moves import ADJUSTMENT, TRANSFER, Act
from stock.news import StockArrived

MOST_UNITS = 9_999_999
#: Why units that differed moved, by what the owner said of them.
WHY = {
    life.SENDER: "not_sent",
    life.RECEIVER: "was_there",
    life.LOST: "lost_on_way",
    life.FOUND: "found_on_way",
}


class BadUnits(Invalid):
    """What came is a whole number, zero or more."""

    code = "handovers.bad_units"


class ToldBefore(Stale):
    """Somebody said what came since this page was opened. Facts: state."""

    code = "handovers.told_before"


class BadOutcome(Invalid):
    """Where the difference went is chosen from the list."""

    code = "handovers.bad_outcome"


def tell(scope: Scope, line_id: int, *, units: int, seen: int) -> HandoverLine:
    """Says how many of a line came, `seen` being its version; its state says what follows.

    What came lies at its place at once; what is missing stays on the way until it is settled.
    Raises BadUnits, LineOver, NotFound, ToldBefore.
    """
    handover = gate.hold(scope, theirs(scope, line_id).handover_id)
    line = gate.fresh(scope, line_id)
    if line.state not in life.OPEN:
        raise LineOver(state=line.state)
    if line.version != seen:
        raise ToldBefore(state=line.state)
    if not 0 <= units <= MOST_UNITS:
        raise BadUnits(field="units")
    step = life.next_step(line.state, sent=line.sent, units=units)
    if step == life.ASK:
        gate.take(scope, line, step, told_by=scope.actor.id, told_at=scope.now)
        return line
    if came := min(units, line.sent):
        sending.carry(scope, handover, f"handover-line:{line.id}:came", {line.product_id: came})
    gate.take(scope, line, step, received=units, told_by=scope.actor.id, told_at=scope.now)
    return line


def theirs(scope: Scope, line_id: int) -> HandoverLine:
    """A line the actor gets: a partner what was sent to her, the owner what comes back. Raises NotFound."""
    line = one(scope, HandoverLine, line_id)
    handover = one(scope, Handover, line.handover_id)
    gets = (OUT, scope.actor.partner_id) if scope.actor.role == PARTNER else (BACK, handover.partner_id)
    if (handover.way, handover.partner_id) != gets:
        raise NotFound
    return line


def settle(scope: Scope, line_id: int, *, outcome: str) -> HandoverLine:
    """The owner says where a difference went, and the book follows.

    Raises BadOutcome, LineOver, NotFound, OutOfStock.
    """
    handover = gate.hold(scope, one(scope, HandoverLine, line_id).handover_id)
    line = gate.fresh(scope, line_id)
    if line.state != life.DIFFERS or line.received is None:
        raise LineOver(state=line.state)
    if outcome not in life.outcomes(sent=line.sent, received=line.received):
        raise BadOutcome(field="outcome")
    _book(scope, handover, line, outcome)
    gate.take(scope, line, life.SETTLE, outcome=outcome, settled_by=scope.actor.id, settled_at=scope.now)
    return line


def _book(scope: Scope, handover: Handover, line: HandoverLine, outcome: str) -> None:
    """Moves the units that differed to where the owner says that they are."""
    source, between, target = sending.where(scope, handover.way, handover.partner_id)
    of = {"sender": source, "way": between, "receiver": target}
    units = life.settled(outcome, sent=line.sent, received=line.received or 0)
    shelves: dict[Shelf, int] = {(line.product_id, of[name]): count for name, count in units.items()}
    if not shelves:
        return
    kind = TRANSFER if sum(units.values()) == 0 else ADJUSTMENT
    moves.book(scope, Act(f"handover-line:{line.id}:settled", kind, WHY[outcome]), shelves)
    ours = source if handover.way == OUT else target
    if shelves.get((line.product_id, ours), 0) > 0:
        scope.tell(StockArrived((line.product_id,)))
