"""Single sampling of batches after ISO 2859-1:1999, general inspection level II, AQL 0.65 to 10.

Not verified against the text of the standard. Normal and tightened plans were compared with the R package
AQLSchemes 1.7-2 (MIL-STD-105E): every cell but tightened A at AQL 10, where the sources disagree. Of the
reduced plans the sizes agree with that package; the acceptance numbers come from a transcription of the
identical GB/T 2828.1-2012 that was checked against a scan. Look at Table 2-C of the standard before you
claim conformance. The standard says lot; a Lot here is goods received together, so this says batch.
"""

from dataclasses import dataclass
from math import comb

NORMAL, TIGHTENED, REDUCED = "normal", "tightened", "reduced"
SEVERITIES = (NORMAL, TIGHTENED, REDUCED)
LETTERS = "ABCDEFGHJKLMNPQR"
AQLS = ("0.65", "1.0", "1.5", "2.5", "4.0", "6.5", "10")
_FIRST = 9  # the place of 0.65 in the standard's row of AQLs, which begins at 0.010
_ENDS = (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000)
_N = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000)
_SIZES = {NORMAL: _N, TIGHTENED: (*_N, 3150), REDUCED: (2, 2, *_N[:14])}
#: Acceptance numbers by the diagonal: the letter's place and the AQL's, added.
_AC = {
    NORMAL: {14: 0, 17: 1, 18: 2, 19: 3, 20: 5, 21: 7, 22: 10, 23: 14, 24: 21},
    TIGHTENED: {15: 0, 18: 1, 19: 2, 20: 3, 21: 5, 22: 8, 23: 12, 24: 18},
    REDUCED: {14: 0, 18: 1, 19: 2, 20: 3, 21: 5, 22: 6, 23: 8, 24: 10},
}


@dataclass(frozen=True, slots=True)
class Single:
    """One sample of n; the batch passes with up to `ac` wrong pieces in it. `letter` is the final one."""

    letter: str
    n: int
    ac: int

    @property
    def re(self) -> int:
        """From how many wrong pieces on the batch fails."""
        return self.ac + 1


def letter(size: int) -> str:
    """The code letter of a batch of this size. Raises ValueError below two."""
    if size < 2:
        raise ValueError("size: a batch has two pieces or more")
    return LETTERS[sum(size > end for end in _ENDS)]


def table(severity: str, code: str, aql: str) -> Single:
    """The cell of a table, its arrows followed: they lead to another letter, so to another n as well.

    Raises ValueError for an unknown letter or AQL, KeyError for an unknown severity.
    """
    ac, sizes = _AC[severity], _SIZES[severity]
    i, j = LETTERS.index(code), AQLS.index(aql) + _FIRST
    zero, last = min(ac), max(ac)
    k = min(max(i + j, zero), last)
    if k not in ac:  # an arrow between the plans of 0 and of 1
        up, down = zero, min(known for known in ac if known > k)
        first, second = (up, down) if severity != TIGHTENED and k == zero + 1 else (down, up)
        k = first if 0 <= first - j < len(sizes) else second
    return Single((LETTERS + "S")[k - j], sizes[k - j], ac[k])


def single(size: int, *, aql: str, severity: str = NORMAL) -> Single:
    """The plan of a batch: the table's, and never more pieces than it has; then all of it is inspected.

    A batch of one piece is inspected, and passes when it is right.
    """
    if size == 1:
        return Single(LETTERS[0], 1, 0)
    found = table(severity, letter(size), aql)
    return Single(found.letter, min(found.n, size), found.ac)


def accepts(plan: Single, p: float) -> float:
    """Pa, the chance that a long row of work with the share p of wrong pieces passes: the plan's operating
    characteristic, by the binomial distribution.
    """
    q = 1 - p
    return min(1.0, sum(comb(plan.n, d) * p**d * q ** (plan.n - d) for d in range(min(plan.ac, plan.n) + 1)))
