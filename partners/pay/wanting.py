"""What is to be put right in somebody's pay, and what it must keep to before anybody decides about it."""

from dataclasses import dataclass

from sqlalchemy import func, select

from base.errors import Invalid, NotFound, Refused
from base.personal import resident_number
from base.rows import one
from base.scope import Scope
from partners.models import PayLine
from partners.pay import penalties, terms
from partners.pay.models import PayAdjustment, PayProposal
from partners.pay.pricing import MOST
from security.shops import rules

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
    """The shop has agreed on no penalties."""

    code = "pay.penalties_off"


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
    if rules(scope).penalty_cap_percent == 0:
        raise PenaltiesOff
    penalties.preview(0, breaches=0, rate_percent=0, cap_percent=1, kind=terms.of(scope, partner_id))


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
