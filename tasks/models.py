"""Tables of work: procedures, tasks, what was answered and handed in, and the clocks that run over them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from base.db import Base, Doc, Id, InShop, partial
from partners.models import Partner
from stock.models import Order, Product
from tasks.lifecycle import ENDED, HELD, STATES, UNDONE, quoted


class Sop(InShop, Base):
    """A procedure (작업표준); what partners follow is one of its revisions."""

    __tablename__ = "sops"
    __table_args__ = (UniqueConstraint("shop_id", "kind", "title"),)

    id: Mapped[Id]
    kind: Mapped[str]
    title: Mapped[str]
    made_at: Mapped[datetime]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))  # whose work it is alone
    asks: Mapped[Doc | None]  # {"skills": [ids]}: what one must have learned; none asks nothing

    def __str__(self) -> str:
        return self.title


class SopRevision(InShop, Base):
    """A frozen edition of a procedure; only a draft may change."""

    __tablename__ = "sop_revisions"
    __table_args__ = (
        UniqueConstraint("shop_id", "sop_id", "number"),
        partial("uq_sop_revisions_draft", "sop_id", where="state = 'draft'", unique=True),
        partial("uq_sop_revisions_scheduled", "sop_id", where="state = 'scheduled'", unique=True),
        partial("uq_sop_revisions_published", "sop_id", where="state = 'published'", unique=True),
        partial("ix_sop_revisions_coming", "shop_id", "effective_at", where="state = 'scheduled'"),
        CheckConstraint("state IN ('draft', 'scheduled', 'published', 'retired')", name="state"),
        CheckConstraint(
            "state NOT IN ('scheduled', 'published') OR effective_at IS NOT NULL", name="in_force_since"
        ),
    )

    id: Mapped[Id]
    sop_id: Mapped[int] = mapped_column(ForeignKey("sops.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft")
    items: Mapped[Doc]  # {"purpose", "sections", "items"}, see tasks.checklist and tasks.sections
    rubric: Mapped[Doc]  # {"criteria": [...]}, see qa.scoring; frozen with the procedure it judges
    made_by: Mapped[int]
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    effective_at: Mapped[datetime | None]  # from when new work is done under it; set when it is published
    version: Mapped[int] = mapped_column(default=1)

    sop: Mapped[Sop] = relationship(lazy="joined")


class SopPicture(InShop, Base):
    """A picture that instructions show, already re-encoded; the same picture twice is one row."""

    __tablename__ = "sop_pictures"
    __table_args__ = (UniqueConstraint("shop_id", "sha256"),)

    id: Mapped[Id]
    sha256: Mapped[str]  # what the items of every edition name it by
    file_key: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    by: Mapped[int]
    at: Mapped[datetime]


class Practice(InShop, Base):
    """How a partner stands with an edition: when they read what it changes, and their clean pieces."""

    __tablename__ = "sop_practices"
    __table_args__ = (
        UniqueConstraint("partner_id", "revision_id"),
        CheckConstraint("clean >= 0", name="clean"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("sop_revisions.id"))
    read_at: Mapped[datetime | None]
    clean: Mapped[int] = mapped_column(default=0)  # accepted as handed in first, with nothing found


class Task(InShop, Base):
    """A unit of a partner's work, pinned to its SOP revision; its state is moved by tasks.steps alone."""

    __tablename__ = "tasks"
    __table_args__ = (
        partial("ix_tasks_open", "shop_id", "queue", "slot", "due_at", "id", where="state = 'open'"),
        partial("ix_tasks_held", "shop_id", "holder_id", "state", where=f"state IN ({quoted(HELD)})"),
        partial("ix_tasks_lease", "lease_until", where=f"state IN ({quoted(HELD)})"),
        Index("ix_tasks_state", "shop_id", "state", "opened_at", "id"),
        Index("ix_tasks_holder", "shop_id", "holder_id", "id"),
        partial("ix_tasks_taken", "shop_id", "holder_id", "claimed_at", where="claimed_at IS NOT NULL"),
        partial("ix_tasks_offered", "shop_id", "offered_until", where="offered_until IS NOT NULL"),
        Index("ix_tasks_order", "shop_id", "order_id"),
        partial("ix_tasks_edition", "shop_id", "sop_revision_id", where=f"state NOT IN ({quoted(ENDED)})"),
        partial(
            "uq_tasks_live", "order_id", "kind", where=f"state NOT IN ({quoted(ENDED)})", unique=True
        ),  # an order's work of a kind is under way at most once
        partial(
            "uq_tasks_live_of_product",
            *("shop_id", "kind", "product_id", "target", "slot"),
            where=f"product_id IS NOT NULL AND state NOT IN ({quoted(ENDED)})",
            unique=True,
        ),  # and so is each answer wanted about a product
        partial(
            "uq_tasks_one_each",
            *("shop_id", "set_key", "holder_id"),
            where=f"set_key <> '' AND holder_id IS NOT NULL AND state NOT IN ({quoted(UNDONE)})",
            unique=True,
        ),  # of the answers wanted about one thing nobody gives two
        CheckConstraint(f"state IN ({quoted(STATES)})", name="state"),
        CheckConstraint(f"state NOT IN ({quoted(HELD)}) OR holder_id IS NOT NULL", name="held_by_somebody"),
        CheckConstraint(f"state NOT IN ({quoted(HELD)}) OR lease_until IS NOT NULL", name="held_for_a_time"),
        CheckConstraint("state <> 'open' OR holder_id IS NULL", name="open_held_by_nobody"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    queue: Mapped[str]  # kind x SOP x team, see tasks.matching.queue_name: eligibility is decided per queue
    title: Mapped[str]
    sop_revision_id: Mapped[int] = mapped_column(ForeignKey("sop_revisions.id"))
    note: Mapped[str] = mapped_column(default="")  # what whoever opened it has to say
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    target: Mapped[str] = mapped_column(default="")  # what of it is meant: a channel, a batch
    slot: Mapped[int] = mapped_column(default=0)  # the how-manieth of several answers wanted, from 0
    set_key: Mapped[str] = mapped_column(default="")  # the answers wanted about one thing, opened together
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))
    state: Mapped[str] = mapped_column(default="open")
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id"))
    fence: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    batch_id: Mapped[int | None]  # the first of the tasks taken together with it: their lease is one
    offered_until: Mapped[datetime | None]  # until then it is for those it was offered to, see TaskOffer
    left_by_id: Mapped[int | None]  # who let it go last: *next task* does not hand it straight back
    round: Mapped[int] = mapped_column(default=1)
    failed: Mapped[Doc] = mapped_column(default=dict)  # what the reviewer marked, see tasks.marks
    won: Mapped[int | None]  # the unit price, frozen when it is claimed
    due_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    revision: Mapped[SopRevision] = relationship()
    order: Mapped[Order | None] = relationship()
    product: Mapped[Product | None] = relationship()
    holder: Mapped[Partner | None] = relationship()


