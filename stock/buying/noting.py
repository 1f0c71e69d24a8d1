"""What the owner knows of a product: notes on its demand, and what goods cost that came without a price."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select, update

from base.errors import Invalid, Refused
from base.personal import resident_number
from base.rows import changed, mine, one
from base.scope import Scope
from security import audit
from stock.buying import looking
from stock.demand.models import DemandNote
from stock.demand.notes import KINDS
from stock.models import Movement, Product
from stock.value import costing, keeping
from stock.value.models import ToldCost, Worth

LONGEST = 200
LONGEST_SPAN = timedelta(days=366)
MOST = 1000  # percent


class BadNote(Invalid):
    """A note has days, a share of the usual and a reason. Facts: field, why (a code)."""

    code = "buying.bad_note"


class BadCost(Invalid):
    """What a unit cost is above nothing. Facts: field."""

    code = "buying.bad_cost"


class CostKnown(Refused):
    """The goods came at known prices; a wrong one is put right by taking that arrival back."""

    code = "buying.cost_known"


@dataclass(frozen=True, slots=True)
class Told:
    """Between these days so many percent of the usual are asked for, for this reason."""

    kind: str
    percent: int
    first: date
    last: date
    words: str


def note(scope: Scope, product_id: int, told: Told) -> int:
    """Keeps a note; proposals go by it at once. Raises NotFound, BadNote."""
    one(scope, Product, product_id)
    _check(told)
    row = DemandNote(
        shop_id=scope.shop_id,
        product_id=product_id,
        by=scope.actor.id,
        at=scope.now,
        **{name: getattr(told, name) for name in Told.__slots__},
    )
    scope.session.add(row)
    scope.session.flush()
    audit.note(scope, "demand.noted", "product", product_id, percent=told.percent, kind=told.kind)
    looking.refresh(scope, [product_id])
    return row.id


def withdraw(scope: Scope, note_id: int) -> int:
    """Takes a note back; it stays readable. Tells whose it was. Raises NotFound."""
    row = one(scope, DemandNote, note_id)
    here = (DemandNote.shop_id == scope.shop_id, DemandNote.id == note_id, DemandNote.withdrawn_at.is_(None))
    if changed(scope, update(DemandNote).where(*here).values(withdrawn_at=scope.now)):
        audit.note(scope, "demand.note_withdrawn", "product", row.product_id)
        looking.refresh(scope, [row.product_id])
    return row.product_id


def tell_cost(scope: Scope, product_id: int, won: Decimal) -> None:
    """Says what a unit cost of goods nobody knew the price of. Raises NotFound, BadCost, CostKnown."""
    one(scope, Product, product_id)
    if not 0 < won <= 10**9:
        raise BadCost(field="cost")
    keeping.hold(scope)
    stmt = select(Worth.each).where(Worth.shop_id == scope.shop_id, Worth.product_id == product_id)
    if scope.session.scalar(stmt):
        raise CostKnown(field="cost")
    here = (Movement.shop_id == scope.shop_id, Movement.product_id == product_id)
    newest = scope.session.scalar(select(func.max(Movement.id)).where(*here)) or 0
    parts = {"parts": costing.parts(won), "by": scope.actor.id, "at": scope.now}
    scope.session.add(ToldCost(shop_id=scope.shop_id, product_id=product_id, after=newest, **parts))
    scope.session.flush()
    keeping.retell(scope, [product_id])
    audit.note(scope, "cost.told", "product", product_id)
    looking.refresh(scope, [product_id])


def notes(scope: Scope, product_id: int) -> list[DemandNote]:
    """The notes on a product, the newest first, the withdrawn ones too."""
    stmt = mine(scope, DemandNote).where(DemandNote.product_id == product_id)
    return list(scope.session.scalars(stmt.order_by(DemandNote.id.desc()).limit(50)))


def _check(told: Told) -> None:
    if told.kind not in KINDS:
        raise BadNote(field="kind", why="choose")
    if not 0 <= told.percent <= MOST:
        raise BadNote(field="percent", why="percent")
    if not told.first <= told.last <= told.first + LONGEST_SPAN:
        raise BadNote(field="last", why="span")
    if not 0 < len(told.words) <= LONGEST:
        raise BadNote(field="words", why="length")
    if resident_number(told.words):
        raise BadNote(field="words", why="resident_number")
