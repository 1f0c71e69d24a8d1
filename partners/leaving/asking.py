"""Asking to leave, by the partner or by the shop; and taking it back, by whoever asked."""

from base.errors import Invalid, NotFound, Refused
from base.rows import one
from base.scope import Scope
from partners import clearing
from partners.leaving import gate
from partners.leaving.life import WHYS, WITHDRAW
from partners.leaving.models import Departure
from partners.lifecycle import LEFT
from partners.models import Partner
from partners.news import LeavingAsked


class AskedAlready(Refused):
    """It was asked for already."""

    code = "leaving.asked_already"


class UnknownWhy(Invalid):
    """A reason is one of the known ones, or none. Facts: field."""

    code = "leaving.unknown_why"


class OthersWish(Refused):
    """Whoever asked may take it back, nobody else."""

    code = "leaving.others_wish"


def ask(scope: Scope, partner_id: int, *, why: str = "") -> Departure:
    """Notes that a partner leaves: from now on no new work; what is in hand may be finished.

    Raises NotFound, UnknownWhy, AskedAlready.
    """
    card = here(scope, partner_id)
    if why not in WHYS:
        raise UnknownWhy(field="why")
    if gate.asked(scope, card.id) is not None:
        raise AskedAlready
    made = gate.begun(scope, card.id, own=scope.actor.partner_id == card.id, why=why)
    clearing.settle(scope, card.id)
    scope.tell(LeavingAsked(made.id, card.id, made.own))
    return made


def withdraw(scope: Scope, partner_id: int) -> None:
    """Takes it back: work may be taken again. Raises NotFound, NotAsked, OthersWish."""
    card = here(scope, partner_id)
    departure = gate.asked(scope, card.id)
    if departure is None:
        raise gate.NotAsked
    if departure.own is not (scope.actor.partner_id == card.id):
        raise OthersWish
    gate.move(scope, departure, WITHDRAW)
    clearing.settle(scope, card.id)


def here(scope: Scope, partner_id: int) -> Partner:
    """The card of somebody who works here. Raises NotFound."""
    card = one(scope, Partner, partner_id)
    if card.state == LEFT:
        raise NotFound
    return card
