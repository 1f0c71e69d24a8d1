"""What is to be put right in somebody's pay, and what it must keep to before anybody decides about it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from base.errors import Invalid, NotFound, Refused
from base.personal import resident_number
from base.rows import one
from base.scope import Scope
from partners.agreements import signing
from partners.agreements.penalty import EMPLOYEE
from partners.agreements.terms import Terms
from partners.models import Partner, PayLine
from partners.pay.models import PayAdjustment, PayProposal
from partners.pay.pricing import MOST

ADJUSTMENT, BONUS, PENALTY, COUNTER = "adjustment", "bonus", "penalty", "counter"
PROPOSED, CONFIRMED, REFUSED, WITHDRAWN = "proposed", "confirmed", "refused", "withdrawn"
LONGEST_REASON = 500


class BadAmount(Invalid):
    """A bonus is above zero, a penalty below, and nothing is a million or more. Facts: field, most."""

    code = "pay.bad_amount"


class NoReason(Invalid):
    """What is put right says why, in words, and without numbers of people. Facts: field, most."""

    code = "pay.no_reason"


class PenaltiesOff(Refused):
    """The partner has signed no agreement that holds a penalty."""

    code = "pay.penalties_off"


class PenaltyNotAllowed(Refused):
    """A penalty set beforehand is forbidden for an employee."""

    code = "pay.penalty_not_allowed"


class TooMuchBack(Invalid):
    """No more is taken back of a line than it still holds. Facts: field, left."""

    code = "pay.too_much_back"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be put right: of which sort, how much, why, and which line it counters, if one."""

    sort: str
    won: int
    reason: str
    line_id: int | None = None
    counters_id: int | None = None


def check_amount(wanted: Wanted) -> None:
    """Raises BadAmount."""
    wrong_way = (wanted.sort == BONUS and wanted.won < 0) or (wanted.sort == PENALTY and wanted.won > 0)
    if wrong_way or wanted.won == 0 or abs(wanted.won) > MOST:
        raise BadAmount(field="won", most=MOST)


def check_penalty(scope: Scope, partner_id: int) -> None:
    """Raises PenaltiesOff, PenaltyNotAllowed."""
    agreed_penalty(scope, partner_id)


def agreed_penalty(scope: Scope, partner_id: int, *, before: datetime | None = None) -> Terms:
    """The terms of the penalty that a partner signed, or had before an instant: there is no other.

    Raises PenaltiesOff, PenaltyNotAllowed.
    """
    if one(scope, Partner, partner_id).kind == EMPLOYEE:
        raise PenaltyNotAllowed
    terms = signing.agreed(scope, partner_id, before=before)
    if terms is None or not terms.fines:
        raise PenaltiesOff
    return terms


def reason(text: str) -> str:
    """Why, as it is kept. Raises NoReason."""
    said = text.strip()
    if not 0 < len(said) <= LONGEST_REASON or resident_number(said):
        raise NoReason(field="reason", most=LONGEST_REASON)
    return said


def check_line(scope: Scope, row: PayProposal) -> None:
    """Whether the countered line is this partner's and holds what is to be taken back.

    Raises NotFound, TooMuchBack.
    """
    if row.sort != COUNTER:
        if row.line_id is not None or row.counters_id is not None:
            raise NotFound
        return
    about = _countered(scope, row)
    stood = about.won + _countered_already(scope, row)
    if (stood + row.won) * about.won < 0:
        raise TooMuchBack(field="won", left=abs(stood))


def _countered(scope: Scope, row: PayProposal) -> PayLine | PayAdjustment:
    about: PayLine | PayAdjustment
    if row.line_id is not None:
        about = one(scope, PayLine, row.line_id)
    else:
        about = one(scope, PayAdjustment, row.counters_id or 0)
    if about.partner_id != row.partner_id:
        raise NotFound
    return about


def _countered_already(scope: Scope, row: PayProposal) -> int:
    """What is proposed or decided about the line already."""
    same = (PayProposal.line_id == row.line_id, PayProposal.counters_id == row.counters_id)
    counted = select(func.coalesce(func.sum(PayProposal.won), 0)).where(
        PayProposal.shop_id == scope.shop_id, *same, PayProposal.state.in_([PROPOSED, CONFIRMED])
    )
    return int(scope.session.scalar(counted) or 0)
