"""The standing of a partner's card as a table: a missing row is a refusal; buttons derive from it."""

ACTIVE, PAUSED, LEFT = "active", "paused", "left"
STATES = (ACTIVE, PAUSED, LEFT)

JOIN, PAUSE, ACTIVATE, LEAVE = "join", "pause", "activate", "leave"

# fmt: off
STEPS = (
    # from    step      to       who
    (LEFT,    JOIN,     ACTIVE,  "house"),
    (ACTIVE,  PAUSE,    PAUSED,  "owner"),
    (PAUSED,  ACTIVATE, ACTIVE,  "owner"),
    (ACTIVE,  LEAVE,    LEFT,    "house"),
    (PAUSED,  LEAVE,    LEFT,    "house"),
)
# fmt: on

TO = {(start, step): end for start, step, end, _ in STEPS}


def after(state: str, step: str) -> str | None:
    """Where a step leads from a state; None when the table has no such row."""
    return TO.get((state, step))


def steps_from(state: str, *, who: str) -> list[str]:
    """The steps a person of this kind may take from a state: the buttons of a page."""
    return [step for start, step, _, actor in STEPS if start == state and actor == who]
