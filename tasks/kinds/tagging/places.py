"""Places that several hands showed on a picture: which of them are one, and where it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import hypot
from statistics import median

from tasks.kinds.tagging.saying import Mark, Place

SAME_BOX = 0.5  # of intersection over union, above which two boxes show one thing
SAME_POINT = 50  # thousandths between two points that show one thing


@dataclass(frozen=True, slots=True)
class Seen:
    """A place that so many hands showed; where it is, is the median of what they showed."""

    tag: str
    at: Place
    hands: int


@dataclass(slots=True)
class _Cluster:
    tag: str
    places: list[Place] = field(default_factory=list)
    hands: set[int] = field(default_factory=set)

    @property
    def at(self) -> Place:
        return tuple(round(median(side)) for side in zip(*self.places, strict=True))


def overlap(one: Place, other: Place) -> float:
    """Intersection over union of two boxes."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    both = max(width, 0) * max(height, 0)
    return both / (one[2] * one[3] + other[2] * other[3] - both)


def alike(one: Place, other: Place) -> float:
    """How near two places are, from 0 to 1; half and more is the same."""
    if len(one) == 4:
        return overlap(one, other) / (2 * SAME_BOX)
    return max(0.0, 1 - hypot(one[0] - other[0], one[1] - other[1]) / (2 * SAME_POINT))


def together(shown: Sequence[tuple[int, Mark]]) -> list[Seen]:
    """The places that hands showed, each hand once a place, most hands first."""
    clusters: list[_Cluster] = []
    for hand, mark in sorted(shown, key=lambda one: (one[1].tag, one[1].at, one[0])):
        near = [
            c for c in clusters if c.tag == mark.tag and hand not in c.hands and alike(c.at, mark.at) >= 0.5
        ]
        if near:
            best = max(near, key=lambda cluster: alike(cluster.at, mark.at))
        else:
            clusters.append(best := _Cluster(mark.tag))
        best.places.append(mark.at)
        best.hands.add(hand)
    found = [Seen(one.tag, one.at, len(one.hands)) for one in clusters]
    return sorted(found, key=lambda one: (-one.hands, one.tag, one.at))
