"""What work on a return begins with and brings about: only goods that are here are looked at, and once."""

from collections.abc import Sequence
from dataclasses import replace

from base.errors import Refused
from base.rows import mine
from base.scope import Scope
from security import audit
from stock.returns import desk, life
from stock.returns.models import Return
from tasks import sheet
from tasks.kinds.returning import sorting
from tasks.models import Task
from tasks.wanted import Wanted


class NotHere(Refused):
    """No units of the return wait to be looked at."""

    code = "returns.not_here"


def in_quarantine(scope: Scope, wanted: Sequence[Wanted]) -> Sequence[Wanted]:
    """The wanted work whose returns wait to be looked at, each about its product. Raises NotHere for none."""
    asked = {one.target: sorting.return_of(one.target) for one in wanted}
    ids = [id_ for id_ in asked.values() if id_ is not None]
    waits = mine(scope, Return).where(Return.id.in_(ids), Return.state == life.QUARANTINE)
    products = {row.id: row.product_id for row in scope.session.scalars(waits)}
    here = [
        replace(one, product_id=products[id_]) for one in wanted if (id_ := asked[one.target]) in products
    ]
    if not here:
        raise NotHere
    return here


def sort(scope: Scope, task: Task) -> None:
    """The units go where the accepted sheet says; what somebody has looked at before stays as it is."""
    return_id = sorting.return_of(task.target)
    row = scope.session.get(Return, return_id) if return_id is not None else None
    if row is None or row.shop_id != scope.shop_id:
        return
    if row.state != life.QUARANTINE or not desk.lies_apart(scope, row):
        audit.note(scope, "return.looked_at_before", "return", row.id, task=task.id, state=row.state)
        return
    fates = sorting.fates(sheet.handed_in(scope, task).answers)
    desk.inspect(scope, row.id, **fates, version=row.version)
