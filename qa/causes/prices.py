"""What quality costs, in won: looking, mending, and what slipped through (pure)."""

from dataclasses import dataclass

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Rates:
    """What the owner says things cost: an hour of looking, and one piece that goes back, in won."""

    hour: int = 0
    piece: int = 0

    @property
    def known(self) -> bool:
        return bool(self.hour and self.piece)


@dataclass(frozen=True, slots=True)
class Work:
    """Seconds of looking at first rounds and at later ones, pieces that went back, won paid for claims."""

    first_s: int
    again_s: int
    returned: int
    claims: int


@dataclass(frozen=True, slots=True)
class Cost:
    """Won for looking, for mending and for what slipped through."""

    inspection: int
    rework: int
    escape: int

    @property
    def total(self) -> int:
        return self.inspection + self.rework + self.escape


def cost(work: Work, rates: Rates) -> Cost:
    """First looks by the hour; pieces that went back at their rate, with second looks; claims as paid."""
    looking = work.first_s * rates.hour / HOUR
    mending = work.returned * rates.piece + work.again_s * rates.hour / HOUR
    return Cost(round(looking), round(mending), work.claims)
