"""Plans side by side on hands whose share of wrong work is known: a seeded simulation, no shop needed (pure).

Every plan meets the same pieces, and the same look would find the same things: what is wrong, whether a
reviewer sees it and the roll are fixed by the seed, the hand and the piece. A verdict is known before the
next piece of the same hand is drawn. Work that was stopped after failed batches is resumed after `MENDED`
pieces, and is then as it was: what a corrective action changes is not known beforehand. Newcomers' first
pieces are inspected under every plan but the uniform one, which the others are compared with.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from qa.sampling import csp1, recent, switching
from qa.sampling.draws import BATCH, RECENT, STREAM, Past, Plan, decided
from qa.sampling.iso2859 import single
from qa.sampling.switching import DISCONTINUED, Switch

SEES = 0.92  # as the made-up reviewer of a rehearsal
MENDED = 40
UNIFORM = Plan(0, 20, 0)
#: What a new shop starts with; docs/measurements.md has the figures it was chosen by.
DEFAULT = Plan(5, recent.A_FEW, 0, RECENT)
PLANS = {
    "uniform": UNIFORM,
    "stream": Plan(5, 5, 0, STREAM, clean_n=10),
    "batch": Plan(5, 20, 0, BATCH, aql="4.0", size=20),
    "standing": DEFAULT,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Pieces, how many were wrong, how many were inspected, and in how many of those something was found."""

    pieces: int
    wrong: int
    reviews: int
    found: int

    @property
    def escaped(self) -> int:
        return self.wrong - self.found

    @property
    def per_review(self) -> float:
        """Wrong pieces found per review."""
        return self.found / self.reviews if self.reviews else 0.0


@dataclass(slots=True)
class Bench:
    """One hand under one plan: what its inspected work has shown so far."""

    wrong: float
    random: Random
    picks: Random  # of a batch's sample; the pieces stay the same under every plan
    handed_in: int = 0
    hits: int = 0
    n: int = 0
    stream: csp1.Stream = field(default_factory=csp1.Stream)
    switch: Switch = field(default_factory=Switch)
    rested: int = 0
    batch: list[tuple[bool, bool]] = field(default_factory=list)


@dataclass(slots=True)
class Counter:
    """What has come out so far."""

    wrong: int = 0
    reviews: int = 0
    found: int = 0

    def look(self, piece: tuple[bool, bool]) -> bool:
        """Counts a review; whether something was found."""
        found = piece[0] and piece[1]
        self.reviews += 1
        self.found += found
        return found


def compare(hands: Sequence[float], *, pieces: int, seed: int) -> dict[str, Outcome]:
    """Every plan on these hands, each of which hands in so many pieces, by turns."""
    return {name: play(plan, hands, pieces=pieces, seed=seed) for name, plan in PLANS.items()}


def play(plan: Plan, hands: Sequence[float], *, pieces: int, seed: int) -> Outcome:
    """One plan on these hands."""
    count = Counter()
    benches = [_bench(wrong, f"{seed}/{place}") for place, wrong in enumerate(hands)]
    for _ in range(pieces):
        level = recent.level((one.hits, one.n) for one in benches)
        for bench in benches:
            _hand_in(plan, bench, level, count)
    for bench in benches:
        _close(plan, bench, count)
    return Outcome(pieces * len(hands), count.wrong, count.reviews, count.found)


def _bench(wrong: float, seed: str) -> Bench:
    return Bench(wrong, Random(seed), Random(f"{seed}/picks"))  # noqa: S311 (repeatable, not secret)


def _hand_in(plan: Plan, bench: Bench, level: float, count: Counter) -> None:
    wrong, seen, roll = (bench.random.random() for _ in range(3))
    piece = (wrong < bench.wrong, seen < SEES)
    count.wrong += piece[0]
    reason, percent = decided(plan, _past(plan, bench, level))
    bench.handed_in += 1
    if reason == BATCH:
        bench.batch.append(piece)
        if len(bench.batch) == plan.size:
            _close(plan, bench, count)
    elif roll * 100 < percent:
        _learn(plan, bench, clean=not count.look(piece))
    if bench.switch.severity == DISCONTINUED:
        bench.rested += 1
        if bench.rested == MENDED:
            bench.rested, bench.switch = 0, switching.resumed(bench.switch)


def _past(plan: Plan, bench: Bench, level: float) -> Past:
    phase = bench.stream.phase if plan.method == STREAM else bench.switch.severity
    return Past(1, bench.handed_in, 0, phase, bench.stream.turn, bench.hits, bench.n, level=level)


def _learn(plan: Plan, bench: Bench, *, clean: bool) -> None:
    bench.hits, bench.n = recent.counted(bench.hits, bench.n, clean=clean)
    bench.stream = csp1.inspected(bench.stream, clean=clean, i=plan.clean_n, turn=bench.stream.turn)


def _close(plan: Plan, bench: Bench, count: Counter) -> None:
    """Judges the open batch: its sample, and all the rest of it where that fails."""
    batch, bench.batch = bench.batch, []
    if not batch:
        return
    one = single(len(batch), aql=plan.aql, severity=bench.switch.severity)
    bench.picks.shuffle(batch)
    wrong = sum(count.look(piece) for piece in batch[: one.n])
    if wrong > one.ac:
        for piece in batch[one.n :]:
            count.look(piece)
    bench.switch = switching.judged(bench.switch, one, wrong, agreed=True)


def most(hands: Sequence[float], *, reviews: float) -> float:
    """Wrong pieces per review for whoever knows every hand's share and looks at the worst hands only.

    `reviews` is the share of all work that is looked at. No plan can find more with as many reviews.
    """
    left, found = reviews * len(hands), 0.0
    for wrong in sorted(hands, reverse=True):
        found += wrong * min(1.0, max(0.0, left)) * SEES
        left -= 1
    return found / (reviews * len(hands)) if reviews else 0.0
