"""The way of a leaving as a table, and until when what is personal is kept (pure).

What is personal is kept for its purpose alone: until the last pay is closed, and then so long that somebody
can still ask about it. What the law wants kept lies apart, sealed: names on pay for five years after the
year's tax return was due (국세기본법 제85조의3, 제26조의2; 소득세법 제70조: the end of May of the next year).
That five years begin at the end of May is read cautiously, for the latest of the returns that may be meant.
"""

from datetime import date, datetime, timedelta

ASKED, WITHDRAWN, ENDED = "asked", "withdrawn", "ended"
STATES = (ASKED, WITHDRAWN, ENDED)
WITHDRAW, END = "withdraw", "end"

# fmt: off
STEPS = (
    # from    step        to          who
    (ASKED,   WITHDRAW,   WITHDRAWN,  "asker"),
    (ASKED,   END,        ENDED,      "partner or owner"),
)
# fmt: on
TO = {(start, step): end for start, step, end, _ in STEPS}

#: Why somebody leaves, if they want to say: `leaving.why.<code>`. Nobody need say anything.
WHYS = ("", "time", "other_work", "moving", "pay", "no_work", "other")
ASKABLE = timedelta(days=30)  # after the last pay was closed, in which what is wrong can still be put right
YEARS = 5


def after(state: str, step: str) -> str | None:
    """Where a step leads from a state; None when the table has no such row."""
    return TO.get((state, step))


def forget_from(ended_at: datetime, *, waits: bool, last_closed: datetime | None) -> datetime | None:
    """From when on nobody needs what is personal; none while pay or work of theirs still waits."""
    if waits:
        return None
    return max(ended_at, last_closed or ended_at) + ASKABLE


def held_until(last_paid: int | None) -> date | None:
    """The last day on which names on pay of a last year are kept; none where nothing was ever paid."""
    return date(last_paid + 1 + YEARS, 5, 31) if last_paid else None
