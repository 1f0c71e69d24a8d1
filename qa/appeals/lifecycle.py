"""The life of an appeal as a table, who may take which step, and what an outcome does to the work (pure)."""

from dataclasses import dataclass

from qa.scoring import ACCEPT, VERDICTS
from tasks.lifecycle import CANCELLED, OPEN, REJECTED, REWORK, quoted

OPENED, UPHELD, OVERTURNED = "opened", "upheld", "overturned"
WITHDRAWN, LAPSED = "withdrawn", "lapsed"
STATES = (OPENED, UPHELD, OVERTURNED, WITHDRAWN, LAPSED)

UPHOLD, OVERTURN, WITHDRAW, LAPSE = "uphold", "overturn", "withdraw", "lapse"

# fmt: off
STEPS = (
    # from    step       to           who
    (OPENED,  UPHOLD,    UPHELD,      "second"),
    (OPENED,  OVERTURN,  OVERTURNED,  "second"),
    (OPENED,  WITHDRAW,  WITHDRAWN,   "partner"),
    (OPENED,  LAPSE,     LAPSED,      "clock"),
)
# fmt: on

TO = {(start, step): end for start, step, end, _ in STEPS}
WHO = {(start, step): who for start, step, _, who in STEPS}
ENDED = tuple(state for state in STATES if state != OPENED)
JUDGED = (UPHELD, OVERTURNED)  # what counts for or against whoever judged first
KEPT = (OVERTURNED, LAPSED)  # the verdict falls: the second look passed the work, or the shop took too long
OUTCOME = {verdict: OVERTURN if verdict == ACCEPT else UPHOLD for verdict in VERDICTS}

#: What being right brings: the work itself counts; or it is paid, because another's took its place; or the
#: record alone, because the same hand has given that answer anew and is paid for that.
WHOLE, PAID, KNOWN = "whole", "paid", "known"
EFFECTS = (WHOLE, PAID, KNOWN)


def after(state: str, step: str) -> str | None:
    """Where a step leads from a state; None when the table has no such row."""
    return TO.get((state, step))


@dataclass(frozen=True, slots=True)
class Stand:
    """How the work stands when the verdict against it falls.

    `replaced` is the state of the work that took its place, empty where there is none; `wanted`: its order
    waits for it; `of_set`: it is one of several answers; `again`: the same hand has given that answer anew;
    `unseen`: nobody has looked a second time, and the first look saw something critical.
    """

    state: str
    replaced: str = ""
    wanted: bool = True
    of_set: bool = False
    again: bool = False
    unseen: bool = False


def effect(stand: Stand) -> str:
    """What the fall of a verdict does to the work it was about."""
    if stand.again:
        return KNOWN
    if not stand.wanted or stand.unseen:
        return PAID
    if stand.state == REWORK:
        return WHOLE
    free = stand.replaced in {"", OPEN, CANCELLED, REJECTED}
    return WHOLE if free and not (stand.of_set and stand.replaced) else PAID


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {OPENED}"]
    lines += [f"    {start} --> {end}: {step} ({who})" for start, step, end, who in STEPS]
    lines += [f"    {state} --> [*]" for state in ENDED]
    return "\n".join(lines)


def checks() -> dict[str, str]:
    """What the database holds of it, as SQL."""
    return {
        "state": f"state IN ({quoted(STATES)})",
        "ended": f"(state = '{OPENED}') = (ended_at IS NULL)",
        "judged": f"(state IN ({quoted(JUDGED)})) = (second_id IS NOT NULL)",
        "second": "second_id IS NULL OR second_id <> against_id OR alone",
        "effect": f"effect IN ('', {quoted(EFFECTS)}) AND (effect <> '') = (state IN ({quoted(KEPT)}))",
    }
