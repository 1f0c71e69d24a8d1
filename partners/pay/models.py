"""Tables of pay: what is put right beside the work, months that closed, questions, accounts and transfers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Id, InShop, partial

SORTS = "sort IN ('adjustment', 'bonus', 'penalty', 'counter')"
SIGNS = "won <> 0 AND (sort <> 'bonus' OR won > 0) AND (sort <> 'penalty' OR won < 0)"
ABOUT = "(sort = 'counter') = (line_id IS NOT NULL OR counters_id IS NOT NULL)"
TWO_EYES = "alone OR decided_by IS NULL OR decided_by <> proposed_by"
TAX_KINDS = "tax_kind IN ('individual', 'business', 'employee')"


class PriceExtra(InShop, Base):
    """What is paid on top of a kind's price for harder or hurried work, from an instant on until another."""

    __tablename__ = "price_extras"
    __table_args__ = (
        Index("ix_price_extras_kind", "shop_id", "kind", "since"),
        CheckConstraint("rule IN ('goods', 'fragile', 'pieces', 'rush')", name="rule"),
        CheckConstraint("won > 0", name="won"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    rule: Mapped[str]  # see partners.pay.extras
    word: Mapped[str] = mapped_column(default="")  # goods: what the SKUs of the group begin with
    amount: Mapped[int] = mapped_column(default=0)  # pieces: from how many on; rush: hours to its due time
    won: Mapped[int]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    made_by: Mapped[int]


class PayProposal(InShop, Base):
    """Something to be put right in a partner's pay: counts only once somebody else said yes."""

    __tablename__ = "pay_proposals"
    __table_args__ = (
        Index("ix_pay_proposals_partner", "shop_id", "partner_id", "id"),
        partial("ix_pay_proposals_open", "shop_id", "id", where="state = 'proposed'"),
        CheckConstraint(SORTS, name="sort"),
        CheckConstraint(SIGNS, name="won"),
        CheckConstraint(ABOUT, name="about"),
        CheckConstraint("state IN ('proposed', 'confirmed', 'refused', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
        CheckConstraint(f"state <> 'confirmed' OR {TWO_EYES}", name="two_eyes"),
        CheckConstraint("NOT alone OR won > 0", name="alone"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    sort: Mapped[str]
    won: Mapped[int]
    reason: Mapped[str]
    line_id: Mapped[int | None] = mapped_column(ForeignKey("pay_lines.id"))
    counters_id: Mapped[int | None] = mapped_column(ForeignKey("pay_adjustments.id"))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    proposed_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="proposed")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
    alone: Mapped[bool] = mapped_column(default=False)  # a shop with one owner, and in the partner's favour


class PayAdjustment(InShop, Base):
    """Won put on or taken off beside accepted work, decided by two; never changed, only countered."""

    __tablename__ = "pay_adjustments"
    __table_args__ = (
        UniqueConstraint("proposal_id"),
        Index("ix_pay_adjustments_partner", "shop_id", "partner_id", "at"),
        Index("ix_pay_adjustments_at", "shop_id", "at"),
        CheckConstraint(SORTS, name="sort"),
        CheckConstraint(SIGNS, name="won"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    sort: Mapped[str]
    won: Mapped[int]
    reason: Mapped[str]
    proposal_id: Mapped[int]  # refers to each other with pay_proposals, so the database is told one way alone
    at: Mapped[datetime]


class PayAccount(InShop, Base):
    """Where a partner wants to be paid: number and holder sealed under a key of the row's own."""

    __tablename__ = "pay_accounts"
    __table_args__ = (UniqueConstraint("shop_id", "partner_id"), UniqueConstraint("uid"))

    id: Mapped[Id]
    uid: Mapped[str]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    bank: Mapped[str]
    number: Mapped[bytes] = mapped_column(LargeBinary)
    holder: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime]


class PayMonth(InShop, Base):
    """A month that was closed, once and for good: what is to be put right later goes into a later one."""

    __tablename__ = "pay_months"
    __table_args__ = (UniqueConstraint("shop_id", "month"),)

    id: Mapped[Id]
    month: Mapped[str]  # 2026-11
    ends_at: Mapped[datetime]
    closed_at: Mapped[datetime]
    closed_by: Mapped[int]


class PayMonthLine(InShop, Base):
    """In which closed month a pay line or an adjustment was paid: in one at most."""

    __tablename__ = "pay_month_lines"
    __table_args__ = (
        UniqueConstraint("line_id"),
        UniqueConstraint("adjustment_id"),
        Index("ix_pay_month_lines_month", "shop_id", "month_id"),
        CheckConstraint("(line_id IS NULL) <> (adjustment_id IS NULL)", name="one"),
    )

    id: Mapped[Id]
    month_id: Mapped[int] = mapped_column(ForeignKey("pay_months.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("pay_lines.id"))
    adjustment_id: Mapped[int | None] = mapped_column(ForeignKey("pay_adjustments.id"))


class PayStatement(InShop, Base):
    """A partner's closed month in won; see partners.pay.settling."""

    __tablename__ = "pay_statements"
    __table_args__ = (
        UniqueConstraint("month_id", "partner_id"),
        Index("ix_pay_statements_partner", "shop_id", "partner_id", "month_id"),
        Index("ix_pay_statements_month", "shop_id", "month_id", "id"),
        CheckConstraint(TAX_KINDS, name="tax_kind"),
        CheckConstraint("earned + adjusted + carried_in = gross + carried_out", name="adds_up"),
        CheckConstraint("gross - income_tax - local_tax = net", name="net"),
        CheckConstraint("gross >= 0 AND net >= 0 AND earned >= 0", name="never_below"),
        CheckConstraint("carried_in <= 0 AND carried_out <= 0", name="carried"),
        CheckConstraint("carried_out = 0 OR gross = 0", name="first_taken_off"),
    )

    id: Mapped[Id]
    month_id: Mapped[int] = mapped_column(ForeignKey("pay_months.id"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    tax_kind: Mapped[str]
    tasks: Mapped[int]
    earned: Mapped[int]
    adjusted: Mapped[int]
    carried_in: Mapped[int]
    gross: Mapped[int]
    income_tax: Mapped[int]
    local_tax: Mapped[int]
    net: Mapped[int]
    carried_out: Mapped[int]
    worked_s: Mapped[int]  # in hand, see partners.pay.hours
    timed_won: Mapped[int]  # what those tasks earned whose time in hand is known


class PayDispute(InShop, Base):
    """What a partner asks about a line, an adjustment or a whole statement, and what the owner answered."""

    __tablename__ = "pay_disputes"
    __table_args__ = (
        Index("ix_pay_disputes_partner", "shop_id", "partner_id", "id"),
        partial("ix_pay_disputes_open", "shop_id", "id", where="state = 'asked'"),
        partial("uq_pay_disputes_line", "line_id", where="state = 'asked'", unique=True),
        partial("uq_pay_disputes_adjustment", "adjustment_id", where="state = 'asked'", unique=True),
        partial("uq_pay_disputes_statement", "statement_id", where="state = 'asked'", unique=True),
        CheckConstraint("state IN ('asked', 'answered', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'asked') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(state = 'answered') = (answered_by IS NOT NULL)", name="answered"),
        CheckConstraint(
            "(line_id IS NOT NULL AND adjustment_id IS NULL AND statement_id IS NULL)"
            " OR (line_id IS NULL AND adjustment_id IS NOT NULL AND statement_id IS NULL)"
            " OR (line_id IS NULL AND adjustment_id IS NULL AND statement_id IS NOT NULL)",
            name="about",
        ),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("pay_lines.id"))
    adjustment_id: Mapped[int | None] = mapped_column(ForeignKey("pay_adjustments.id"))
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("pay_statements.id"))
    question: Mapped[str]
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="asked")
    answer: Mapped[str] = mapped_column(default="")
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("pay_proposals.id"))  # what is put right
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None]


class PayTransfer(InShop, Base):
    """That the transfer file of a closed month was taken out, by whom and for how much."""

    __tablename__ = "pay_transfers"
    __table_args__ = (Index("ix_pay_transfers_month", "shop_id", "month_id", "id"),)

    id: Mapped[Id]
    month_id: Mapped[int] = mapped_column(ForeignKey("pay_months.id"))
    form: Mapped[str]
    rows: Mapped[int]
    won: Mapped[int]
    made_by: Mapped[int]
    made_at: Mapped[datetime]
