"""Stock corrections found in a file: asked in full, booked as far as the goods are there."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from base.scope import Scope
from stock import levels, moves
from stock.batches import batches
from stock.drafts import Correction
from stock.levels import WAREHOUSE
from stock.models import Correction as Row
from stock.moves import ADJUSTMENT, Act
from stock.source import Source


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction and how much of it was booked."""

    asked: Correction
    applied: int

    @property
    def whole(self) -> bool:
        return self.applied == self.asked.quantity


def correct(scope: Scope, asked: Sequence[Correction], source: Source) -> list[Corrected]:
    """Books corrections that no earlier file held, in their order; what is not there cannot be taken away."""
    known = _known(scope, source.channel, [each.key for each in asked])
    fresh = [each for each in asked if each.key not in known]
    place = levels.location(scope, WAREHOUSE)
    booked = moves.correct(
        scope, [(_act(each, source), (source.products[each.sku], place), each.quantity) for each in fresh]
    )
    done = [Corrected(each, units) for each, units in zip(fresh, booked, strict=True)]
    _write(scope, done, source)
    return done


def _act(asked: Correction, source: Source) -> Act:
    return Act(f"correction:{source.channel}:{asked.key}", ADJUSTMENT, asked.reason)


def _known(scope: Scope, channel: str, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in batches(keys):
        stmt = select(Row.key).where(Row.shop_id == scope.shop_id, Row.channel == channel, Row.key.in_(some))
        found |= set(scope.session.scalars(stmt))
    return found


def _write(scope: Scope, done: Sequence[Corrected], source: Source) -> None:
    rows = [
        {
            "shop_id": scope.shop_id,
            "channel": source.channel,
            "key": each.asked.key,
            "product_id": source.products[each.asked.sku],
            "quantity": each.asked.quantity,
            "applied": each.applied,
            "reason": each.asked.reason,
            "import_id": source.import_id,
            "at": each.asked.at,
        }
        for each in done
    ]
    if rows:
        scope.session.connection().execute(insert(Row), rows)
