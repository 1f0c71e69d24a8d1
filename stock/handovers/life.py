"""The life of a hand-over's line: sent, said by whoever got it, settled where the two differ (pure)."""

from collections.abc import Iterable, Mapping

#: Which way goods go: to a partner's home, or back from it.
OUT, BACK = "out", "back"
WAYS = (OUT, BACK)

SENT, AGAIN, RECEIVED, DIFFERS, SETTLED, CALLED_OFF = (
    "sent",
    "again",
    "received",
    "differs",
    "settled",
    "called_off",
)
STATES = (SENT, AGAIN, RECEIVED, DIFFERS, SETTLED, CALLED_OFF)
OPEN = (SENT, AGAIN)  # on the way: somebody has to say what came

ASK, AGREE, DIFFER, SETTLE, CALL_OFF = "ask", "agree", "differ", "settle", "call_off"
# fmt: off
STEPS = (
    # from     step       to          who
    (SENT,     ASK,       AGAIN,      "receiver"),  # it differs: look once more
    (SENT,     AGREE,     RECEIVED,   "receiver"),
    (AGAIN,    AGREE,     RECEIVED,   "receiver"),
    (AGAIN,    DIFFER,    DIFFERS,    "receiver"),  # it differs still: that is recorded
    (DIFFERS,  SETTLE,    SETTLED,    "owner"),     # where the units are that differ
    (SENT,     CALL_OFF,  CALLED_OFF, "sender"),
    (AGAIN,    CALL_OFF,  CALLED_OFF, "sender"),
)
# fmt: on

#: Where units are that were sent and did not come, and those that came and were not sent.
SENDER, RECEIVER, LOST, FOUND = "sender", "receiver", "lost", "found"
TOO_FEW = (SENDER, RECEIVER, LOST)
TOO_MANY = (SENDER, RECEIVER, FOUND)
OUTCOMES = (SENDER, RECEIVER, LOST, FOUND)

#: How a hand-over stands as a whole.
UNDER_WAY, UNSETTLED, DONE, CANCELLED = "under_way", "unsettled", "done", "cancelled"
WHOLE = (UNDER_WAY, UNSETTLED, DONE, CANCELLED)
LIVE = (UNDER_WAY, UNSETTLED)


def end(state: str, step: str) -> str | None:
    """Where a step leads from a state; None where it cannot be taken."""
    return next((to for start, name, to, _ in STEPS if (start, name) == (state, step)), None)


def next_step(state: str, *, sent: int, units: int) -> str:
    """What follows when so many are said to have come.

    One that differs is asked for once more, because a person counts wrong oftener than goods go astray.
    """
    if units == sent:
        return AGREE
    return ASK if state == SENT else DIFFER


def whole(states: Iterable[str]) -> str:
    """How a hand-over stands, by the states of its lines."""
    found = set(states)
    if found & set(OPEN):
        return UNDER_WAY
    if DIFFERS in found:
        return UNSETTLED
    return CANCELLED if found <= {CALLED_OFF} else DONE


def outcomes(*, sent: int, received: int) -> tuple[str, ...]:
    """What the owner may say of a difference."""
    if received == sent:
        return ()
    return TOO_FEW if received < sent else TOO_MANY


def settled(outcome: str, *, sent: int, received: int) -> Mapping[str, int]:
    """Units that come to `sender`, `way` and `receiver`: nothing in all, unless some are lost or found."""
    short = sent - received
    if outcome not in outcomes(sent=sent, received=received):
        raise ValueError(outcome)
    if short < 0:
        gone = {SENDER: {"sender": short, "receiver": -short}, FOUND: {"receiver": -short}}
        return gone.get(outcome, {})
    to: dict[str, dict[str, int]] = {SENDER: {"sender": short}, RECEIVER: {"receiver": short}}
    return {"way": -short, **to.get(outcome, {})}
