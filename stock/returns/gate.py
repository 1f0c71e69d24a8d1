"""The gate of returns: moved by the table alone, once for each version of it, and journalled."""

from typing import Any

from sqlalchemy import update

from base.errors import Stale
from base.rows import changed
from base.scope import Scope
from security import audit
from stock.returns import life
from stock.returns.models import Return


class ReturnMoved(Stale):
    """Somebody was first, or the return's state does not allow this step. Facts: state."""

    code = "returns.moved"


def take(scope: Scope, row: Return, step: str, **changes: Any) -> None:
    """Takes a step with a return as it was seen. Raises ReturnMoved."""
    to = life.end(row.state, step)
    if to is None:
        raise ReturnMoved(state=row.state)
    values = {"state": to, "since": scope.now} | changes
    _change(scope, row, values)
    audit.note(scope, f"return.{step}", "return", row.id, **{name: changes[name] for name in sorted(changes)})


def note_refund(scope: Scope, row: Return, won: int) -> None:
    """Keeps what the customer got back; the goods' own way is another matter. Raises ReturnMoved."""
    _change(scope, row, {"refund": won, "refunded_at": scope.now})
    audit.note(scope, "return.refunded", "return", row.id, won=won)


def _change(scope: Scope, row: Return, values: dict[str, Any]) -> None:
    seen = (Return.id == row.id, Return.version == row.version, Return.state == row.state)
    changing = update(Return).where(Return.shop_id == scope.shop_id, *seen)
    moved = changed(scope, changing.values(version=row.version + 1, **values))
    scope.session.refresh(row)
    if moved != 1:
        raise ReturnMoved(state=row.state)