class Queue(InShop, Base):
    """Where open work of a kind waits; what is open is given out. `front`, `openings`: see tasks.passing."""

    __tablename__ = "queues"
    __table_args__ = (
        UniqueConstraint("shop_id", "name"),
        CheckConstraint("state IN ('open', 'paused', 'retired')", name="state"),
        Index("ix_queues_front", "shop_id", "front", "id"),
    )

    id: Mapped[Id]
    name: Mapped[str]  # as tasks.queue has it
    kind: Mapped[str]
    sop_id: Mapped[int | None] = mapped_column(ForeignKey("sops.id"))  # whose work alone waits here, if one
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))  # who alone is given it, if a team
    state: Mapped[str] = mapped_column(default="open")
    due_s: Mapped[int]  # business seconds its work is due in, where nobody says otherwise
    made_at: Mapped[datetime]
    front: Mapped[datetime] = mapped_column(server_default="1970-01-01 00:00:00.000000")
    openings: Mapped[int] = mapped_column(server_default="0")


class TaskOffer(InShop, Base):
    """That the owner showed a task to a chosen partner first, who may decline without cost."""

    __tablename__ = "task_offers"
    __table_args__ = (
        UniqueConstraint("task_id", "partner_id"),
        Index("ix_task_offers_partner", "shop_id", "partner_id", "task_id"),
    )

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    until: Mapped[datetime]
    offered_by: Mapped[int]
    at: Mapped[datetime]
    declined_at: Mapped[datetime | None]


