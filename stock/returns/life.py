"""The life of a return as a table: rows are the only moves; and what may be said of its units (pure)."""

from collections.abc import Mapping

ASKED, QUARANTINE, REPAIR, CLOSED, WITHDRAWN = "asked", "quarantine", "repair", "closed", "withdrawn"
STATES = (ASKED, QUARANTINE, REPAIR, CLOSED, WITHDRAWN)
ARRIVE, WITHDRAW, REVIVE = "arrive", "withdraw", "revive"
SORT, SET_ASIDE, MEND = "sort", "set_aside", "mend"

# fmt: off
STEPS = (
    # from       step        to           who
    (ASKED,      ARRIVE,     QUARANTINE,  "owner"),
    (ASKED,      WITHDRAW,   WITHDRAWN,   "owner"),      # it does not come
    (WITHDRAWN,  REVIVE,     ASKED,       "house"),      # its claim is open again
    (QUARANTINE, SORT,       CLOSED,      "inspector"),  # every unit is sold again or written off
    (QUARANTINE, SET_ASIDE,  REPAIR,      "inspector"),  # some are to be mended first
    (REPAIR,     MEND,       CLOSED,      "owner"),
)
# fmt: on

LIVE = (ASKED, QUARANTINE, REPAIR)  # somebody has to do something
HERE = (QUARANTINE, REPAIR)  # units lie apart
#: What becomes of a unit: back on the shelf, mended first, written off.
GOOD, MENDING, SCRAP = FATES = "good", "mending", "scrap"
#: Claims in which goods are to come back.
WISHES = ("return", "exchange")


def end(state: str, step: str) -> str | None:
    """Where a step leads from a state; None where it cannot be taken."""
    return next((to for start, name, to, _ in STEPS if (start, name) == (state, step)), None)


def steps_from(state: str) -> list[str]:
    """The steps that lead on from a state: what a page offers."""
    return [step for start, step, _, _ in STEPS if start == state]


def wrong(fates: Mapping[str, int], units: int) -> str:
    """Why units cannot be sorted so: below zero, or not as many as there are; "" where they can."""
    if min(fates.values()) < 0:
        return "units"
    return "" if sum(fates.values()) == units else "sum"


def sorted_by(mending: int) -> str:
    """The step that an inspection is: goods that are mended first wait for it."""
    return SET_ASIDE if mending else SORT


def room(shipped: int, returned: int) -> int:
    """Units of a line that may still come back: never more than left."""
    return max(0, shipped - returned)
