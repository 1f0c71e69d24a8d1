"""The life of a count line: blind, once more where it differs, a second person where it is dear (pure)."""

from collections.abc import Sequence
from decimal import Decimal

DUE, AGAIN, WAITING, COUNTED, DROPPED = "due", "again", "waiting", "counted", "dropped"
STATES = (DUE, AGAIN, WAITING, COUNTED, DROPPED)
OPEN = (DUE, AGAIN)  # somebody has to count
LIVE = (*OPEN, WAITING)

TELL, BOOK, ASK, ALLOW, SEND_BACK, DROP = "tell", "book", "ask", "allow", "send_back", "drop"
# fmt: off
STEPS = (
    # from     step       to         who
    (DUE,      TELL,      AGAIN,     "counter"),  # it differs: count once more
    (AGAIN,    TELL,      AGAIN,     "counter"),  # it differs again, and in another way
    (DUE,      BOOK,      COUNTED,   "counter"),  # it agrees
    (AGAIN,    BOOK,      COUNTED,   "counter"),  # it agrees after all, or differs twice by the same few
    (AGAIN,    ASK,       WAITING,   "counter"),  # it differs by much, or never twice the same
    (WAITING,  ALLOW,     COUNTED,   "owner"),    # another person says that it is so
    (WAITING,  SEND_BACK, AGAIN,     "owner"),
    (DUE,      DROP,      DROPPED,   "owner"),
    (AGAIN,    DROP,      DROPPED,   "owner"),
    (WAITING,  DROP,      DROPPED,   "owner"),
)
# fmt: on
MOST_TRIES = 3

#: Why book and goods differ, as the owner says it.
CAUSES = ("damaged", "lost", "not_booked_in", "not_booked_out", "mixed_up", "miscounted", "unknown")


def end(state: str, step: str) -> str | None:
    """Where a step leads from a state; None where it cannot be taken."""
    return next((to for start, name, to, _ in STEPS if (start, name) == (state, step)), None)


def starts(step: str) -> list[str]:
    """The states a step may be taken from."""
    return [start for start, name, _, _ in STEPS if name == step]


def next_step(variances: Sequence[int], *, price: Decimal | None, limit: int) -> str:
    """What follows a blind entry, given the variances of all entries so far.

    An entry that agrees is booked. One that differs is asked for again, because a person counts wrong
    oftener than goods go astray; seen twice the same, it is booked where it is worth less than `limit` won
    at this price, else another person looks at it. What is never twice the same in three entries waits too.
    """
    last = variances[-1]
    if last == 0:
        return BOOK
    if last in variances[:-1]:
        return ASK if dear(last, price, limit) else BOOK
    return ASK if len(variances) >= MOST_TRIES else TELL


def dear(variance: int, price: Decimal | None, limit: int) -> bool:
    """Whether a variance needs a second person: worth the limit or more, or of no known price."""
    return variance != 0 and (price is None or abs(variance) * price >= limit)
