"""A shop and the rules its owner may set."""

import re
from dataclasses import asdict, dataclass, fields

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from base import calendars, prepared
from base.errors import Invalid, NotFound
from base.prepared import SHOP
from base.scope import Scope, forget, remembered
from security import audit
from security.models import Shop
from security.news import ShopOpened

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
CUTOFF = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rules:
    """What an owner may set. Leases in wall seconds, targets in business seconds, shares in percent."""

    newcomer_n: int = 5  # a newcomer's first submissions, all inspected
    sample_percent: int = 20
    revision_n: int = 3  # clean pieces of work under an edition until which all of a hand's is inspected
    lease_s: int = 3600
    rework_lease_s: int = 86400
    claim_s: int = 4 * 3600
    do_s: int = 4 * 3600
    review_s: int = 4 * 3600
    rework_s: int = 4 * 3600
    at_risk_percent: int = 80
    max_rounds: int = 3
    rework_eyes: str = "any"  # who looks at mended work: any reviewer, the same first, or another one
    appeal_s: int = 27 * 3600  # in which a partner may appeal against a verdict
    appeal_judge_s: int = 18 * 3600  # in which a second reviewer judges the appeal
    auto_accept_s: int = 18 * 3600  # after which work that nobody has looked at is accepted; 0 is never
    cutoff: str = "14:00"
    ship_days: int = 1
    trust_percent: int = (
        90  # of inspected work passing at once; surely as much is trusted, surely less watched
    )
    reveal_limit: int = 30  # recipients one partner may look at in an hour
    second_percent: int = 5  # of what is judged is looked at a second time, by another reviewer, blind
    gold_percent: int = 5  # of a day's work has a known answer, and nobody can tell which
    pilot_goal: int = 0  # inspected pieces until a newcomer's pilot may end; 0 is that there is none
    pilot_held: int = 2  # tasks somebody in a pilot holds at once at most


EYES = ("any", "same", "other")
LIMITS = {
    "newcomer_n": (0, 1000),
    "sample_percent": (1, 100),
    "revision_n": (0, 100),
    "lease_s": (300, 86400),
    "rework_lease_s": (3600, 7 * 86400),
    "claim_s": (600, 30 * 86400),
    "do_s": (600, 30 * 86400),
    "review_s": (600, 30 * 86400),
    "rework_s": (600, 30 * 86400),
    "at_risk_percent": (10, 99),
    "max_rounds": (1, 10),
    "appeal_s": (3600, 720 * 3600),
    "appeal_judge_s": (3600, 720 * 3600),
    "auto_accept_s": (0, 720 * 3600),
    "ship_days": (0, 30),
    "trust_percent": (50, 99),
    "reveal_limit": (1, 1000),
    "second_percent": (0, 100),
    "gold_percent": (0, 20),
    "pilot_goal": (0, 100),
    "pilot_held": (1, 10),
}


class BadRule(Invalid):
    """A rule lies outside what the house can keep; `field`, `low` and `high` say which and how far."""

    code = "security.bad_rule"


class SlugTaken(Invalid):
    """Another shop of this installation has that short name."""

    code = "security.slug_taken"


class BadSlug(Invalid):
    """A short name is 3 to 40 small letters, digits and hyphens."""

    code = "security.bad_slug"


def shop(scope: Scope) -> Shop:
    """The shop of this scope. Raises NotFound."""
    row = remembered(scope, "shop", lambda: scope.session.get(Shop, scope.shop_id))
    if row is None:
        raise NotFound
    return row


def rules(scope: Scope) -> Rules:
    """The shop's rules, defaults where the owner has set none."""
    return remembered(scope, "rules", lambda: _rules(scope))


def _rules(scope: Scope) -> Rules:
    decided = remembered(scope, DECIDED, lambda: prepared.run(scope, _DECIDED).scalar())
    if decided is None:
        raise NotFound
    return Rules(**{name: value for name, value in decided.items() if name in _NAMES})


DECIDED = "decided"  # what the owner has set, as it is stored; who reads the shop's row recalls it
_DECIDED = select(Shop.rules).where(Shop.id == SHOP)
_NAMES = frozenset(field.name for field in fields(Rules))


def save_rules(scope: Scope, decided: Rules) -> None:
    """Keeps the owner's rules. Raises BadRule naming the field and its bounds."""
    for name, (low, high) in LIMITS.items():
        if not low <= getattr(decided, name) <= high:
            raise BadRule(field=name, low=low, high=high)
    if decided.rework_eyes not in EYES:
        raise BadRule(field="rework_eyes", low=EYES[0], high=EYES[-1])
    if not CUTOFF.match(decided.cutoff):
        raise BadRule(field="cutoff", low="00:00", high="23:59")
    scope.session.execute(update(Shop).where(Shop.id == scope.shop_id).values(rules=asdict(decided)))
    forget(scope, DECIDED)
    forget(scope, "rules")
    audit.note(scope, "shop.rules_set", subject="shop", subject_id=scope.shop_id)


def open_shop(scope: Scope, *, slug: str, name: str) -> Scope:
    """Opens a shop with default rules and an office calendar and returns the scope gone on into it.

    Raises BadSlug, SlugTaken.
    """
    if not SLUG.fullmatch(slug):
        raise BadSlug(field="slug")
    if scope.session.scalar(select(Shop.id).where(Shop.slug == slug)):
        raise SlugTaken(field="slug")
    made = Shop(slug=slug, name=name.strip()[:80], rules={}, made_at=scope.now)
    scope.session.add(made)
    scope.session.flush()
    inside = scope.inside(made.id)
    calendars.save(inside, calendars.OFFICE)
    audit.note(inside, "shop.opened", subject="shop", subject_id=made.id)
    inside.tell(ShopOpened(made.id))
    return inside


def find(scope: Scope, slug: str) -> Shop:
    """The shop with this short name. Raises NotFound."""
    row = scope.session.scalar(select(Shop).where(Shop.slug == slug))
    if row is None:
        raise NotFound
    return row


def every(session: Session) -> list[int]:
    """The shops of this installation: those whose periodic work is due."""
    return list(session.scalars(select(Shop.id).order_by(Shop.id)))
