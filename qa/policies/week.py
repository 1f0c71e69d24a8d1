"""A week of a shop in which partners ask for work, played by one seed under any way of giving it (pure).

A model, not the desks: there are no photos, reviewers or databases in it. But what is given to whom is
decided by the very rule that claims ask (`tasks.choosing.choose`), so that what is compared is what would be
lived. Partners come for some hours of the day, each at their own pace; who finds nothing says that they wait
and looks again after a while of their own.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from qa.policies.crowd import DAYS, FRAGILE, MONDAY, OPEN_H, Hand, Piece, at_hour, chance, people, work
from tasks.choosing import LATELY, RUNNING, STANDS, Policy, Waits, Who, choose, kind_of


@dataclass(frozen=True, slots=True)
class Way:
    """A way of giving work; by promise, or as it came."""

    name: str
    policy: Policy
    by_promise: bool = True


WAYS = (
    Way("first_come", Policy(fair=False, varied=False), by_promise=False),
    Way("promise", Policy(fair=False, varied=False)),
    Way("fair", Policy(fair=True, varied=False)),
    Way("varied", Policy(fair=True, varied=True)),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a week came to.

    `late` is the share of what was due that was not done by then, `idle` that of the days on which somebody
    came and got nothing, `waited_h` the hours each was there without work, `gini` how unevenly tasks an hour
    there were shared, `longest` the longest run of the same work, of each on average.
    """

    pieces: float
    late: float
    idle: float
    waited_h: float
    gini: float
    longest: float


def play(way: Way, *, seed: int, load: float, partners: int = 10) -> Told:
    """One week of one seed: the same work and the same people whatever the way."""
    pieces = list(work(chance(seed, "work"), load, by_promise=way.by_promise))
    hands = people(chance(seed, "people"), partners)
    stand = _Stand(way, pieces)
    asks = [(_first(hand, day), hand.id) for hand in hands for day in sorted(hand.days)]
    heapq.heapify(asks)
    by_id = {hand.id: hand for hand in hands}
    for hand in hands:
        hand.there = sum(hand.goes - hand.comes for _ in hand.days)
    while asks:
        at, id_ = heapq.heappop(asks)
        following = _ask(stand, by_id[id_], hands, at)
        if following is not None:
            heapq.heappush(asks, (following, id_))
    return _told(stand, hands, pieces)


@dataclass(slots=True)
class _Stand:
    """Where a week stands: what has come into each queue, and what was late."""

    way: Way
    coming: list[tuple[str, Piece]]
    waiting: dict[str, list[Piece]] = field(default_factory=dict)
    at: int = 0
    late: int = 0
    done: int = 0

    def until(self, now: datetime) -> None:
        """Lets what has come by now into its queue."""
        while self.at < len(self.coming) and self.coming[self.at][1].came <= now:
            queue, piece = self.coming[self.at]
            heapq.heappush(self.waiting.setdefault(queue, []), piece)
            self.at += 1


def _first(hand: Hand, day: int) -> datetime:
    return at_hour(day, hand.comes + hand.id / 1000)


def _ask(stand: _Stand, hand: Hand, hands: Sequence[Hand], now: datetime) -> datetime | None:
    """A partner with empty hands asks until they are full; when they ask again, none when they go home."""
    stand.until(now)
    goes = at_hour((now - MONDAY).days, hand.goes)
    if now >= goes:
        return None
    busy = now
    for _ in range(hand.hands):
        piece = _given(stand, hand, hands, now)
        if piece is None:
            break
        busy += timedelta(minutes=piece.minutes * hand.pace)
        hand.done, stand.done = hand.done + 1, stand.done + 1
        stand.late += busy > piece.due
    if busy == now:
        hand.waits_since = hand.waits_since or now
        return now + timedelta(minutes=hand.looks)
    hand.waits_since, hand.free_at = None, busy
    hand.busy += (min(busy, goes) - now).total_seconds() / 3600
    return busy


def _given(stand: _Stand, hand: Hand, hands: Sequence[Hand], now: datetime) -> Piece | None:
    queues = [_seen(queue, pieces) for queue, pieces in stand.waiting.items()]
    line = [_who(one, now) for one in hands if _stands(one, now)]
    choice = choose(_who(hand, now), queues, now=now, line=line, policy=stand.way.policy)
    if not choice.order:
        return None
    hand.taken.append((now, choice.order[0]))
    return heapq.heappop(stand.waiting[choice.order[0]])


def _seen(queue: str, pieces: Sequence[Piece]) -> Waits:
    asks = frozenset({1}) if queue == FRAGILE else frozenset[int]()
    if not pieces:
        return Waits(queue, kind_of(queue), asks=asks)
    first = pieces[0]
    return Waits(queue, kind_of(queue), asks=asks, due_at=first.place, count=len(pieces), since=first.came)


def _who(hand: Hand, now: datetime) -> Who:
    return Who(
        hand.id,
        skills=frozenset({1} if hand.skilled else ()),
        recent=tuple(queue for _, queue in hand.taken[: -RUNNING - 1 : -1]),
        lately=sum(at > now - LATELY for at, _ in hand.taken),
    )


def _stands(hand: Hand, now: datetime) -> bool:
    """In line with a free hand, and still there."""
    since = hand.waits_since
    return since is not None and since > now - STANDS and now < at_hour((now - MONDAY).days, hand.goes)


def _told(stand: _Stand, hands: Sequence[Hand], pieces: Sequence[tuple[str, Piece]]) -> Told:
    """What was not done by the end of the week is late where it was due by then."""
    end = at_hour(DAYS - 1, OPEN_H)
    stand.until(end)
    left = sum(piece.due <= end for waiting in stand.waiting.values() for piece in waiting)
    due = stand.done + left
    present = [(hand, day) for hand in hands for day in hand.days]
    without = sum(not any((at - MONDAY).days == day for at, _ in hand.taken) for hand, day in present)
    return Told(
        pieces=len(pieces),
        late=(stand.late + left) / due,
        idle=without / len(present),
        waited_h=sum(max(0.0, hand.there - hand.busy) for hand in hands) / len(hands),
        gini=gini([hand.done / hand.there for hand in hands]),
        longest=sum(_longest([queue for _, queue in hand.taken]) for hand in hands) / len(hands),
    )


def _longest(queues: Sequence[str]) -> int:
    """The longest run of the same."""
    best = run = 0
    for place, queue in enumerate(queues):
        run = run + 1 if place and queues[place - 1] == queue else 1
        best = max(best, run)
    return best


def gini(values: Sequence[float]) -> float:
    """How unevenly something is shared: 0 where all have as much, towards 1 where one has all.

    Gini (1912) in the form over sorted values: sum of (2i - n - 1) x_i over n times the sum.
    """
    total = sum(values)
    if not total:
        return 0.0
    n = len(values)
    ranked = sum((2 * place - n - 1) * value for place, value in enumerate(sorted(values), 1))
    return ranked / (n * total)
