"""Who may do what: one table of permissions; what is not in it is not allowed."""

from base.scope import HOUSE, STRANGER, Actor

OWNER, REVIEWER, PARTNER = "owner", "reviewer", "partner"
ROLES = (OWNER, REVIEWER, PARTNER)
EVERYONE = frozenset({STRANGER, OWNER, REVIEWER, PARTNER})
SIGNED_IN = frozenset({OWNER, REVIEWER, PARTNER, "newcomer"})

# fmt: off
PERMISSIONS: dict[str, frozenset[str]] = {
    "anyone":            EVERYONE | {"newcomer"},
    "account.own":       SIGNED_IN,              # own sessions, language, password, roles
    "shop.set_up":       frozenset({STRANGER}),  # first run only: the desk refuses once a shop stands
    "shop.rules":        frozenset({OWNER}),
    "shop.calendar":     frozenset({OWNER}),
    "people.see":        frozenset({OWNER}),
    "people.manage":     frozenset({OWNER}),
    "journal.see":       frozenset({OWNER}),
    "errands.manage":    frozenset({OWNER}),
    "board.see":         frozenset({OWNER}),
    "order.see":         frozenset({OWNER}),
    "order.import":      frozenset({OWNER}),
    "order.cancel":      frozenset({OWNER}),
    "stock.see":         frozenset({OWNER}),
    "stock.move":        frozenset({OWNER}),
    "stock.own":         frozenset({PARTNER}),   # goods at the partner's own home
    "sop.see":           frozenset({OWNER, REVIEWER}),
    "sop.write":         frozenset({OWNER}),
    "task.see":          frozenset({OWNER}),
    "task.cancel":       frozenset({OWNER}),
    "task.offers":       frozenset({PARTNER}),
    "task.claim":        frozenset({PARTNER}),
    "task.work":         frozenset({PARTNER}),   # the holder alone: tasks.work loads through the actor
    "task.reveal":       frozenset({PARTNER}),   # the lease holder alone, with a purpose, within a budget
    "pay.own":           frozenset({PARTNER}),
    "pay.see":           frozenset({OWNER}),
    "pay.price":         frozenset({OWNER}),
    "review.queue":      frozenset({REVIEWER, OWNER}),
    "review.judge":      frozenset({REVIEWER, OWNER}),  # never one's own work: qa.review
    "review.own":        frozenset({REVIEWER, OWNER}),
    "clock.pause":       frozenset({OWNER}),
    "photo.see":         frozenset({OWNER, REVIEWER, PARTNER}),  # partners: their own tasks' alone
}
# fmt: on


def may(actor: Actor, permission: str) -> bool:
    """Whether the table lets this actor do this; the house may do everything, an unknown permission nobody.

    Raises KeyError for a permission that is not in the table.
    """
    allowed = PERMISSIONS[permission]
    return actor.role == HOUSE or role_of(actor) in allowed


def role_of(actor: Actor) -> str:
    """The row of the table an actor falls under; a signed-in person without a role is a newcomer."""
    return "newcomer" if actor.role == STRANGER and actor.id else actor.role
