"""Partners' cards: one opens when somebody joins, rests when paused and closes when they leave.

The gate of a card's state and capacity.
"""

from sqlalchemy import select, update

from base.errors import Invalid, Refused
from base.once import once
from base.rows import changed, mine, one
from base.scope import Scope
from partners import clearance, clearing
from partners.clearance import SAMPLE, TRAINING
from partners.lifecycle import (
    ACTIVATE,
    ACTIVE,
    AHEAD,
    ASKED,
    CHECKING,
    JOIN,
    LEAVE,
    LEFT,
    PAUSE,
    PILOT,
    WORKING,
    after,
    way_on,
)
from partners.models import Partner
from partners.training import piloting
from security import audit
from security.models import Account, Membership
from security.news import MemberJoined, MemberLeft

LEAST_HELD, MOST_HELD = 1, 20
KINDS = ("person", "business", "employee")
#: At which stage of the way in a missing thing is asked for.
STAGES = {TRAINING: "training", SAMPLE: "sample"}  # of all else: before an agreement
DONE = {JOIN: "joined", PAUSE: "paused", ACTIVATE: "activated", LEAVE: "left"}


class NotFromHere(Refused):
    """The card cannot take this step from where it stands. Facts: step, state."""

    code = "partners.not_from_here"


class BadKind(Invalid):
    """A partner works as a person, as a business or as an employee. Facts: field."""

    code = "partners.bad_kind"


class BadCapacity(Invalid):
    """A partner holds between one and twenty tasks. Facts: field, low, high."""

    code = "partners.bad_capacity"


def on_joined(scope: Scope, news: MemberJoined) -> None:
    """Opens the card of a partner who joined, or opens it again for one who comes back."""
    if news.role != "partner":
        return
    state = CHECKING if clearing.asks(scope) or piloting.is_asked(scope) else ACTIVE
    card = {"id": news.membership_id, "shop_id": scope.shop_id, "state": state, "joined_at": scope.now}
    if once(scope.session, Partner, card | {"capacity": 3, "kind": KINDS[0]}) is not None:
        audit.note(scope, "partner.joined", subject="partner", subject_id=news.membership_id)
        lead_on(scope, news.membership_id)
        return
    if one(scope, Partner, news.membership_id).state == LEFT:
        _take(scope, news.membership_id, JOIN)
        lead_on(scope, news.membership_id)


def asked(scope: Scope, partner_id: int) -> frozenset[str]:
    """At which stages this shop still asks something of a partner; the others their card passes by."""
    stages = {ASKED[PILOT]} if piloting.is_ahead(scope, partner_id) else set()
    if not clearance.ready(clearing.settle(scope, partner_id), at=scope.now):
        missing = clearance.missing(clearing.pieces_of(scope, partner_id), at=scope.now)
        stages |= {STAGES.get(piece.code, ASKED[CHECKING]) for piece in missing}
    return frozenset(stages)


def lead_on(scope: Scope, partner_id: int) -> None:
    """Leads a card as far as nothing more is asked. Raises NotFound."""
    card = one(scope, Partner, partner_id)
    if card.state not in AHEAD:
        return
    was, passed = card.state, way_on(card.state, asked=asked(scope, card.id))
    if passed and _write(scope, card, state=passed[-1]):
        facts = {"was": was, "to": passed[-1]}
        audit.note(scope.as_house(), "partner.led_on", subject="partner", subject_id=partner_id, **facts)
        if passed[-1] == PILOT:
            piloting.begin(scope, partner_id)


def lead_all_on(scope: Scope) -> None:
    """Leads everybody who is on the way in as far as nothing more is asked: the shop asks for less now."""
    coming = select(Partner.id).where(Partner.shop_id == scope.shop_id, Partner.state.in_(list(AHEAD)))
    for partner_id in scope.session.scalars(coming.order_by(Partner.id)).all():
        lead_on(scope, partner_id)


def set_kind(scope: Scope, partner_id: int, *, kind: str) -> None:
    """Says as what somebody works here: checks, agreement and pay go by it. Raises NotFound, BadKind."""
    card = one(scope, Partner, partner_id)
    if kind not in KINDS:
        raise BadKind(field="kind")
    _write(scope, card, kind=kind, kind_said_at=scope.now)
    audit.note(scope, "partner.kind_set", subject="partner", subject_id=partner_id, kind=kind)
    clearing.settle(scope, partner_id)
    lead_on(scope, partner_id)


def come_as(scope: Scope, partner_id: int, *, kind: str) -> None:
    """As what somebody said that they come; an owner still says as what they are paid. Raises NotFound."""
    _write(scope, one(scope, Partner, partner_id), kind=kind)
    clearing.settle(scope, partner_id)
    lead_on(scope, partner_id)


def on_left(scope: Scope, news: MemberLeft) -> None:
    """Closes the card of a partner who left; what they hold comes back when its lease ends."""
    card = scope.session.scalar(mine(scope, Partner).where(Partner.id == news.membership_id))
    if card is not None and card.state != LEFT:
        _take(scope, card.id, LEAVE)


def pause(scope: Scope, partner_id: int) -> None:
    """The partner takes no new work until activated; work in hand may be finished.

    Raises NotFound, NotFromHere.
    """
    _take(scope, partner_id, PAUSE)


def activate(scope: Scope, partner_id: int) -> None:
    """The partner may take work again. Raises NotFound, NotFromHere."""
    _take(scope, partner_id, ACTIVATE)


def set_capacity(scope: Scope, partner_id: int, *, capacity: int) -> None:
    """Sets how many tasks the partner may hold at once. Raises NotFound, BadCapacity."""
    if not LEAST_HELD <= capacity <= MOST_HELD:
        raise BadCapacity(field="capacity", low=LEAST_HELD, high=MOST_HELD)
    card = one(scope, Partner, partner_id)
    _write(scope, card, capacity=capacity)
    audit.note(scope, "partner.capacity_set", subject="partner", subject_id=partner_id, capacity=capacity)


def hands(scope: Scope) -> tuple[tuple[int, str], ...]:
    """Who may be given work: the ids and names of the partners who take any."""
    rows = (
        select(Partner.id, Account.name)
        .join(Membership, Membership.id == Partner.id)
        .join(Account, Account.id == Membership.account_id)
        .where(Partner.shop_id == scope.shop_id, Partner.state.in_(WORKING))
        .order_by(Account.name, Partner.id)
    )
    return tuple((id_, name) for id_, name in scope.session.execute(rows))


def _take(scope: Scope, partner_id: int, step: str) -> None:
    card = one(scope, Partner, partner_id)
    to = after(card.state, step)
    if to is None or not _write(scope, card, state=to):
        raise NotFromHere(step=step, state=card.state)
    audit.note(scope, f"partner.{DONE[step]}", subject="partner", subject_id=partner_id)


def _write(scope: Scope, card: Partner, **values: object) -> bool:
    """Changes the card if it still stands as it was seen."""
    seen = (Partner.shop_id == scope.shop_id, Partner.id == card.id, Partner.state == card.state)
    return changed(scope, update(Partner).where(*seen).values(**values)) == 1
