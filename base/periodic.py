"""Periodic work: a turn is a row with a unique pair (name, turn), so any number of schedulers may run.

Whoever writes the row first puts one errand per shop in the same transaction; the outbox does the rest.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from base import outbox
from base.background import Periodic
from base.clock import anchor
from base.errands import EVERY_SHOP
from base.models import Slot
from base.once import once
from base.scope import THE_HOUSE, Scope, World, acting, persistently

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Missed turns made up for at one tick; the rest follow at the next ones.
MOST_AT_ONCE = 100
SLOT_KEPT = timedelta(days=2)


def due_turns(now: datetime, work: Periodic, last: datetime | None) -> list[datetime]:
    """The turns to open now, oldest first: the newest alone at the very start or where they coalesce."""
    newest = (now - EPOCH - work.offset) // work.every
    done = newest - 1 if last is None else (last - EPOCH - work.offset) // work.every
    numbers = range(done + 1, newest + 1)
    wanted = numbers[-1:] if work.coalesce else numbers[:MOST_AT_ONCE]
    return [EPOCH + work.offset + work.every * number for number in wanted]


def tick(world: World, *, now: datetime | None = None) -> int:
    """Opens the turns that are due and tells how many; does nothing, cheaply, when there are none."""
    with Session(world.engines.read) as session:
        clock = now or anchor(session, EVERY_SHOP)
        rows = session.execute(select(Slot.name, func.max(Slot.turn).label("newest")).group_by(Slot.name))
        last = {row.name: row.newest for row in rows}
        due = [name for name, work in world.periodic.items() if due_turns(clock, work, last.get(name))]
        behind = {name: shops for name in due if (shops := _wanting(world, session, name)) != []}
    return sum(_opened(world, name, shops, now) for name, shops in behind.items())


def _wanting(world: World, session: Session, name: str) -> list[int] | None:
    """The shops that want a turn, where the work asks them; None for all."""
    wanted = world.periodic[name].wanted
    if wanted is None:
        return None
    return [shop_id for shop_id in world.shops(session) if wanted(session, shop_id)]


def _opened(world: World, name: str, shops: Sequence[int] | None, now: datetime | None) -> int:
    def unit() -> int:
        with acting(world, shop_id=EVERY_SHOP, actor=THE_HOUSE, now=now) as scope:
            # Read again in the transaction that writes: another scheduler may have been here meanwhile.
            last = scope.session.scalar(select(func.max(Slot.turn)).where(Slot.name == name))
            turns = due_turns(scope.now, world.periodic[name], last)
            return sum(_open(scope, name, turn, shops) for turn in turns)

    return persistently(unit)


def _open(scope: Scope, name: str, turn: datetime, shops: Sequence[int] | None) -> bool:
    """Writes the turn and its errands; False where another scheduler did."""
    row = {"name": name, "turn": turn, "taken_at": scope.now}
    if once(scope.session, Slot, row) is None:
        return False
    number = int(turn.timestamp())
    for shop_id in scope.world.shops(scope.session) if shops is None else shops:
        shop = replace(scope, shop_id=shop_id)
        if scope.world.periodic[name].coalesce:
            outbox.put(shop, name, key=str(number))
        else:
            outbox.put(shop, name, key=str(number), turn=number)
    forgotten = (Slot.name == name, Slot.turn < turn - SLOT_KEPT)
    scope.session.execute(delete(Slot).where(*forgotten))
    return True
