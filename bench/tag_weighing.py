"""What weighing many answers takes, by each method."""

import random
import time
from dataclasses import dataclass

from tasks.kinds.tagging.consensus import METHODS, estimate

SEED = 7


@dataclass(frozen=True, slots=True)
class Weighed:
    """Thirty thousand answers weighed: the processor's seconds, and how many rounds it took."""

    method: str
    answers: int
    cpu_s: float
    rounds: int


def weighing(answers: int = 30_000) -> list[Weighed]:
    """What weighing so many answers of a hundred hands about four labels takes, three to a thing."""
    dice = random.Random(SEED)  # noqa: S311 (made-up answers, no secret)
    accuracies = [dice.uniform(0.5, 0.95) for _ in range(100)]
    said = []
    for thing in range(answers // 3):
        true = dice.randrange(4)
        for hand in dice.sample(range(100), 3):
            right = dice.random() < accuracies[hand]
            said.append((thing, hand, str(true if right else (true + dice.randrange(1, 4)) % 4)))
    found = []
    for method in METHODS:
        began = time.process_time()
        made = estimate(method, said)
        found.append(Weighed(method, len(said), time.process_time() - began, made.rounds))
    return found
