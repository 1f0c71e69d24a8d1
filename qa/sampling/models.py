"""Tables of sampling: plans as chosen, where each partner's work stands, batches, and what is watched."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from base.db import Base, Id, InShop, partial
from partners.models import Partner
from stock.models import Product
from tasks.models import Submission, Task


class SamplingPlan(InShop, Base):
    """How much of a kind of work is inspected, as the owner chose it; the highest number is in force.

    A row is never changed. Without a kind it is the shop's, for every kind that has none of its own.
    """

    __tablename__ = "sampling_plans"
    __table_args__ = (
        UniqueConstraint("shop_id", "kind", "number"),
        CheckConstraint("method IN ('every', 'fraction', 'stream', 'batch', 'standing')", name="method"),
        CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    number: Mapped[int]
    method: Mapped[str]
    percent: Mapped[int]
    clean_n: Mapped[int]
    aql: Mapped[str]
    size: Mapped[int]
    hours: Mapped[int]
    over_won: Mapped[int]  # 0: no order is inspected for its value
    chosen_by: Mapped[int]  # 0: the house, when the shop was opened
    chosen_at: Mapped[datetime]


class SamplingState(InShop, Base):
    """Where a partner's work of a kind stands; only qa.sampling.states moves it."""

    __tablename__ = "sampling_states"
    __table_args__ = (
        UniqueConstraint("shop_id", "kind", "partner_id"),
        CheckConstraint("0 <= hits AND hits <= n", name="hits"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    kind: Mapped[str]
    terms: Mapped[str] = mapped_column(default="")  # of the plan that the phase was reached under
    phase: Mapped[str] = mapped_column(default="")  # all, some; or normal, tightened, reduced, discontinued
    because: Mapped[str] = mapped_column(default="")  # what led into the phase, a code
    turn: Mapped[int] = mapped_column(default=0)  # how often inspecting in full has begun
    run: Mapped[int] = mapped_column(default=0)  # pieces clean in a row within it
    clean_run: Mapped[int] = mapped_column(default=0)  # pieces clean in a row, whatever the plan
    hits: Mapped[int] = mapped_column(default=0)  # wrong ones among the last n inspected, see recent.counted
    n: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[bool] = mapped_column(default=False)  # a final no that is not made up for
    score: Mapped[int] = mapped_column(default=0)
    window: Mapped[str] = mapped_column(default="")  # verdicts of the last batches in this phase, 1 passed
    tight_rejects: Mapped[int] = mapped_column(default=0)
    agreed_by: Mapped[int | None]  # who said that the work is steady and less inspection will do
    agreed_at: Mapped[datetime | None]
    moved_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    partner: Mapped[Partner] = relationship()


class SamplingAction(InShop, Base):
    """What was done so that discontinued work could begin again, in the owner's words."""

    __tablename__ = "sampling_actions"
    __table_args__ = (Index("ix_sampling_actions_state", "shop_id", "state_id"),)

    id: Mapped[Id]
    state_id: Mapped[int] = mapped_column(ForeignKey("sampling_states.id"))
    text: Mapped[str]
    by: Mapped[int]
    at: Mapped[datetime]


class Batch(InShop, Base):
    """Submissions of one partner and kind that are judged together; only qa.sampling.batches moves it."""

    __tablename__ = "sampling_batches"
    __table_args__ = (
        partial(
            "uq_sampling_batches_open", "shop_id", "kind", "partner_id", where="state = 'open'", unique=True
        ),
        partial("ix_sampling_batches_due", "shop_id", "closes_at", where="state = 'open'"),
        Index("ix_sampling_batches_newest", "shop_id", "kind", "id"),
        CheckConstraint("state IN ('open', 'drawn', 'passed', 'failed')", name="state"),
        CheckConstraint("n <= size AND judged <= n AND wrong <= judged", name="counts"),
    )

    id: Mapped[Id]
    partner_id: Mapped[int] = mapped_column(ForeignKey("partners.id"))
    kind: Mapped[str]
    plan_id: Mapped[int] = mapped_column(ForeignKey("sampling_plans.id"))
    state: Mapped[str] = mapped_column(default="open")
    severity: Mapped[str] = mapped_column(default="")  # normal, tightened, reduced; known when it is drawn
    size: Mapped[int] = mapped_column(default=0)
    n: Mapped[int] = mapped_column(default=0)
    ac: Mapped[int] = mapped_column(default=0)
    judged: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    seed: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    drawn_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]


class BatchPiece(InShop, Base):
    """A submission of a batch."""

    __tablename__ = "sampling_pieces"
    __table_args__ = (
        UniqueConstraint("submission_id"),
        Index("ix_sampling_pieces_batch", "shop_id", "batch_id"),
    )

    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(ForeignKey("sampling_batches.id"))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))

    submission: Mapped[Submission] = relationship()
    task: Mapped[Task] = relationship()


class Watch(InShop, Base):
    """A product or a customer whose orders are all inspected for a while: an earlier claim was about them."""

    __tablename__ = "sampling_watches"
    __table_args__ = (
        Index("ix_sampling_watches_until", "shop_id", "until"),
        Index("ix_sampling_watches_claim", "claim_id"),
        CheckConstraint("(product_id IS NULL) = (customer <> '')", name="of_one"),
    )

    id: Mapped[Id]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    customer: Mapped[str] = mapped_column(default="")  # blind index, as the order has it
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claims.id"))  # that it is watched for
    until: Mapped[datetime]
    made_at: Mapped[datetime]

    product: Mapped[Product | None] = relationship()
