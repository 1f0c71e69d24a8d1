"""What hands said of things, as numbers that an estimate can run over quickly."""

from collections.abc import Hashable, Iterable, Mapping, Sequence

Vector = list[float]
Said = tuple[Hashable, Hashable, str]  # thing, hand, answer


class Board:
    """The answers as numbers. A *saying* is a hand with a label; a *case* is all that was said of a thing.

    Things of which the same hands said the same are one case, counted as often as there are such things.
    """

    def __init__(self, answers: Iterable[Said], gold: Mapping[Hashable, str]) -> None:
        rows = sorted(answers, key=repr)
        self.labels = sorted({label for _t, _h, label in rows} | set(gold.values()))
        self.hands = list(dict.fromkeys(hand for _t, hand, _l in rows))
        self.k = len(self.labels)
        place = {label: at for at, label in enumerate(self.labels)}
        hand_at = {hand: at * self.k for at, hand in enumerate(self.hands)}
        said: dict[Hashable, list[int]] = {}
        for thing, hand, label in rows:
            said.setdefault(thing, []).append(hand_at[hand] + place[label])
        cases: dict[tuple[tuple[int, ...], str | None], list[Hashable]] = {}
        for thing, sayings in said.items():
            cases.setdefault((tuple(sayings), gold.get(thing)), []).append(thing)
        self.case_of = {thing: at for at, things in enumerate(cases.values()) for thing in things}
        self.times = [len(things) for things in cases.values()]
        self.sayings_of = [sayings for sayings, _gold in cases]
        self.gold = {at: place[known] for at, (_s, known) in enumerate(cases) if known is not None}
        self.cases_of: list[list[int]] = [[] for _ in range(len(self.hands) * self.k)]
        for at, heard in enumerate(self.sayings_of):
            for saying in heard:
                self.cases_of[saying].append(at)

    def shares(self) -> list[Vector]:
        """Where every estimate begins, and where majority ends: each answer's share of what was said."""
        found = []
        for sayings in self.sayings_of:
            share = [0.0] * self.k
            for saying in sayings:
                share[saying % self.k] += 1 / len(sayings)
            found.append(share)
        return self.clamped(found)

    def clamped(self, posteriors: list[Vector]) -> list[Vector]:
        """Gold stays what it is."""
        for case, truth in self.gold.items():
            posteriors[case] = [1.0 if at == truth else 0.0 for at in range(self.k)]
        return posteriors

    def weighted(self, posteriors: Sequence[Vector]) -> list[Vector]:
        """Each case as often as it was met."""
        pairs = zip(self.times, posteriors, strict=True)
        return [row if times == 1 else [times * cell for cell in row] for times, row in pairs]