class Answer(InShop, Base):
    """What a partner answered to one item; `version` keeps two tabs from overwriting each other."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("task_id", "item"), Index("ix_answers_task", "shop_id", "task_id"))

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    item: Mapped[str]
    value: Mapped[Doc]  # {"v": …}: the answer as its item's type has it
    round: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    by: Mapped[int]
    at: Mapped[datetime]


class Photo(InShop, Base):
    """A picture taken for an item, already re-encoded; the same picture twice is one row."""

    __tablename__ = "photos"
    __table_args__ = (
        UniqueConstraint("task_id", "item", "sha256"),
        Index("ix_photos_task", "shop_id", "task_id"),
        Index("ix_photos_sha256", "shop_id", "sha256"),
    )

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    item: Mapped[str]
    round: Mapped[int]
    file_key: Mapped[str]
    sha256: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    troubles: Mapped[str] = mapped_column(default="", server_default="")  # codes, see tasks.seeing
    by: Mapped[int]
    at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Submission(InShop, Base):
    """Work as it was handed in: the answers of that moment, never changed afterwards."""

    __tablename__ = "submissions"
    __table_args__ = (UniqueConstraint("task_id", "round"),)

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    round: Mapped[int]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    fence: Mapped[int]
    answers: Mapped[Doc]  # {"item": value, …}
    photos: Mapped[Doc]  # {"item": [photo ids], …}
    at: Mapped[datetime]


class LateDraft(InShop, Base):
    """Work handed in after the lease had ended: kept, told to its author, not counted."""

    __tablename__ = "late_drafts"
    __table_args__ = (Index("ix_late_drafts_partner", "shop_id", "partner_id", "id"),)

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    fence: Mapped[int]
    answers: Mapped[Doc]
    at: Mapped[datetime]


class StageClock(InShop, Base):
    """One SLA clock: a stage of a task from its beginning to its frozen verdict."""

    __tablename__ = "stage_clocks"
    __table_args__ = (
        UniqueConstraint("task_id", "stage", "round"),
        partial("uq_stage_clocks_running", "task_id", where="ended_at IS NULL", unique=True),
        Index("ix_stage_clocks_due", "shop_id", "stage", "due_at", "id"),
        partial("ix_stage_clocks_running", "shop_id", "due_at", "id", where="ended_at IS NULL"),
        Index("ix_stage_clocks_ended", "shop_id", "ended_at"),
        CheckConstraint("stage IN ('claim', 'do', 'review', 'rework')", name="stage"),
        CheckConstraint("verdict IN ('', 'met', 'breached', 'void')", name="verdict"),
        CheckConstraint("(ended_at IS NULL) = (verdict = '')", name="frozen_at_end"),
    )

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    stage: Mapped[str]
    round: Mapped[int]
    owed_by: Mapped[int]  # partner id for do and rework, account id for review, 0 for claim
    target_s: Mapped[int]
    began_at: Mapped[datetime]
    due_at: Mapped[datetime | None]  # none while paused
    paused_at: Mapped[datetime | None]
    calendar_version: Mapped[int]
    ended_at: Mapped[datetime | None]
    elapsed_s: Mapped[int] = mapped_column(default=0)
    late_s: Mapped[int] = mapped_column(default=0)
    verdict: Mapped[str] = mapped_column(default="")


class ClockPause(InShop, Base):
    """A wait that stopped a clock: why, and who owes it."""

    __tablename__ = "clock_pauses"
    __table_args__ = (
        Index("ix_clock_pauses_clock", "shop_id", "clock_id"),
        partial("ix_clock_pauses_lasting", "shop_id", "owed_by", where="to_at IS NULL"),
    )

    id: Mapped[Id]
    clock_id: Mapped[int] = mapped_column(ForeignKey("stage_clocks.id"))
    reason: Mapped[str]
    owed_by: Mapped[str]  # partner, reviewer, owner, customer, carrier
    from_at: Mapped[datetime]
    to_at: Mapped[datetime | None]
