"""Tables of automation: what the owner wants opened, what came of it, and which work it opened."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from base.db import Base, Doc, Id, InShop


class Automation(InShop, Base):
    """One clause of the owner; those on are looked at in the order of their places."""

    __tablename__ = "automations"
    __table_args__ = (
        Index("ix_automations_on", "shop_id", "state", "happening", "place", "id"),
        CheckConstraint("state IN ('off', 'on', 'stopped', 'removed')", name="state"),
    )

    id: Mapped[Id]
    title: Mapped[str]
    happening: Mapped[str]
    clause: Mapped[Doc]  # see tasks.automation.clauses
    place: Mapped[int]
    state: Mapped[str] = mapped_column(default="off")
    why: Mapped[str] = mapped_column(default="")  # why the house stopped it, a code
    version: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[int]
    made_at: Mapped[datetime]


class AutomationRun(InShop, Base):
    """One time an automation acted: how much it looked at, met and opened, and how deep in a chain."""

    __tablename__ = "automation_runs"
    __table_args__ = (Index("ix_automation_runs_of", "shop_id", "automation_id", "id"),)

    id: Mapped[Id]
    automation_id: Mapped[int] = mapped_column(ForeignKey("automations.id"))
    at: Mapped[datetime]
    looked: Mapped[int]
    met: Mapped[int]
    opened: Mapped[int]
    depth: Mapped[int]
    cause_id: Mapped[int | None] = mapped_column(
        ForeignKey("tasks.id")
    )  # the work whose acceptance set it off


class AutomationTask(InShop, Base):
    """Work that an automation opened: how a chain of automations is counted."""

    __tablename__ = "automation_tasks"
    __table_args__ = (UniqueConstraint("task_id"), Index("ix_automation_tasks_run", "shop_id", "run_id"))

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("automation_runs.id"))
