"""What is played, and what came of it: values only."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from qa.rehearsal.characters import Hand

ORDERS_A_DAY = 12  # for each partner, who could pack more


@dataclass(frozen=True, slots=True)
class Script:
    """How many days from when, by which seed, with how many partners, how they work, and orders a day."""

    days: int
    seed: int
    partners: int = 3
    begins: datetime | None = None
    hands: tuple[Hand, ...] = ()
    orders_a_day: int | None = None

    @property
    def orders(self) -> int:
        return ORDERS_A_DAY * self.partners if self.orders_a_day is None else self.orders_a_day


@dataclass(frozen=True, slots=True)
class Summary:
    """What was played: acts by name, how the shop stands afterwards, and how long it took in real seconds."""

    begins: datetime
    ends: datetime
    acts: int
    seconds: float
    did: Mapping[str, int]
    stands: Mapping[str, int]

    @property
    def rate(self) -> float:
        """Acts a real second."""
        return self.acts / self.seconds if self.seconds else 0.0

    @property
    def digest(self) -> str:
        """The same play on the same shop has the same digest, however fast it ran."""
        told = {"acts": self.acts, "did": dict(self.did), "stands": dict(self.stands)}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
