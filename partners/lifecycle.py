"""The way of a partner through a shop as a table: a missing row is a refusal; buttons derive from it.

An application carries the first two states, the partner's card all from `checking` on: a card opens only with
an account behind it, and whoever was invited by name has no application.
"""

APPLIED, CHECKING, AGREED, TRAINING, SAMPLE = "applied", "checking", "agreed", "training", "sample"
PILOT, ACTIVE, PAUSED, LEFT = "pilot", "active", "paused", "left"
STATES = (APPLIED, CHECKING, AGREED, TRAINING, SAMPLE, PILOT, ACTIVE, PAUSED, LEFT)
OF_APPLICATIONS = (APPLIED, CHECKING, LEFT)
OF_CARDS = STATES[1:]
WORKING = (PILOT, ACTIVE)  # who takes work: in a pilot less at once, and all of it is looked at

JOIN, PAUSE, ACTIVATE, LEAVE = "join", "pause", "activate", "leave"
LOOK, REFUSE, WITHDRAW, AGREE = "look", "refuse", "withdraw", "agree"
TEACH, TRY_OUT, ACCOMPANY, RELEASE = "teach", "try_out", "accompany", "release"

# fmt: off
STEPS = (
    # from      step        to         who
    (APPLIED,   LOOK,       CHECKING,  "owner"),
    (APPLIED,   REFUSE,     LEFT,      "owner"),
    (APPLIED,   WITHDRAW,   LEFT,      "applicant"),
    (CHECKING,  REFUSE,     LEFT,      "owner"),
    (CHECKING,  WITHDRAW,   LEFT,      "applicant"),
    (CHECKING,  AGREE,      AGREED,    "house"),
    (AGREED,    TEACH,      TRAINING,  "house"),
    (TRAINING,  TRY_OUT,    SAMPLE,    "house"),
    (SAMPLE,    ACCOMPANY,  PILOT,     "house"),
    (PILOT,     RELEASE,    ACTIVE,    "house"),
    (ACTIVE,    PAUSE,      PAUSED,    "owner"),
    (PAUSED,    ACTIVATE,   ACTIVE,    "owner"),
    *((state,   LEAVE,      LEFT,      "house") for state in OF_CARDS if state != LEFT),
    (LEFT,      JOIN,       CHECKING,  "house"),
)
# fmt: on

TO = {(start, step): end for start, step, end, _ in STEPS}
#: What must be done before the house takes the step out of a state: a room that is not there asks nothing.
ASKED = {CHECKING: "agreement", TRAINING: "training", SAMPLE: "sample", PILOT: "pilot"}
AHEAD = {CHECKING: AGREE, AGREED: TEACH, TRAINING: TRY_OUT, SAMPLE: ACCOMPANY, PILOT: RELEASE}


def after(state: str, step: str) -> str | None:
    """Where a step leads from a state; None when the table has no such row."""
    return TO.get((state, step))


def steps_from(state: str, *, who: str) -> list[str]:
    """The steps a person of this kind may take from a state: the buttons of a page."""
    return [step for start, step, _, actor in STEPS if start == state and actor == who]


def way_on(state: str, *, asked: frozenset[str]) -> tuple[str, ...]:
    """The states the house leads a card through from here, up to the first that still asks something."""
    passed: list[str] = []
    while state in AHEAD and ASKED.get(state) not in asked:
        state = TO[state, AHEAD[state]]
        passed.append(state)
    return tuple(passed)
