"""Putting pay right: proposed by one with a reason, decided by another, then a line that is never changed.

Nobody decides alone against a partner. Where a shop has one owner only, what is in the partner's favour
counts at her word and says so on the line; what is taken off needs the yes of the partner herself.
"""

from sqlalchemy import func, select

from base import calendars
from base.errors import Forbidden, NotFound, Refused
from base.rows import one
from base.scope import Scope
from partners.agreements import penalty as penalty_rule
from partners.models import Partner
from partners.pay import proposals, wanting
from partners.pay.models import PayProposal
from partners.pay.months import Month
from partners.pay.pricing import MOST
from partners.pay.wanting import CONFIRMED, PENALTY, PROPOSED, REFUSED, WITHDRAWN, BadAmount, Wanted
from security.models import Membership
from security.policy import OWNER


class OwnPay(Forbidden):
    """Nobody proposes or confirms anything about their own pay."""

    code = "pay.own_pay"


class SameEyes(Refused):
    """Who proposed it cannot confirm it: somebody else must look. Facts: who, `owner` or `partner`."""

    code = "pay.same_eyes"


def propose(scope: Scope, partner_id: int, wanted: Wanted) -> PayProposal:
    """Proposes to put something right in a partner's pay; a lone owner's gift counts at once.

    Raises NotFound, OwnPay, BadAmount, NoReason, TooMuchBack, PenaltiesOff, PenaltyNotAllowed.
    """
    card = one(scope, Partner, partner_id)
    _check_not_own(scope, card.id)
    wanting.check_amount(wanted)
    hold(scope, card.id)
    if wanted.sort == PENALTY:
        wanting.check_penalty(scope, card.id)
    row = PayProposal(
        shop_id=scope.shop_id,
        partner_id=card.id,
        sort=wanted.sort,
        won=wanted.won,
        reason=wanting.reason(wanted.reason),
        line_id=wanted.line_id,
        counters_id=wanted.counters_id,
        proposed_by=scope.actor.id,
        proposed_at=scope.now,
        state=PROPOSED,
        alone=False,
    )
    wanting.check_line(scope, row)
    proposals.put(scope, row)
    if row.won > 0 and lone_owner(scope):
        proposals.settle(scope, row, CONFIRMED, alone=True)
        proposals.write(scope, row)
    return row


def penalty(
    scope: Scope, partner_id: int, *, month: Month, gross: int, breaches: int, reason: str
) -> PayProposal:
    """Proposes the penalty that was agreed for so many breaches of a month. Raises as `propose`."""
    won = previewed(scope, partner_id, month=month, gross=gross, breaches=breaches)
    if won == 0:
        raise BadAmount(field="breaches", most=MOST)
    return propose(scope, partner_id, Wanted(PENALTY, -won, f"{month}: {reason.strip()}"))


def previewed(scope: Scope, partner_id: int, *, month: Month, gross: int, breaches: int) -> int:
    """What so many breaches may take off a month's gross, in won, by what was signed when it ended.

    Raises NotFound, PenaltyNotAllowed, PenaltiesOff.
    """
    ended = month.next.begins(calendars.current(scope).zone)
    agreed = wanting.agreed_penalty(scope, partner_id, before=ended)
    asked = {"rate_pct": agreed.rate_pct, "cap_pct": agreed.cap_pct}
    return penalty_rule.preview(gross, breaches, **asked, worker=one(scope, Partner, partner_id).kind).won


def confirm(scope: Scope, proposal_id: int) -> None:
    """A second pair of eyes says yes: the line is written, once.

    Raises NotFound, OwnPay, SameEyes, Decided.
    """
    row = one(scope, PayProposal, proposal_id)
    _check_not_own(scope, row.partner_id)
    if row.proposed_by == scope.actor.id:
        raise SameEyes(who="partner" if lone_owner(scope) else "owner")
    proposals.settle(scope, row, CONFIRMED)
    proposals.write(scope, row)


def agree(scope: Scope, proposal_id: int) -> None:
    """The partner herself says yes to what is to be taken off. Raises NotFound, SameEyes, Decided."""
    row = _own(scope, proposal_id)
    if row.proposed_by == scope.actor.id:
        raise SameEyes(who="owner")
    proposals.settle(scope, row, CONFIRMED)
    proposals.write(scope, row)


def decline(scope: Scope, proposal_id: int) -> None:
    """The partner says no: nothing is taken off. Raises NotFound, Decided."""
    proposals.settle(scope, _own(scope, proposal_id), REFUSED)


def refuse(scope: Scope, proposal_id: int) -> None:
    """An owner says no, or who proposed it takes it back. Raises NotFound, Decided."""
    row = one(scope, PayProposal, proposal_id)
    proposals.settle(scope, row, WITHDRAWN if row.proposed_by == scope.actor.id else REFUSED)


def lone_owner(scope: Scope) -> bool:
    """Whether there is nobody else in the shop who could look."""
    owners = select(func.count(func.distinct(Membership.account_id))).where(
        Membership.shop_id == scope.shop_id, Membership.role == OWNER, Membership.ended_at.is_(None)
    )
    return (scope.session.scalar(owners) or 0) < 2


def hold(scope: Scope, partner_id: int) -> None:
    """Lets what is decided about a partner's pay be decided one after the other."""
    card = select(Partner.id).where(Partner.shop_id == scope.shop_id, Partner.id == partner_id)
    scope.session.execute(card.with_for_update())


def _own(scope: Scope, proposal_id: int) -> PayProposal:
    """A proposal about the actor's own pay that asks for her yes."""
    row = one(scope, PayProposal, proposal_id)
    if row.partner_id != scope.actor.partner_id or row.won > 0:
        raise NotFound
    return row


def _check_not_own(scope: Scope, partner_id: int) -> None:
    whose = select(Membership.account_id).where(
        Membership.shop_id == scope.shop_id, Membership.id == partner_id
    )
    if scope.session.scalar(whose) == scope.actor.id:
        raise OwnPay
