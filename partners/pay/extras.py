"""What is paid on top of a kind's price: for a group of goods, fragile ones, many pieces, or a hurry.

Each counts for work that is taken while it stands, and is frozen with the price in the claim's own statement.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update

from base.errors import Invalid, NotFound
from base.rows import changed, mine, one
from base.scope import Scope
from partners.pay.models import PriceExtra
from partners.pay.pricing import MOST
from security import audit

GOODS, FRAGILE, PIECES, RUSH = "goods", "fragile", "pieces", "rush"
RULES = (GOODS, FRAGILE, PIECES, RUSH)
RUSH_HOURS = (1, 2, 4, 8, 24)  # to its due time when it is taken
MOST_PIECES, LONGEST_WORD = 10_000, 40


class BadExtra(Invalid):
    """An extra says for what it is: a beginning of SKUs, a number of pieces, or hours. Facts: field."""

    code = "pay.bad_extra"


@dataclass(frozen=True, slots=True)
class When:
    """For what an extra is paid; `word` is what the SKUs begin with, `amount` pieces or hours."""

    rule: str
    word: str = ""
    amount: int = 0


def add(scope: Scope, *, kind: str, when: When, won: int) -> int:
    """Pays something on top from now on. Raises BadExtra."""
    word = when.word.strip().upper() if when.rule == GOODS else ""
    amount = when.amount if when.rule in {PIECES, RUSH} else 0
    for field, wrong in (
        ("rule", when.rule not in RULES),
        ("word", when.rule == GOODS and not 0 < len(word) <= LONGEST_WORD),
        ("amount", when.rule == PIECES and not 1 < amount <= MOST_PIECES),
        ("amount", when.rule == RUSH and amount not in RUSH_HOURS),
        ("extra_won", not 0 < won <= MOST),
    ):
        if wrong:
            raise BadExtra(field=field)
    row = PriceExtra(
        shop_id=scope.shop_id,
        kind=kind,
        rule=when.rule,
        word=word,
        amount=amount,
        won=won,
        since=scope.now,
        made_by=scope.actor.id,
    )
    scope.session.add(row)
    scope.session.flush()
    audit.note(scope, "price.extra_added", kind=kind, rule=when.rule, won=won)
    return row.id


def end(scope: Scope, extra_id: int) -> None:
    """Pays it no longer for work taken from now on. Raises NotFound."""
    row = one(scope, PriceExtra, extra_id)
    stands = (PriceExtra.shop_id == scope.shop_id, PriceExtra.id == row.id, PriceExtra.until.is_(None))
    if changed(scope, update(PriceExtra).where(*stands).values(until=scope.now)) != 1:
        raise NotFound
    audit.note(scope, "price.extra_ended", kind=row.kind, rule=row.rule, won=row.won)


def every(scope: Scope) -> list[PriceExtra]:
    """All extras, those that stand first, by kind."""
    stmt = mine(scope, PriceExtra).order_by(PriceExtra.until.is_not(None), PriceExtra.kind, PriceExtra.id)
    return list(scope.session.scalars(stmt.limit(200)))


def hurries(now: datetime) -> dict[str, datetime]:
    """Until when work is due that is in a hurry now, by hours: what the claim's statement is told."""
    return {f"rush_{hours}": now + timedelta(hours=hours) for hours in RUSH_HOURS}
