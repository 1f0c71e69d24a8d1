"""Where judges of the same pieces part: by criterion, who saw it how often, and in how many (pure)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

Judged = Mapping[int, Collection[str]]  # the codes that each judge named of one piece


@dataclass(frozen=True, slots=True)
class Spread:
    """One criterion over the pieces of a round.

    `seen` tells for each judge in how many pieces they saw it, `apart` in how many some did and some did not,
    `of` how many were judged by two or more.
    """

    code: str
    seen: Mapping[int, int]
    apart: int
    of: int


def of_criteria(pieces: Sequence[Judged]) -> tuple[Spread, ...]:
    """Every criterion that anybody named, the one they part about most often first."""
    judges = sorted({judge for piece in pieces for judge in piece})
    codes = sorted({code for piece in pieces for named in piece.values() for code in named})
    shared = [piece for piece in pieces if len(piece) > 1]
    found = [
        Spread(
            code,
            {judge: sum(code in piece.get(judge, ()) for piece in pieces) for judge in judges},
            sum(len({code in named for named in piece.values()}) > 1 for piece in shared),
            len(shared),
        )
        for code in codes
    ]
    return tuple(sorted(found, key=lambda one: (-one.apart, one.code)))
