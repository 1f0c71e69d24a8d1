"""A partner's scorecard: shares weighed to 100, silent where too little is known, with a band (pure).

Somebody without a history scores nothing, neither full marks nor none: what is not known is left out and the
other weights count for more; below half of the weight nothing is said at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from base.shares import Share

QUALITY, PROMISES, ESCAPES, GOODS = "quality", "promises", "escapes", "goods"
CRITERIA = (QUALITY, PROMISES, ESCAPES, GOODS)
WEIGHTS = {QUALITY: 40, PROMISES: 30, ESCAPES: 20, GOODS: 10}
FULL, HALF = 100, 50
PPM = 1_000_000
UNKNOWN = -1  # where a figure that is sorted by says nothing

#: From how many points on: the bands cover 0 to 100 without a gap.
BANDS = ((0, "low"), (60, "fair"), (80, "good"))
SILENT, GONE = "unknown", "gone"
NAMES = ("good", "fair", "low", SILENT, GONE)
WARNING = frozenset({"low"})


@dataclass(frozen=True, slots=True)
class Figures:
    """What a partner came to in a span, as counts."""

    accepted: int = 0
    won: int = 0
    inspected: int = 0
    passed: int = 0
    handed_in: int = 0
    in_time: int = 0
    seconds: int = 0
    lines: int = 0
    escapes: int = 0
    booked: int = 0  # units the book held at counts of the partner's home
    off: int = 0  # units found more or fewer

    def shares(self) -> Mapping[str, Share]:
        """Each criterion as a share of what was well."""
        return {
            QUALITY: _share(self.passed, self.inspected),
            PROMISES: _share(self.in_time, self.handed_in),
            ESCAPES: _share(self.lines - self.escapes, self.lines),
            GOODS: _share(self.booked - self.off, self.booked),
        }


def _share(hits: int, n: int) -> Share:
    return Share(min(max(0, hits), n), n)


def adds_up(weights: Mapping[str, int]) -> bool:
    """Whether every criterion has a weight from 0 on, and they come to 100 together."""
    whole = all(weights.get(name, -1) >= 0 for name in CRITERIA)
    return whole and set(weights) == set(CRITERIA) and sum(weights.values()) == FULL


def score(shares: Mapping[str, Share], weights: Mapping[str, int]) -> int | None:
    """Points from 0 to 100; none where less than half of the weight is known."""
    known = {name: weights[name] for name in CRITERIA if shares[name].enough and weights[name]}
    weight = sum(known.values())
    if weight < HALF:
        return None
    return round(sum(FULL * shares[name].value * part for name, part in known.items()) / weight)


def band(points: int | None) -> str:
    """What points stand for."""
    if points is None:
        return SILENT
    return next(name for least, name in reversed(BANDS) if points >= least)


def ppm(share: Share) -> int:
    """A share as a number to sort by; UNKNOWN where there are too few."""
    return round(share.value * PPM) if share.enough else UNKNOWN
