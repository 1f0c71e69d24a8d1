"""Consensus: what several hands said of the same things, weighed into one answer each with its confidence.

Three ways: majority; one-coin (one probability of being right for each hand); and the full model of Dawid and
Skene (1979), a table for each hand of what it says when the truth is so. The last two are estimated by EM.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import exp, hypot, log
from operator import sub
from typing import Literal

from tasks.kinds.tagging.sayings import Board, Said, Vector

Method = Literal["majority", "one_coin", "dawid_skene"]
METHODS: tuple[Method, ...] = ("majority", "one_coin", "dawid_skene")

FLOOR = 1e-10  # of a cell of a hand's table: nothing is impossible (the smoothing of the full model)
NEVER, ALWAYS = 0.001, 0.999  # between which a one-coin hand's probability of being right is kept
CLOSE = 1e-8  # by how much of itself the likelihood still changes when the estimate has converged
MOST_ROUNDS = 500


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is held to be true of a thing: the answer, and how likely it is; ties go to the first by name."""

    answer: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a method made of the answers.

    `priors` tell how frequent each answer is, `hands` how often each hand is right as far as the method
    knows; `tables`, of Dawid-Skene alone, how often each hand gives each answer under each truth.
    """

    method: Method
    labels: tuple[str, ...]
    posteriors: Mapping[Hashable, tuple[float, ...]]
    priors: tuple[float, ...]
    hands: Mapping[Hashable, float]
    tables: Mapping[Hashable, tuple[tuple[float, ...], ...]]
    log_likelihood: float
    rounds: int
    converged: bool

    def verdict(self, thing: Hashable) -> Verdict:
        """The likeliest answer. Raises KeyError for a thing of which nobody said anything."""
        shares = self.posteriors[thing]
        best = max(range(len(shares)), key=lambda at: shares[at])
        return Verdict(self.labels[best], shares[best])

    def verdicts(self) -> dict[Hashable, Verdict]:
        """The likeliest answer for everything."""
        return {thing: self.verdict(thing) for thing in self.posteriors}


def estimate(method: Method, answers: Iterable[Said], gold: Mapping[Hashable, str] | None = None) -> Estimate:
    """What `method` makes of the answers; what is known for sure (`gold`) is held fast while estimating.

    The same answers give the same estimate, in whatever order they come.
    """
    return _run(Board(answers, gold or {}), method)


@dataclass(frozen=True, slots=True)
class _Model:
    """Logarithms: how frequent each label is; for each saying, how likely it is heard under each truth."""

    priors: Vector
    heard: list[Vector]


#: For each saying, the probabilities of hearing it under each truth; a hand's sayings stand together.
Weigh = Callable[[Board, Sequence[Vector]], list[Vector]]


@dataclass(slots=True)
class _Course:
    """How an estimate went: the likelihood it came to, in how many rounds, and whether it rests there."""

    likelihood: float = 0.0
    rounds: int = 0
    converged: bool = False


def _run(board: Board, method: Method) -> Estimate:
    """EM from each answer's share until the likelihood rests, in leaps where a leap is no step back.

    Plain EM creeps where hands said little. Two steps of it tell where it is going; the leap there (SQUAREM,
    Varadhan and Roland 2008) is kept if the likelihood is not less for it.
    """
    posteriors, course = board.shares(), _Course()
    if method == "majority" or not board.times:
        return _estimate(board, method, posteriors, [], _Course(converged=True))
    weigh = WEIGH[method]
    model = _maximise(board, posteriors, weigh)
    while not course.converged and course.rounds < MOST_ROUNDS:
        posteriors, before = _expect(board, model)
        first = _maximise(board, posteriors, weigh)
        posteriors, course.likelihood = _expect(board, first)
        course.rounds += 2
        course.converged = abs(course.likelihood - before) <= CLOSE * abs(course.likelihood)
        if not course.converged:
            second = _maximise(board, posteriors, weigh)
            landed, there = _expect(board, _leap(board.k, model, first, second))
            course.rounds += 1
            model = _maximise(board, landed, weigh) if there >= course.likelihood else second
    return _estimate(board, method, posteriors, first.heard, course)


def _maximise(board: Board, posteriors: Sequence[Vector], weigh: Weigh) -> _Model:
    priors = [log(max(prior, FLOOR)) for prior in _priors(board, posteriors)]
    return _Model(priors, [[log(chance) for chance in row] for row in weigh(board, posteriors)])


def _leap(k: int, start: _Model, first: _Model, second: _Model) -> _Model:
    """Where two steps point to, made probabilities again: the farther, the less the second step turned."""
    at, one, two = ([*chain(model.priors, *model.heard)] for model in (start, first, second))
    step = [*map(sub, one, at)]
    turn = [*map(sub, map(sub, two, one), step)]
    bent = hypot(*turn)
    far = max(1.0, hypot(*step) / bent) if bent else 1.0
    on, curve = 2 * far, far * far
    flat = [place + on * by + curve * off for place, by, off in zip(at, step, turn, strict=True)]
    rows = [flat[begins : begins + k] for begins in range(0, len(flat), k)]
    priors, heard = rows[0], rows[1:]
    for begins in range(0, len(heard), k):
        heard[begins : begins + k] = _normal(heard[begins : begins + k])
    return _Model([row[0] for row in _normal([[prior] for prior in priors])], heard)


def _normal(rows: Sequence[Vector]) -> list[Vector]:
    """Logarithms moved so that each column's probabilities add up to one."""
    tops = [max(column) for column in zip(*rows, strict=True)]
    wholes = [
        top + log(sum(exp(cell - top) for cell in column))
        for top, column in zip(tops, zip(*rows, strict=True), strict=True)
    ]
    return [[cell - whole for cell, whole in zip(row, wholes, strict=True)] for row in rows]


