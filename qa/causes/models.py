"""Tables of causes: what slipped through and whose work it was, alarms, what is done, what it costs."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Doc, Id, InShop, partial
from qa.causes.action_life import STATES, WAYS
from qa.causes.control import RULES
from stock.lifecycle import quoted


class Escape(InShop, Base):
    """A claim that is our fault, tied to the work it slipped through; written by qa.causes.escapes alone."""

    __tablename__ = "escapes"
    __table_args__ = (
        UniqueConstraint("shop_id", "claim_id"),
        Index("ix_escapes_day", "shop_id", "day", "id"),
        partial("ix_escapes_untied", "shop_id", "id", where="task_id IS NULL AND tied = 'nobody'"),
        CheckConstraint("tied IN ('house', 'owner', 'nobody', 'none')", name="tied"),
        CheckConstraint("(task_id IS NULL) = (tied IN ('nobody', 'none'))", name="tied_task"),
    )

    id: Mapped[Id]
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    reason: Mapped[str]
    day: Mapped[date] = mapped_column(Date)  # the local day the parcel left; of the claim where it had not
    won: Mapped[int]
    #: Who tied it: the house, the owner; nobody yet; or the owner says that no work is to blame (none).
    tied: Mapped[str]
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id"))
    sop_id: Mapped[int | None] = mapped_column(ForeignKey("sops.id"))
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("sop_revisions.id"))
    inspection_id: Mapped[int | None] = mapped_column(ForeignKey("inspections.id"))  # none: it was not drawn
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    tied_by: Mapped[int]
    tied_at: Mapped[datetime]


class QualityRate(InShop, Base):
    """What the owner says an hour of looking and one piece sent back cost."""

    __tablename__ = "quality_rates"
    __table_args__ = (
        UniqueConstraint("shop_id"),
        CheckConstraint("hour >= 0 AND piece >= 0", name="won"),
    )

    id: Mapped[Id]
    hour: Mapped[int]
    piece: Mapped[int]
    set_by: Mapped[int]
    set_at: Mapped[datetime]


class QualityAlarm(InShop, Base):
    """A day that is more than chance, on one chart by one rule; it waits until the owner has answered."""

    __tablename__ = "quality_alarms"
    __table_args__ = (
        UniqueConstraint("shop_id", "chart", "dim", "dim_id", "day"),
        partial("ix_quality_alarms_waiting", "shop_id", "at", where="answered_at IS NULL"),
        CheckConstraint("chart IN ('p', 'u')", name="chart"),
        CheckConstraint(f"rule IN ({quoted(RULES)})", name="rule"),
    )

    id: Mapped[Id]
    chart: Mapped[str]
    dim: Mapped[str]  # as qa.tallies.rules has it: the shop, a partner, a procedure
    dim_id: Mapped[int]
    day: Mapped[date] = mapped_column(Date)
    rule: Mapped[str]
    n: Mapped[int]
    found: Mapped[int]
    centre_ppm: Mapped[int]  # what is usual, in millionths
    at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="")  # action, chance, known
    answered_by: Mapped[int | None]
    answered_at: Mapped[datetime | None]


class CorrectiveAction(InShop, Base):
    """What is done about a cause, by whom until when, and what the data say came of it."""

    __tablename__ = "corrective_actions"
    __table_args__ = (
        Index("ix_corrective_actions_state", "shop_id", "state", "due", "id"),
        CheckConstraint(f"state IN ({quoted(STATES)})", name="state"),
        CheckConstraint(f"way IN ({quoted(WAYS)})", name="way"),
        CheckConstraint("(state IN ('done', 'proven')) = (done_on IS NOT NULL)", name="done_on"),
    )

    id: Mapped[Id]
    title: Mapped[str]
    cause: Mapped[str]
    measure: Mapped[str]
    way: Mapped[str]
    sop_id: Mapped[int | None] = mapped_column(ForeignKey("sops.id"))
    dim: Mapped[str]  # whose figures tell whether it helped, as qa.causes.subjects has it
    dim_id: Mapped[int]
    owner_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    due: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(default="open")
    alarm_id: Mapped[int | None] = mapped_column(ForeignKey("quality_alarms.id"))
    done_on: Mapped[date | None] = mapped_column(Date)
    reopened: Mapped[int] = mapped_column(default=0)  # how often it had no effect
    verdict: Mapped[Doc]  # of the last look at the data; see qa.causes.effect
    version: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[int]
    made_at: Mapped[datetime]
