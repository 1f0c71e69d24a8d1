"""Tables of measuring reviewers: draws for a second look, looks, pieces with a known verdict, rounds."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Doc, Id, InShop, partial
from qa.reviewers.rules import PURPOSES, STATES
from tasks.lifecycle import quoted


class LookDraw(InShop, Base):
    """Whether a judged inspection is looked at a second time, by a recorded seed that anyone can check."""

    __tablename__ = "look_draws"
    __table_args__ = (UniqueConstraint("inspection_id"), Index("ix_look_draws_shop", "shop_id", "id"))

    id: Mapped[Id]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspections.id"))
    percent: Mapped[int]
    seed: Mapped[str]
    roll: Mapped[int]  # 0..9999; drawn when below percent x 100
    drawn: Mapped[bool]
    at: Mapped[datetime]


class Calibration(InShop, Base):
    """A round: some pieces that all reviewers judge blind, to see side by side how each of them judges."""

    __tablename__ = "calibrations"
    __table_args__ = (Index("ix_calibrations_shop", "shop_id", "id"),)

    id: Mapped[Id]
    title: Mapped[str]
    made_by: Mapped[int]
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]  # what everybody does from now on; written once, when it has been talked over
    outcome_by: Mapped[int | None]
    outcome_at: Mapped[datetime | None]


class Remark(InShop, Base):
    """Something said about a round, for who took part in it and the owner."""

    __tablename__ = "calibration_remarks"
    __table_args__ = (Index("ix_calibration_remarks_of", "shop_id", "calibration_id", "id"),)

    id: Mapped[Id]
    calibration_id: Mapped[int] = mapped_column(ForeignKey("calibrations.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    text: Mapped[str]
    at: Mapped[datetime]


class Known(InShop, Base):
    """A past piece of work whose verdict is known: what reviewers are measured by, mixed into their queue."""

    __tablename__ = "known_verdicts"
    __table_args__ = (
        UniqueConstraint("inspection_id"),
        Index("ix_known_verdicts_shop", "shop_id", "retired_at", "id"),
        CheckConstraint("verdict IN ('accept', 'send_back', 'reject')", name="verdict"),
        CheckConstraint("source IN ('settled', 'agreed', 'owner')", name="source"),
    )

    id: Mapped[Id]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspections.id"))
    verdict: Mapped[str]
    codes: Mapped[Doc]  # {"codes": [...]}: the defects that are there
    source: Mapped[str]  # how it came to be known, see qa.reviewers.knowing
    made_by: Mapped[int]
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class Look(InShop, Base):
    """One more look at a submission that was judged. It measures whoever looks, and changes nothing else.

    `number` is what it is called on a reviewer's desk: the next of the inspections, so that nobody can tell
    it from one. It has none until it comes into the queue.
    """

    __tablename__ = "looks"
    __table_args__ = (
        UniqueConstraint("number"),
        Index("ix_looks_state", "shop_id", "state", "due_at", "number"),
        Index("ix_looks_first", "shop_id", "first_id"),
        Index("ix_looks_task", "shop_id", "task_id"),
        Index("ix_looks_judged", "shop_id", "judged_at"),
        Index("ix_looks_reviewer", "shop_id", "reviewer_id", "judged_at"),
        Index("ix_looks_barred", "shop_id", "barred_id", "judged_at"),
        partial("ix_looks_known", "shop_id", "known_id", where="known_id IS NOT NULL"),
        partial("ix_looks_cases", "shop_id", "case_at", where="case_at IS NOT NULL"),
        partial("ix_looks_planned", "shop_id", "opens_at", where="state = 'planned'"),
        CheckConstraint(f"state IN ({quoted(STATES)})", name="state"),
        CheckConstraint(f"purpose IN ({quoted(PURPOSES)})", name="purpose"),
        CheckConstraint("verdict IN ('', 'accept', 'send_back', 'reject')", name="verdict"),
        CheckConstraint("(state = 'judged') = (verdict <> '')", name="judged_verdict"),
        CheckConstraint("(state = 'judged') = (judged_at IS NOT NULL)", name="judged_at"),
        CheckConstraint("state NOT IN ('waiting', 'judged') OR number IS NOT NULL", name="numbered"),
        CheckConstraint("purpose = 'second' OR for_id IS NOT NULL", name="for_whom"),
        CheckConstraint("reviewer_id IS NULL OR reviewer_id <> barred_id", name="another"),
    )

    id: Mapped[Id]
    number: Mapped[int | None]
    purpose: Mapped[str]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    first_id: Mapped[int] = mapped_column(ForeignKey("inspections.id"))
    known_id: Mapped[int | None] = mapped_column(ForeignKey("known_verdicts.id"))
    calibration_id: Mapped[int | None] = mapped_column(ForeignKey("calibrations.id"))
    for_id: Mapped[int | None]  # the account it is meant for; none: whoever takes it but
    barred_id: Mapped[int | None]  # the account that judged it first
    round: Mapped[int]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="planned")
    opens_at: Mapped[datetime]  # when it may come into the queue
    drawn_at: Mapped[datetime | None]  # when it did
    due_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    held_by: Mapped[int | None]
    held_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    verdict: Mapped[str] = mapped_column(default="")
    score: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
    found: Mapped[Doc] = mapped_column(default=dict)  # {"defects": [...]}, each as qa.marking.Seen
    judged_at: Mapped[datetime | None]
    look_s: Mapped[int | None]
    made_at: Mapped[datetime]
    case_at: Mapped[
        datetime | None
    ]  # since when it is a case for the owner; none once settled, or if all agree
    settled: Mapped[str] = mapped_column(default="")  # what the owner says is so, where the two differ
    settled_codes: Mapped[Doc] = mapped_column(default=dict)
    settled_by: Mapped[int | None]
    settled_at: Mapped[datetime | None]
