"""The part of a partner: takes work, looks at the label, packs by the list, hands in, mends."""

from collections.abc import Collection, Generator, Sequence
from datetime import timedelta

from qa.rehearsal import answers, moves, protesting, shifts, slips
from qa.rehearsal.agenda import Part
from qa.rehearsal.characters import happens, takes
from qa.rehearsal.parcels import Parcel
from qa.rehearsal.slips import Slip
from qa.rehearsal.stage import Player, Stage
from tasks.checklist import Item

IDLE_S = 1500
AWAY = timedelta(hours=2)  # longer than a lease: who comes back finds the work gone

Span = Generator[timedelta, None, bool]  # something that takes time and tells whether it came to its end


def part(stage: Stage, who: Player) -> Part:
    """A partner's days, one parcel after the other, for as long as the play goes on."""
    while True:
        if away := shifts.away(stage.calendar, stage.now, who.hand.begins, who.hand.ends):
            yield away
            continue
        yield from protesting.protest(stage, who)
        parcel = moves.next_parcel(stage, who)
        if parcel is None:
            yield _span(IDLE_S, who)
            continue
        yield from pack(stage, who, parcel)
        yield _span(who.hand.rest_s, who)


def pack(stage: Stage, who: Player, parcel: Parcel) -> Span:
    """One hold from its first look to its end, whatever that is."""
    yield _span(who.hand.item_s, who)
    if parcel.round == 1 and happens(who.hand.gives_back, who.random):
        return moves.give_back(stage, who, parcel)
    if not moves.look_at_label(stage, who, parcel):
        return False
    todo = answers.todo(parcel.items, failed=parcel.failed)
    overlooked = _overlooked(who, todo)
    wrong = _what_goes_wrong(stage, who, parcel)
    found = [item for item in todo if item not in overlooked]
    if not (yield from _done(stage, who, parcel, found, wrong)):
        return False
    if moves.hand_in(stage, who, parcel, wrong):
        return True
    yield from _done(stage, who, parcel, overlooked, wrong)
    return moves.hand_in(stage, who, parcel, wrong)


def _overlooked(who: Player, todo: Sequence[Item]) -> list[Item]:
    """Now and then an item is forgotten until handing in names it."""
    return [who.random.choice(todo)] if len(todo) > 1 and happens(who.hand.forgets, who.random) else []


def _what_goes_wrong(stage: Stage, who: Player, parcel: Parcel) -> frozenset[Slip]:
    if parcel.failed:
        before = stage.wrong.get((parcel.task_id, parcel.round - 1), ())
        return slips.left(who.hand, before, parcel.failed, who.random)
    return slips.made(who.hand, parcel.slips, who.random)


def _done(stage: Stage, who: Player, parcel: Parcel, todo: Sequence[Item], wrong: Collection[Slip]) -> Span:
    """Does these items one by one; false when the parcel was taken away meanwhile."""
    leaves_at = who.random.randrange(len(todo)) if todo and happens(who.hand.vanishes, who.random) else -1
    for place, item in enumerate(todo):
        yield _span(answers.seconds(item, parcel.facts, who.hand), who)
        if place == leaves_at:
            yield AWAY
        if not moves.do(stage, who, parcel, item, {slip.code for slip in wrong}):
            return False
    return True


def _span(seconds: int, who: Player) -> timedelta:
    return timedelta(seconds=takes(seconds, who.random))
