"""The gate of count lines: moved by the table, and journalled. Sole writer of their state."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm.attributes import set_committed_value

from base.errors import Refused
from base.rows import changed
from base.scope import Scope
from security import audit
from stock.counts.life import LIVE, end
from stock.counts.models import CountLine


class LineOver(Refused):
    """The line was counted, waits for a second person, or belongs to a round that is closed. Facts: state."""

    code = "counts.line_over"


def take(scope: Scope, line: CountLine, step: str, **changes: Any) -> None:
    """Moves a line one step, once for each version of it. Raises LineOver."""
    to = end(line.state, step)
    values: dict[str, Any] = {"state": to, "version": line.version + 1} | changes
    values["ended_at"] = None if to in LIVE else scope.now
    this = (CountLine.shop_id == scope.shop_id, CountLine.id == line.id, CountLine.version == line.version)
    moving = update(CountLine).where(*this).values(values).execution_options(synchronize_session=False)
    if to is None or changed(scope, moving) != 1:
        scope.session.refresh(line)
        raise LineOver(state=line.state)
    for name, value in values.items():
        set_committed_value(line, name, value)
    facts = {"count_round": line.round_id, "product_id": line.product_id, "location_id": line.location_id}
    facts |= {name: values[name] for name in ("variance", "cause", "alone") if name in values}
    audit.note(scope, f"count.{step}", subject="count_line", subject_id=line.id, **facts)


def explain(scope: Scope, line: CountLine, cause: str) -> None:
    """Keeps why a booked line differed; the figures stay as they are."""
    this = (CountLine.shop_id == scope.shop_id, CountLine.id == line.id)
    changed(scope, update(CountLine).where(*this).values(cause=cause))
    audit.note(scope, "count.explained", subject="count_line", subject_id=line.id, cause=cause)
