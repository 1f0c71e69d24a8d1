"""The part of the owner: order files, goods that were missing, cancellations, claims, a count."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from qa.rehearsal import complaining, shifts, supplies
from qa.rehearsal.agenda import Part
from qa.rehearsal.characters import some
from qa.rehearsal.stage import Player, Stage, act, look
from stock import counting, handling, levels, orders

CANCELLED_OF = 40  # of so many orders a day, one is cancelled
COUNTED = 2  # products counted a day


def part(stage: Stage, who: Player, *, orders_a_day: int) -> Part:
    """An owner's days: files in the morning and before the cut-off, goods, cancellations, a count."""
    late, customers = orders_a_day // 3, replace(who, random=stage.chance("customers"))
    early = orders_a_day - late
    day: tuple[tuple[float, Callable[[], None]], ...] = (
        (0.00, lambda: supplies.bring_in(stage, who, orders=early, hours=18)),
        (0.08, lambda: receive(stage, who)),
        (0.15, lambda: complaining.settle(stage, customers)),
        (0.30, lambda: cancel(stage, who, orders_a_day=orders_a_day)),
        (0.48, lambda: supplies.bring_in(stage, who, orders=late, hours=4)),
        (0.60, lambda: complaining.take_in(stage, customers)),
        (0.70, lambda: complaining.claim(stage, customers)),
        (0.80, lambda: count(stage, who)),
    )
    while True:
        for share, deed in day:
            wait = shifts.until(stage.calendar, stage.now, share)
            if wait is not None:
                yield wait
                deed()
        yield shifts.past_closing(stage.calendar, stage.now)


def receive(stage: Stage, who: Player, *, but: frozenset[int] = frozenset()) -> None:
    """What waiting orders lack arrives; some products stay away."""
    lacking = look(stage, who.actor, supplies.missing)
    goods = {product: units + supplies.SPARE for product, units in lacking.items() if product not in but}
    if goods:
        key = f"delivery:{stage.now.isoformat()}"
        act(stage, who.actor, lambda scope: handling.receive(scope, key=key, goods=goods), called="received")


def cancel(stage: Stage, who: Player, *, orders_a_day: int) -> None:
    """A few customers think better of it."""
    waiting = look(stage, who.actor, supplies.waiting)
    for order_id in some(orders_a_day // CANCELLED_OF + who.random.randrange(2), who.random, waiting):
        act(stage, who.actor, partial(orders.cancel, order_id=order_id, why="asked"), called="cancelled")


def count(stage: Stage, who: Player) -> None:
    """A few products are counted: mostly the book is right, now and then one more is found."""
    shelves = look(stage, who.actor, supplies.shelves)
    for product in some(COUNTED, who.random, sorted(shelves)):
        found = shelves[product] + (who.random.random() < 0.1)
        _count(stage, who, product, found)


def _count(stage: Stage, who: Player, product: int, found: int) -> None:
    shelf = (product, look(stage, who.actor, partial(levels.location, kind=levels.WAREHOUSE)))
    begun = look(stage, who.actor, partial(counting.begin, shelf=shelf))
    booked = partial(counting.count, shelf=shelf, counted=found, begun=begun)
    act(stage, who.actor, booked, called="counted")
