"""The life of a purchase as a table: ordered, arriving in parts, received, or cancelled (pure)."""

ORDERED, PARTLY, RECEIVED, CANCELLED = "ordered", "partly", "received", "cancelled"
STATES = (ORDERED, PARTLY, RECEIVED, CANCELLED)
LIVE = (ORDERED, PARTLY)
ARRIVE, COMPLETE, CLOSE, CANCEL = "arrive", "complete", "close", "cancel"

# fmt: off
STEPS = (
    # from     step      to          what
    (ORDERED,  ARRIVE,   PARTLY),    # some of it came
    (PARTLY,   ARRIVE,   PARTLY),
    (ORDERED,  COMPLETE, RECEIVED),  # all of it came
    (PARTLY,   COMPLETE, RECEIVED),
    (PARTLY,   CLOSE,    RECEIVED),  # the rest will not come
    (ORDERED,  CANCEL,   CANCELLED),
)
# fmt: on


def starts(step: str) -> list[str]:
    """The states a step may be taken from."""
    return [start for start, name, _ in STEPS if name == step]


def end(step: str) -> str:
    """The one state a step leads to."""
    (state,) = {to for _, name, to in STEPS if name == step}
    return state


def steps_from(state: str) -> list[str]:
    """The steps that are open from a state."""
    return [step for start, step, _ in STEPS if start == state]
