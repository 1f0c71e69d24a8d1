"""The life of an order as a table: a missing row is a refusal; checks, diagram and buttons derive from it."""

from collections.abc import Iterable

HELD, SHORT, READY, SHIPPED, CANCELLED = "held", "short", "ready", "shipped", "cancelled"
STATES = (HELD, SHORT, READY, SHIPPED, CANCELLED)

HOLD, PASS, FILL, SHIP, CANCEL = "hold", "pass", "fill", "ship", "cancel"

# fmt: off
STEPS = (
    # from    step     to          who
    (SHORT,   HOLD,    HELD,       "house"),  # something about it is odd
    (HELD,    PASS,    SHORT,      "owner"),
    (HELD,    CANCEL,  CANCELLED,  "owner"),
    (SHORT,   FILL,    READY,      "house"),
    (SHORT,   CANCEL,  CANCELLED,  "owner"),
    (READY,   SHIP,    SHIPPED,    "house"),
    (READY,   CANCEL,  CANCELLED,  "owner"),
)
# fmt: on

WAITING = (HELD, SHORT, READY)
ENDED = (SHIPPED, CANCELLED)
TO = {(start, step): end for start, step, end, _ in STEPS}


def after(state: str, step: str) -> str | None:
    """Where a step leads from a state; None when the table has no such row."""
    return TO.get((state, step))


def starts(step: str) -> list[str]:
    """The states a step may be taken from."""
    return [start for start, name, _, _ in STEPS if name == step]


def end(step: str) -> str:
    """The one state a step leads to."""
    (state,) = {to for _, name, to, _ in STEPS if name == step}
    return state


def steps_from(state: str, *, who: str) -> list[str]:
    """The steps a person of this kind may take from a state: the buttons of a page."""
    return [step for start, step, _, actor in STEPS if start == state and actor == who]


def quoted(states: Iterable[str]) -> str:
    """States as SQL text, for CHECK constraints."""
    return ", ".join(f"'{state}'" for state in states)


def diagram() -> str:
    """The table as a Mermaid state diagram, for ARCHITECTURE.md."""
    lines = ["stateDiagram-v2", f"    [*] --> {SHORT}"]
    lines += [f"    {start} --> {to}: {step} ({who})" for start, step, to, who in STEPS]
    lines += [f"    {state} --> [*]" for state in ENDED]
    return "\n".join(lines)
