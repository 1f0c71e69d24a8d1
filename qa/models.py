"""Tables of judgement: what was drawn, how it was judged and which defects were seen."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from base.db import Base, Doc, Id, InShop, partial
from tasks.models import Submission, Task


class Draw(InShop, Base):
    """Whether a submission was picked for inspection, by a recorded seed that anyone can check."""

    __tablename__ = "draws"
    __table_args__ = (
        UniqueConstraint("submission_id"),
        Index("ix_draws_at", "shop_id", "at"),
        partial("ix_draws_batch", "shop_id", "batch_id", where="batch_id IS NOT NULL"),
    )

    id: Mapped[Id]
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    reason: Mapped[str]  # see qa.sampling.draws
    percent: Mapped[int]
    seed: Mapped[str]
    roll: Mapped[int]  # 0..9999; drawn when below percent x 100, of a batch when among its lowest
    drawn: Mapped[bool]
    facts: Mapped[Doc] = mapped_column(default=dict, server_default="{}")  # what it was decided by
    batch_id: Mapped[int | None]  # the batch it was drawn with, see qa.sampling.batches
    at: Mapped[datetime]


class Inspection(InShop, Base):
    """One review of one submission."""

    __tablename__ = "inspections"
    __table_args__ = (
        UniqueConstraint("submission_id"),
        Index("ix_inspections_state", "shop_id", "state", "due_at", "id"),
        Index("ix_inspections_task", "shop_id", "task_id"),
        Index("ix_inspections_judged", "shop_id", "judged_at"),
        Index("ix_inspections_hand", "shop_id", "partner_id", "judged_at"),
        Index("ix_inspections_reviewer", "shop_id", "reviewer_id", "judged_at"),
        partial("ix_inspections_flawed", "shop_id", "flawed_at", where="flawed_at IS NOT NULL"),
        partial(
            "ix_inspections_flawed_of", "shop_id", "partner_id", "flawed_at", where="flawed_at IS NOT NULL"
        ),
        partial("ix_inspections_held", "shop_id", "held_by", where="held_by IS NOT NULL"),
        CheckConstraint("state IN ('waiting', 'judged', 'lapsed')", name="state"),
        CheckConstraint("verdict IN ('', 'accept', 'send_back', 'reject')", name="verdict"),
        CheckConstraint("(state = 'judged') = (judged_at IS NOT NULL)", name="judged_at"),
        CheckConstraint("(state = 'judged') = (verdict <> '')", name="judged_verdict"),
        CheckConstraint("(state = 'lapsed') = (lapsed_at IS NOT NULL)", name="lapsed_at"),
        {"sqlite_autoincrement": True},  # a number is given once: second looks take theirs from the same row
    )

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    partner_id: Mapped[int] = mapped_column(server_default="0")  # whose work it is, as the submission says
    round: Mapped[int]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    due_at: Mapped[datetime]
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    verdict: Mapped[str] = mapped_column(default="")
    score: Mapped[int | None]  # 0..100
    note: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    drawn_at: Mapped[datetime]
    judged_at: Mapped[datetime | None]
    flawed_at: Mapped[datetime | None]  # the same, where it did not pass or anything was found in it
    held_by: Mapped[int | None]  # the account that has it open, see qa.holding; none once it is judged
    held_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    look_s: Mapped[int | None]  # seconds from opening it to the verdict, for the reviewer's own record
    lapsed_at: Mapped[datetime | None]  # nobody judged it in time, and the clock let it pass, see qa.lapsing
    wanted_id: Mapped[int | None]  # the account that is offered it first, see qa.eyes
    barred_id: Mapped[int | None]  # the account that judged it before and does not now

    task: Mapped[Task] = relationship()
    submission: Mapped[Submission] = relationship()
    defects: Mapped[list["Defect"]] = relationship(back_populates="inspection", order_by="Defect.id")


class Defect(InShop, Base):
    """One thing found wrong, tied to the item and, where it was seen, to a spot on the photo."""

    __tablename__ = "defects"
    __table_args__ = (
        Index("ix_defects_inspection", "inspection_id", "shop_id"),
        CheckConstraint("severity IN ('critical', 'major', 'minor')", name="severity"),
        CheckConstraint("(photo_id IS NULL) = (x IS NULL) AND (x IS NULL) = (y IS NULL)", name="spot"),
        CheckConstraint(
            "(begins IS NULL) = (ends IS NULL) AND (begins IS NULL OR 0 <= begins AND begins < ends)",
            name="span",
        ),
    )

    id: Mapped[Id]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspections.id"))
    item: Mapped[str]
    code: Mapped[str]
    severity: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("photos.id"))
    x: Mapped[int | None]  # left edge of what is marked, per mille of the photo's width
    y: Mapped[int | None]  # top edge, per mille of its height
    w: Mapped[int | None]  # how wide and high it is, per mille as well
    h: Mapped[int | None]
    begins: Mapped[int | None]  # the first character of the item's text that is meant
    ends: Mapped[int | None]  # and the one after the last

    inspection: Mapped[Inspection] = relationship(back_populates="defects")


class Phrase(InShop, Base):
    """Words that reviewers say often: the shop's, or one reviewer's own; `used` puts them in order."""

    __tablename__ = "phrases"
    __table_args__ = (Index("ix_phrases_of", "shop_id", "account_id", "used"),)

    id: Mapped[Id]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))  # none: everybody's
    text: Mapped[str]
    used: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[int]
    made_at: Mapped[datetime]


class Tally(InShop, Base):
    """One day of one measure of the shop, a partner, a procedure or a product; only qa.tallies writes it."""

    __tablename__ = "tallies"
    __table_args__ = (
        UniqueConstraint("shop_id", "dim", "dim_id", "measure", "day"),
        Index("ix_tallies_day", "shop_id", "dim", "measure", "day"),
    )

    id: Mapped[Id]
    day: Mapped[date] = mapped_column(Date)
    measure: Mapped[str]  # see qa.tallies.rules
    dim: Mapped[str]
    dim_id: Mapped[int]
    n: Mapped[int]
    hits: Mapped[int]
    amount: Mapped[int]


class DueTally(InShop, Base):
    """How many orders that wait, or open tasks of a queue, are due in a minute."""

    __tablename__ = "due_tallies"
    __table_args__ = (
        UniqueConstraint("shop_id", "what", "minute", "edition"),
        partial("ix_due_tallies_waiting", "shop_id", "what", "minute", where="n <> 0"),
    )

    id: Mapped[Id]
    what: Mapped[str]  # orders, or the queue of open tasks
    minute: Mapped[int]  # since 1970
    edition: Mapped[int]  # of the calendar the promise was made by; 0 for tasks
    n: Mapped[int]


class CountTally(InShop, Base):
    """A number of now: tasks in a state, what lies on the shelves."""

    __tablename__ = "count_tallies"
    __table_args__ = (UniqueConstraint("shop_id", "name"),)

    id: Mapped[Id]
    name: Mapped[str]
    n: Mapped[int]


class TallyCursor(Base):
    """Up to which journal line a shop's tallies are kept; locking it lets one hand at a time count on."""

    __tablename__ = "tally_cursors"

    shop_id: Mapped[Id]
    seq: Mapped[int]
    as_of: Mapped[datetime]


class Target(InShop, Base):
    """What the owner wants a measure to be."""

    __tablename__ = "targets"
    __table_args__ = (UniqueConstraint("shop_id", "measure"),)

    id: Mapped[Id]
    measure: Mapped[str]
    value: Mapped[int]
    set_by: Mapped[int]
    set_at: Mapped[datetime]
