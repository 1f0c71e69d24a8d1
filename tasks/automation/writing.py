"""Writing automations: made and changed while off, switched on and off, put in order, removed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update

from base.errors import Invalid, NotFound, Refused, Stale
from base.rows import changed, mine
from base.scope import Scope
from security import audit
from tasks.automation import acting
from tasks.automation.clauses import Fault, parse, written
from tasks.automation.models import Automation

MOST, LONGEST_TITLE = 50, 60


class BadClause(Invalid):
    """The automation cannot be read. Facts: faults, a list of {field, why}; n, how many."""

    code = "automation.bad"


class TooMany(Refused):
    """A shop has up to fifty automations. Facts: most."""

    code = "automation.too_many"


def add(scope: Scope, title: str, doc: Mapping[str, Any]) -> int:
    """Makes an automation, which stays off until it is switched on. Raises BadClause, TooMany."""
    values = _checked(scope, title, doc)
    count, last = scope.session.execute(_places(scope)).one()
    if count >= MOST:
        raise TooMany(most=MOST)
    row = Automation(
        shop_id=scope.shop_id, place=(last or 0) + 1, made_by=scope.actor.id, made_at=scope.now, **values
    )
    scope.session.add(row)
    scope.session.flush()
    audit.note(scope, "automation.made", "automation", row.id)
    return row.id


def change(scope: Scope, automation_id: int, title: str, doc: Mapping[str, Any], *, seen: int) -> None:
    """Changes an automation that is still the one that was seen; it is off afterwards.

    Raises NotFound, Stale, BadClause.
    """
    one(scope, automation_id)
    values = _checked(scope, title, doc) | {"state": "off", "why": "", "version": seen + 1}
    if changed(scope, _this(scope, automation_id).where(Automation.version == seen).values(**values)) != 1:
        raise Stale
    audit.note(scope, "automation.changed", "automation", automation_id, edition=seen + 1)


def switch(scope: Scope, automation_id: int, to: str) -> None:
    """Switches it on or off. Raises NotFound, and BadClause for one whose kind is gone."""
    row = one(scope, automation_id)
    if to == "on":
        _checked(scope, row.title, row.clause)
    scope.session.execute(_this(scope, automation_id).values(state="on" if to == "on" else "off", why=""))
    audit.note(scope, f"automation.{'on' if to == 'on' else 'off'}", "automation", automation_id)


def earlier(scope: Scope, automation_id: int) -> None:
    """Lets it take effect before the one that stands before it. Raises NotFound."""
    row = one(scope, automation_id)
    before = mine(scope, Automation).where(Automation.state != "removed", Automation.place < row.place)
    neighbour = scope.session.scalar(before.order_by(Automation.place.desc()).limit(1))
    if neighbour is None:
        return
    mine_, its = row.place, neighbour.place
    scope.session.execute(_this(scope, automation_id).values(place=its))
    scope.session.execute(_this(scope, neighbour.id).values(place=mine_))
    audit.note(scope, "automation.moved", "automation", automation_id)


def remove(scope: Scope, automation_id: int) -> None:
    """Takes it away; what it opened stays. Raises NotFound."""
    one(scope, automation_id)
    scope.session.execute(_this(scope, automation_id).values(state="removed"))
    audit.note(scope, "automation.removed", "automation", automation_id)


def one(scope: Scope, automation_id: int) -> Automation:
    """An automation that was not removed. Raises NotFound."""
    row = scope.session.scalar(
        mine(scope, Automation).where(Automation.id == automation_id, Automation.state != "removed")
    )
    if row is None:
        raise NotFound
    return row


def _checked(scope: Scope, title: str, doc: Mapping[str, Any]) -> dict[str, Any]:
    clause, faults = parse(doc, acting.kinds(scope))
    title = title.strip()
    if not 0 < len(title) <= LONGEST_TITLE:
        faults = (Fault("title", "title"), *faults)
    if clause is None or faults:
        raise BadClause(faults=[{"field": one.field, "why": one.why} for one in faults], n=len(faults))
    return {"title": title, "happening": clause.happening, "clause": written(clause)}


def _this(scope: Scope, automation_id: int) -> Any:
    return update(Automation).where(Automation.shop_id == scope.shop_id, Automation.id == automation_id)


def _places(scope: Scope) -> Any:
    here = (Automation.shop_id == scope.shop_id, Automation.state != "removed")
    return select(func.count(), func.max(Automation.place)).where(*here)
