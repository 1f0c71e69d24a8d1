"""The life of a task as a table: a missing row is a refusal; checks, diagram and buttons derive from it."""

from collections.abc import Iterable

OPEN, CLAIMED, SUBMITTED, INSPECTION = "open", "claimed", "submitted", "inspection"
REWORK, ACCEPTED, REJECTED, CANCELLED = "rework", "accepted", "rejected", "cancelled"
STATES = (OPEN, CLAIMED, SUBMITTED, INSPECTION, REWORK, ACCEPTED, REJECTED, CANCELLED)

CLAIM, ASSIGN, RELEASE, EXPIRE, SUBMIT = "claim", "assign", "release", "expire", "submit"
SAMPLE, ACCEPT, SEND_BACK, REJECT, CANCEL = "sample", "accept", "send_back", "reject", "cancel"
LAPSE, OVERTURN = "lapse", "overturn"  # nobody judged it in time; a second reviewer judged otherwise

# fmt: off
STEPS = (
    # from        step       to           who
    (OPEN,        CLAIM,     CLAIMED,     "partner"),
    (OPEN,        ASSIGN,    CLAIMED,     "owner"),
    (OPEN,        CANCEL,    CANCELLED,   "owner"),
    (CLAIMED,     RELEASE,   OPEN,        "partner"),
    (CLAIMED,     EXPIRE,    OPEN,        "clock"),
    (CLAIMED,     SUBMIT,    SUBMITTED,   "partner"),
    (CLAIMED,     CANCEL,    CANCELLED,   "owner"),
    (SUBMITTED,   SAMPLE,    INSPECTION,  "house"),
    (SUBMITTED,   ACCEPT,    ACCEPTED,    "house"),
    (INSPECTION,  ACCEPT,    ACCEPTED,    "reviewer"),
    (INSPECTION,  SEND_BACK, REWORK,      "reviewer"),
    (INSPECTION,  REJECT,    REJECTED,    "reviewer"),
    (INSPECTION,  LAPSE,     ACCEPTED,    "clock"),
    (REWORK,      SUBMIT,    INSPECTION,  "partner"),
    (REWORK,      RELEASE,   REJECTED,    "partner"),
    (REWORK,      EXPIRE,    REJECTED,    "clock"),
    (REWORK,      OVERTURN,  ACCEPTED,    "reviewer"),
    (REJECTED,    OVERTURN,  ACCEPTED,    "reviewer"),
)
# fmt: on

HELD = (CLAIMED, REWORK)
ENDED = (ACCEPTED, REJECTED, CANCELLED)
UNDONE = (REJECTED, CANCELLED)  # ended without an answer that counts
TO = {(start, step): end for start, step, end, _ in STEPS}
WHO = {(start, step): who for start, step, _, who in STEPS}


def after(state: str, step: str) -> str | None:
    """Where a step leads from a state; None when the table has no such row."""
    return TO.get((state, step))


def steps_from(state: str, *, who: str) -> list[str]:
    """The steps a person of this kind may take from a state: the buttons of a page."""
    return [step for start, step, _, actor in STEPS if start == state and actor == who]


def quoted(states: Iterable[str]) -> str:
    """States as SQL text, for CHECK constraints and partial indexes."""
    return ", ".join(f"'{state}'" for state in states)


def diagram() -> str:
    """The table as a Mermaid state diagram, for ARCHITECTURE.md."""
    lines = ["stateDiagram-v2", f"    [*] --> {OPEN}"]
    lines += [f"    {start} --> {end}: {step} ({who})" for start, step, end, who in STEPS]
    lines += [f"    {state} --> [*]" for state in ENDED]
    return "\n".join(lines)
