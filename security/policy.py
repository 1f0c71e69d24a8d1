"""Who may do what: one table of permissions; what is not in it is not allowed."""

OWNER, REVIEWER, PARTNER = "owner", "reviewer", "partner"
STRANGER, NEWCOMER, HOUSE = "stranger", "newcomer", "house"  # nobody known, known without a role, ourselves
ROLES = (OWNER, REVIEWER, PARTNER)
EVERYONE = frozenset({STRANGER, NEWCOMER, OWNER, REVIEWER, PARTNER})
SIGNED_IN = frozenset({OWNER, REVIEWER, PARTNER, NEWCOMER})

# fmt: off
PERMISSIONS: dict[str, frozenset[str]] = {
    "anyone":            EVERYONE,
    "account.own":       SIGNED_IN,              # own sessions, language, password, roles
    "token.own":         frozenset({OWNER, REVIEWER, PARTNER}),  # tokens for programs, in one's own role
    "token.manage":      frozenset({OWNER}),     # seeing and ending everybody's
    "webhook.manage":    frozenset({OWNER}),
    "shop.pulse":        frozenset({OWNER, REVIEWER, PARTNER}),  # that something was done; never what
    "shop.set_up":       frozenset({STRANGER}),  # first run only: the desk refuses once a shop stands
    "shop.rules":        frozenset({OWNER}),
    "shop.calendar":     frozenset({OWNER}),
    "people.see":        frozenset({OWNER}),
    "people.manage":     frozenset({OWNER}),
    "applicant.see":     frozenset({OWNER, REVIEWER}),  # reviewers: names and numbers masked
    "applicant.check":   frozenset({OWNER, REVIEWER}),  # what was seen, and a yes; never one's own
    "agreement.manage":  frozenset({OWNER}),     # editions, and who has signed
    "hours.own":         frozenset({PARTNER}),   # what one offers of one's own time; nobody else writes it
    "training.manage":   frozenset({OWNER}),     # modules, samples, the pilot, and who has learned what
    "joining.own":       frozenset({PARTNER}),   # what is asked of oneself before work, and agreeing to it
    "leaving.own":       frozenset({PARTNER}),   # ending it oneself, and what one takes along
    "journal.see":       frozenset({OWNER}),
    "errands.manage":    frozenset({OWNER}),
    "board.see":         frozenset({OWNER}),
    "board.targets":     frozenset({OWNER}),
    "ritual.lead":       frozenset({OWNER}),     # reviews and their minutes, talks with partners
    "ritual.own":        frozenset({PARTNER}),   # own talks, to read and to sign
    "action.manage":     frozenset({OWNER}),     # alarms answered, escapes tied, actions planned
    "order.see":         frozenset({OWNER}),
    "order.import":      frozenset({OWNER}),
    "order.cancel":      frozenset({OWNER}),
    "order.pass":        frozenset({OWNER}),     # an order that looked wrong is meant as it is
    "claim.see":         frozenset({OWNER}),     # what customers wrote is told to nobody else
    "claim.manage":      frozenset({OWNER}),
    "return.see":        frozenset({OWNER}),     # goods that customers send back
    "return.manage":     frozenset({OWNER}),     # partners look at them in a task of their own
    "channel.manage":    frozenset({OWNER}),     # what marketplaces may sell, and in which codes
    "stock.see":         frozenset({OWNER}),
    "stock.move":        frozenset({OWNER}),
    "buying.see":        frozenset({OWNER}),     # what to order, what it costs, what sleeps
    "buying.manage":     frozenset({OWNER}),     # ordering, taking in, suppliers, notes on demand
    "stock.own":         frozenset({PARTNER}),   # goods at the partner's own home
    "sop.see":           frozenset({OWNER, REVIEWER}),
    "sop.write":         frozenset({OWNER}),
    "automation.manage": frozenset({OWNER}),
    "tag.manage":        frozenset({OWNER}),     # vocabularies and albums; disputes are review.judge
    "kind.manage":       frozenset({OWNER}),     # kinds of work: made, paused, given work by hand
    "task.see":          frozenset({OWNER}),
    "task.cancel":       frozenset({OWNER}),
    "task.give":         frozenset({OWNER}),     # assigned to one partner, or offered to some first
    "listing.open":      frozenset({OWNER}),     # work on listings, for products that lack them
    "listing.guide":     frozenset({OWNER}),     # how the brand speaks, and the shop's own forbidden words
    "task.offers":       frozenset({PARTNER}),
    "task.claim":        frozenset({PARTNER}),
    "task.work":         frozenset({PARTNER}),   # the holder alone: tasks.work loads through the actor
    "task.reveal":       frozenset({PARTNER}),   # the lease holder alone, with a purpose, within a budget
    "pay.own":           frozenset({PARTNER}),
    "pay.see":           frozenset({OWNER}),
    "standing.own":      frozenset({PARTNER}),   # seeing and questioning one's own
    "standing.see":      frozenset({OWNER}),     # and answering
    "pay.price":         frozenset({OWNER}),
    "pay.adjust":        frozenset({OWNER}),     # who proposes cannot confirm: partners.pay.adjusting
    "pay.close":         frozenset({OWNER}),
    "pay.account":       frozenset({OWNER}),     # opened for a purpose, or for the transfer file
    "review.queue":      frozenset({REVIEWER, OWNER}),
    "review.judge":      frozenset({REVIEWER, OWNER}),  # never one's own work: qa.review
    "sampling.manage":   frozenset({OWNER}),     # plans of inspection, and the way back of stopped work
    "sampling.own":      frozenset({PARTNER}),   # how much of one's own work is inspected
    "draw.see":          frozenset({OWNER, REVIEWER, PARTNER}),  # partners: of their own work alone
    "review.own":        frozenset({REVIEWER, OWNER}),
    "reviewers.measure": frozenset({OWNER}),     # how reviewers judge, cases to settle, rounds, known pieces
    "reviewers.round":   frozenset({REVIEWER, OWNER}),  # a round that ended, for who took part
    "appeal.file":       frozenset({PARTNER}),   # against verdicts on one's own work alone: qa.appeals.filing
    "clock.pause":       frozenset({OWNER}),
    "picture.see":       frozenset({OWNER, REVIEWER}),  # of products; partners see what their task shows
    "thread.talk":       frozenset({OWNER, REVIEWER, PARTNER}),  # partners: their own side alone
    "team.talk":         frozenset({OWNER, PARTNER}),   # partners: the teams they are in
    "team.own":          frozenset({PARTNER}),
    "notice.own":        frozenset({OWNER, REVIEWER, PARTNER}),
    "announcement.see":  frozenset({OWNER, PARTNER}),   # partners: what is for them
    "announcement.make": frozenset({OWNER}),
    "announcement.read": frozenset({PARTNER}),
    "talk.rules":        frozenset({OWNER}),
    "photo.see":         frozenset({OWNER, REVIEWER, PARTNER}),  # partners: their own tasks' alone
}
#: What a token may be given: what the API does. Nothing of it lets a program widen its own rights.
GRANTABLE = (
    "board.see", "order.see", "order.import", "order.cancel", "order.pass", "claim.see", "claim.manage",
    "stock.see", "stock.move", "stock.own", "kind.manage", "task.see", "task.cancel", "task.give",
    "task.offers", "task.claim", "task.work", "task.reveal", "appeal.file", "standing.own",
    "review.queue", "review.judge", "photo.see", "picture.see", "thread.talk", "notice.own",
    "announcement.see", "announcement.make", "announcement.read", "buying.see",
)
# fmt: on


def may(role: str, permission: str) -> bool:
    """Whether the table lets this role do this; the house may do everything.

    Raises KeyError for a permission that is not in the table.
    """
    return role == HOUSE or role in PERMISSIONS[permission]


def grantable(role: str) -> tuple[str, ...]:
    """What a token of this role may be given, in the order of the list."""
    return tuple(name for name in GRANTABLE if may(role, name))
