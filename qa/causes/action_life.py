"""The life of a corrective action as a table: planned, done, then judged by what the data say (pure)."""

OPEN, DONE, PROVEN, DROPPED = "open", "done", "proven", "dropped"
STATES = (OPEN, DONE, PROVEN, DROPPED)
FINISH, PROVE, REOPEN, DROP = "finish", "prove", "reopen", "drop"

# fmt: off
STEPS = (
    # from   step     to        who
    (OPEN,   FINISH,  DONE,     "owner"),
    (DONE,   PROVE,   PROVEN,   "house"),   # the data say that it helped
    (DONE,   REOPEN,  OPEN,     "house"),   # the data say that it did not
    (DONE,   REOPEN,  OPEN,     "owner"),
    (PROVEN, REOPEN,  OPEN,     "owner"),
    (OPEN,   DROP,    DROPPED,  "owner"),
    (DONE,   DROP,    DROPPED,  "owner"),
)
# fmt: on
LIVE = (OPEN, DONE)

#: Where it leads: teaching people, changing the procedure, talking to the supplier, or something else.
WAYS = ("training", "sop", "supplier", "other")


def starts(step: str) -> list[str]:
    """The states a step may be taken from."""
    return list(dict.fromkeys(start for start, name, _, _ in STEPS if name == step))


def end(step: str) -> str:
    """The one state a step leads to."""
    (state,) = {to for _, name, to, _ in STEPS if name == step}
    return state


def steps_from(state: str, *, who: str) -> list[str]:
    """The steps that somebody may take from a state."""
    return [step for start, step, _, actor in STEPS if start == state and actor == who]
