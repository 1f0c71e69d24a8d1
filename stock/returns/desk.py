"""What hands do with a return: take it in, look at every unit, mend, note what the customer got back.

Goods that came back lie in quarantine until somebody has looked at them: nobody can be promised them.
"""

from base.errors import Invalid
from base.rows import one
from base.scope import Scope
from stock import handling, levels
from stock.news import ReturnsArrived
from stock.returns import gate, life
from stock.returns.gate import ReturnMoved
from stock.returns.models import Return

MOST_REFUND = 100_000_000


class BadReturn(Invalid):
    """Something cannot be said of a return. Facts: field, why (a code), units (those that are there)."""

    code = "returns.bad"


def arrive(scope: Scope, return_id: int, *, units: int, version: int) -> None:
    """So many units came, none more than were asked for; they go to quarantine.

    Raises NotFound, BadReturn, ReturnMoved.
    """
    row = _seen(scope, return_id, version)
    if not 1 <= units <= row.units:
        raise BadReturn(field="units", why="arrived", units=row.units)
    gate.take(scope, row, life.ARRIVE, arrived=units)
    handling.take_back(scope, key=f"return:{row.id}", goods={row.product_id: units}, order_id=row.order_id)
    scope.tell(ReturnsArrived((row.id,)))


def withdraw(scope: Scope, return_id: int, *, version: int) -> None:
    """It does not come after all. Raises NotFound, ReturnMoved."""
    gate.take(scope, _seen(scope, return_id, version), life.WITHDRAW)


def inspect(scope: Scope, return_id: int, *, good: int, mending: int, scrap: int, version: int) -> None:
    """Every unit was looked at: back on the shelf, to be mended, or written off.

    Raises NotFound, BadReturn, ReturnMoved.
    """
    row = _seen(scope, return_id, version)
    if row.state != life.QUARANTINE:
        raise ReturnMoved(state=row.state)
    fates = {life.GOOD: good, life.MENDING: mending, life.SCRAP: scrap}
    if why := life.wrong(fates, row.arrived):
        raise BadReturn(field=life.GOOD, why=why, units=row.arrived)
    gate.take(scope, row, life.sorted_by(mending), **fates)
    _leave(scope, row, "inspect", good=good, scrap=scrap)


def mend(scope: Scope, return_id: int, *, good: int, scrap: int, version: int) -> None:
    """What was set aside is mended, or cannot be. Raises NotFound, BadReturn, ReturnMoved."""
    row = _seen(scope, return_id, version)
    if row.state != life.REPAIR:
        raise ReturnMoved(state=row.state)
    if why := life.wrong({life.GOOD: good, life.SCRAP: scrap}, row.mending):
        raise BadReturn(field=life.GOOD, why=why, units=row.mending)
    gate.take(scope, row, life.MEND, good=row.good + good, mending=0, scrap=row.scrap + scrap)
    _leave(scope, row, "mend", good=good, scrap=scrap)


def refund(scope: Scope, return_id: int, *, won: int, version: int) -> None:
    """Notes what the customer got back, in won; the money itself goes by the channel.

    Raises NotFound, BadReturn, ReturnMoved.
    """
    row = _seen(scope, return_id, version)
    if not 0 <= won <= MOST_REFUND:
        raise BadReturn(field="refund", why="refund", units=0)
    gate.note_refund(scope, row, won)


def lies_apart(scope: Scope, row: Return) -> bool:
    """Whether its units are still where they were put; a hand may have moved them without the return."""
    shelf = (row.product_id, levels.location(scope, levels.QUARANTINE))
    here = levels.locked(scope, [shelf]).get(shelf, levels.EMPTY)
    return here.available >= row.arrived - row.good - row.scrap


def _seen(scope: Scope, return_id: int, version: int) -> Return:
    row = one(scope, Return, return_id)
    if row.version != version:
        raise ReturnMoved(state=row.state)
    return row


def _leave(scope: Scope, row: Return, act: str, *, good: int, scrap: int) -> None:
    """Moves units out of quarantine: to the shelf, where they are free again, or away."""
    if good:
        handling.clear(scope, key=f"return:{row.id}:{act}:good", goods={row.product_id: good})
    if scrap:
        handling.scrap(scope, key=f"return:{row.id}:{act}:scrap", goods={row.product_id: scrap})
