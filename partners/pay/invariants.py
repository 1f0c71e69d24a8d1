"""What must always hold of pay: statements are the sum of their lines, and what is put right was decided."""

from sqlalchemy import Select, exists, func, or_, select

from base import calendars
from base.invariants import Ask
from base.scope import Scope
from partners.models import PayLine
from partners.pay.models import PayAdjustment, PayMonth, PayMonthLine, PayProposal, PayStatement
from partners.pay.months import Month


def _statement_off(scope: Scope) -> Select[int]:
    """A statement says what its lines come to."""
    month = PayMonthLine.month_id == PayStatement.month_id
    earned = (
        select(func.coalesce(func.sum(PayLine.won), 0))
        .join(PayMonthLine, PayMonthLine.line_id == PayLine.id)
        .where(month, PayLine.partner_id == PayStatement.partner_id)
        .correlate(PayStatement)
    )
    adjusted = (
        select(func.coalesce(func.sum(PayAdjustment.won), 0))
        .join(PayMonthLine, PayMonthLine.adjustment_id == PayAdjustment.id)
        .where(month, PayAdjustment.partner_id == PayStatement.partner_id)
        .correlate(PayStatement)
    )
    off = or_(
        PayStatement.earned != earned.scalar_subquery(), PayStatement.adjusted != adjusted.scalar_subquery()
    )
    here = select(PayStatement.id).where(PayStatement.shop_id == scope.shop_id, off)
    return here.order_by(PayStatement.id)


def _paid_without_statement(scope: Scope) -> Select[int]:
    """Whoever has a line in a closed month has its statement."""
    there = exists().where(
        PayStatement.month_id == PayMonthLine.month_id, PayStatement.partner_id == PayLine.partner_id
    )
    return (
        select(PayLine.id)
        .join(PayMonthLine, PayMonthLine.line_id == PayLine.id)
        .where(PayLine.shop_id == scope.shop_id, ~there)
        .order_by(PayLine.id)
    )


def _left_behind(scope: Scope) -> Select[int]:
    """No line waits from before the last month that was closed: nothing would gather it any more."""
    last = scope.session.scalar(select(func.max(PayMonth.month)).where(PayMonth.shop_id == scope.shop_id))
    month = Month.parse(last or "")
    begins = month.begins(calendars.current(scope).zone) if month else None
    paid = exists().where(PayMonthLine.line_id == PayLine.id)
    here = select(PayLine.id).where(PayLine.shop_id == scope.shop_id, ~paid)
    return here.where(PayLine.at < begins if begins else PayLine.id < 0).order_by(PayLine.id)


def _put_right_undecided(scope: Scope) -> Select[int]:
    """Every adjustment is what two decided, to the won."""
    decided = exists().where(
        PayProposal.id == PayAdjustment.proposal_id,
        PayProposal.shop_id == PayAdjustment.shop_id,
        PayProposal.partner_id == PayAdjustment.partner_id,
        PayProposal.won == PayAdjustment.won,
        PayProposal.state == "confirmed",
    )
    here = select(PayAdjustment.id).where(PayAdjustment.shop_id == scope.shop_id, ~decided)
    return here.order_by(PayAdjustment.id)


def _decided_unwritten(scope: Scope) -> Select[int]:
    """Whatever was confirmed stands as a line."""
    written = exists().where(PayAdjustment.proposal_id == PayProposal.id)
    confirmed = (PayProposal.shop_id == scope.shop_id, PayProposal.state == "confirmed")
    return select(PayProposal.id).where(*confirmed, ~written).order_by(PayProposal.id)


ASKED: dict[str, Ask] = {
    "statement_off": _statement_off,
    "paid_without_statement": _paid_without_statement,
    "left_behind": _left_behind,
    "put_right_undecided": _put_right_undecided,
    "decided_unwritten": _decided_unwritten,
}