def _priors(board: Board, posteriors: Sequence[Vector]) -> Vector:
    columns = zip(*board.weighted(posteriors), strict=True)
    return [sum(column) / sum(board.times) for column in columns]


def _dawid_skene(board: Board, posteriors: Sequence[Vector]) -> list[Vector]:
    """e_w[k][l], the share of l among what hand w said of things that are k; each cell at least FLOOR."""
    counts = _counts(board, posteriors)
    k = board.k
    for first in range(0, len(counts), k):
        table = [[max(cell, FLOOR) for cell in counts[first + label]] for label in range(k)]
        totals = [sum(column) for column in zip(*table, strict=True)]
        counts[first : first + k] = [
            [cell / total for cell, total in zip(row, totals, strict=True)] for row in table
        ]
    return counts


def _one_coin(board: Board, posteriors: Sequence[Vector]) -> list[Vector]:
    """a_w, the share of hand w's answers that are right; the rest is spread evenly over the other labels."""
    k, heard = board.k, list[Vector]()
    for share in _right(board, posteriors):
        right = min(max(share, NEVER), ALWAYS)
        wrong = (1 - right) / max(k - 1, 1)
        heard += [[right if truth == label else wrong for truth in range(k)] for label in range(k)]
    return heard


def _right(board: Board, posteriors: Sequence[Vector]) -> list[float]:
    """For each hand, the share of its answers that are held to be right."""
    counts, k = _counts(board, posteriors), board.k
    return [
        sum(counts[first + label][label] for label in range(k)) / sum(map(sum, counts[first : first + k]))
        for first in range(0, len(counts), max(k, 1))
    ]


def _counts(board: Board, posteriors: Sequence[Vector]) -> list[Vector]:
    """For each saying, how much of what it was said of is held to be each label."""
    nothing, pick = [0.0] * board.k, board.weighted(posteriors).__getitem__
    return [
        list(map(sum, zip(*map(pick, cases), strict=True))) if cases else nothing for cases in board.cases_of
    ]


def _expect(board: Board, model: _Model) -> tuple[list[Vector], float]:
    """What each case is held to be by all that was said of it; and the log-likelihood of all things."""
    begin, pick = model.priors, model.heard.__getitem__
    posteriors, likelihood = list[Vector](), 0.0
    for times, sayings in zip(board.times, board.sayings_of, strict=True):
        weights = list(map(sum, zip(begin, *map(pick, sayings), strict=True)))
        top = max(weights)
        parts = [exp(weight - top) for weight in weights]
        whole = sum(parts)
        likelihood += times * (top + log(whole))
        posteriors.append([part / whole for part in parts])
    return board.clamped(posteriors), likelihood


WEIGH: Mapping[Method, Weigh] = {"one_coin": _one_coin, "dawid_skene": _dawid_skene}


def _estimate(
    board: Board, method: Method, posteriors: list[Vector], heard: list[Vector], course: "_Course"
) -> Estimate:
    full = method == "dawid_skene" and board.times
    shares = [tuple(row) for row in posteriors]
    return Estimate(
        method=method,
        labels=tuple(board.labels),
        posteriors={thing: shares[case] for thing, case in board.case_of.items()},
        priors=tuple(_priors(board, posteriors)),
        hands=dict(zip(board.hands, _right(board, posteriors), strict=True)),
        tables={hand: _table(board, heard, at) for at, hand in enumerate(board.hands)} if full else {},
        log_likelihood=course.likelihood,
        rounds=course.rounds,
        converged=course.converged,
    )


def _table(board: Board, heard: Sequence[Vector], hand: int) -> tuple[tuple[float, ...], ...]:
    rows = heard[hand * board.k : (hand + 1) * board.k]
    return tuple(tuple(exp(cell) for cell in column) for column in zip(*rows, strict=True))
