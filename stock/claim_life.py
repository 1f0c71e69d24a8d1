"""The life of a claim as a table, and what may be said of one: what is asked, why, and whose fault it was."""

OPENED, SETTLED, WITHDRAWN = "opened", "settled", "withdrawn"
STATES = (OPENED, SETTLED, WITHDRAWN)
SETTLE, WITHDRAW, REOPEN = "settle", "withdraw", "reopen"

# fmt: off
STEPS = (
    # from      step       to          who
    (OPENED,    SETTLE,    SETTLED,    "owner"),
    (OPENED,    WITHDRAW,  WITHDRAWN,  "owner"),
    (SETTLED,   REOPEN,    OPENED,     "owner"),
    (WITHDRAWN, REOPEN,    OPENED,     "owner"),
)
# fmt: on

#: What the customer asks for: goods back, other goods, the missing ones, money, or an answer.
WISHES = ("return", "exchange", "resend", "refund", "answer")
REASONS = ("changed_mind", "wrong_item", "broken", "missing", "not_as_described", "late", "other")
#: Whose fault it was: ours, not ours, or not ours but paid for all the same.
OURS, NOT_OURS, GOODWILL = "ours", "not_ours", "goodwill"
OUTCOMES = (OURS, NOT_OURS, GOODWILL)

#: Reasons that speak of a parcel that has left; a late one may be claimed before.
BEFORE_SHIPPING = frozenset({"late", "other"})


def starts(step: str) -> list[str]:
    """The states a step may be taken from."""
    return [start for start, name, _, _ in STEPS if name == step]


def end(step: str) -> str:
    """The one state a step leads to."""
    (state,) = {to for _, name, to, _ in STEPS if name == step}
    return state


def steps_from(state: str) -> list[str]:
    """The steps the owner may take from a state: the buttons of a page."""
    return [step for start, step, _, _ in STEPS if start == state]
