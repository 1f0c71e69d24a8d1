"""Sampling plans: which is in force, where each partner's work stands, batches, and what is watched."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from base import guards

revision = "0022"
down_revision = "0021"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
branch_labels = None
depends_on = None

TABLES = (
    "sampling_plans",
    "sampling_watches",
    "sampling_states",
    "sampling_actions",
    "sampling_batches",
    "sampling_pieces",
)


def upgrade():
    op.create_table(
        "sampling_plans",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("percent", BIG, nullable=False),
        sa.Column("clean_n", BIG, nullable=False),
        sa.Column("aql", sa.String(), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("hours", BIG, nullable=False),
        sa.Column("over_won", BIG, nullable=False),
        sa.Column("chosen_by", BIG, nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "method IN ('every', 'fraction', 'stream', 'batch', 'standing')",
            name=op.f("ck_sampling_plans_method"),
        ),
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name=op.f("ck_sampling_plans_percent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampling_plans")),
        sa.UniqueConstraint("shop_id", "kind", "number", name=op.f("uq_sampling_plans_shop_id_kind_number")),
    )
    op.create_table(
        "sampling_watches",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=True),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "(product_id IS NULL) = (customer <> '')", name=op.f("ck_sampling_watches_of_one")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_sampling_watches_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampling_watches")),
    )
    with op.batch_alter_table("sampling_watches", schema=None) as batch_op:
        batch_op.create_index("ix_sampling_watches_until", ["shop_id", "until"], unique=False)

    op.create_table(
        "sampling_batches",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("n", BIG, nullable=False),
        sa.Column("ac", BIG, nullable=False),
        sa.Column("judged", BIG, nullable=False),
        sa.Column("wrong", BIG, nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'drawn', 'passed', 'failed')", name=op.f("ck_sampling_batches_state")
        ),
        sa.CheckConstraint(
            "n <= size AND judged <= n AND wrong <= judged", name=op.f("ck_sampling_batches_counts")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_sampling_batches_partner_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["sampling_plans.id"], name=op.f("fk_sampling_batches_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampling_batches")),
    )
    with op.batch_alter_table("sampling_batches", schema=None) as batch_op:
        batch_op.create_index(
            "ix_sampling_batches_due",
            ["shop_id", "closes_at"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index("ix_sampling_batches_newest", ["shop_id", "kind", "id"], unique=False)
        batch_op.create_index(
            "uq_sampling_batches_open",
            ["shop_id", "kind", "partner_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "sampling_states",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("terms", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("turn", BIG, nullable=False),
        sa.Column("run", BIG, nullable=False),
        sa.Column("clean_run", BIG, nullable=False),
        sa.Column("hits", BIG, nullable=False),
        sa.Column("n", BIG, nullable=False),
        sa.Column("rejected", sa.Boolean(), nullable=False),
        sa.Column("score", BIG, nullable=False),
        sa.Column("window", sa.String(), nullable=False),
        sa.Column("tight_rejects", BIG, nullable=False),
        sa.Column("agreed_by", BIG, nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("0 <= hits AND hits <= n", name=op.f("ck_sampling_states_hits")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_sampling_states_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampling_states")),
        sa.UniqueConstraint(
            "shop_id", "kind", "partner_id", name=op.f("uq_sampling_states_shop_id_kind_partner_id")
        ),
    )
    op.create_table(
        "sampling_actions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("state_id", BIG, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["state_id"], ["sampling_states.id"], name=op.f("fk_sampling_actions_state_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampling_actions")),
    )
    with op.batch_alter_table("sampling_actions", schema=None) as batch_op:
        batch_op.create_index("ix_sampling_actions_state", ["shop_id", "state_id"], unique=False)

    op.create_table(
        "sampling_pieces",
        sa.Column("id", BIG, nullable=False),
        sa.Column("batch_id", BIG, nullable=False),
        sa.Column("submission_id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["sampling_batches.id"], name=op.f("fk_sampling_pieces_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_sampling_pieces_submission_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_sampling_pieces_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampling_pieces")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_sampling_pieces_submission_id")),
    )
    with op.batch_alter_table("sampling_pieces", schema=None) as batch_op:
        batch_op.create_index("ix_sampling_pieces_batch", ["shop_id", "batch_id"], unique=False)

    with op.batch_alter_table("draws", schema=None) as batch_op:
        batch_op.add_column(sa.Column("facts", JSON, server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("batch_id", BIG, nullable=True))
        batch_op.create_index("ix_draws_at", ["shop_id", "at"], unique=False)
        batch_op.create_index(
            "ix_draws_batch",
            ["shop_id", "batch_id"],
            unique=False,
            sqlite_where=sa.text("batch_id IS NOT NULL"),
            postgresql_where=sa.text("batch_id IS NOT NULL"),
        )

    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    with op.batch_alter_table("draws", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_draws_batch",
            sqlite_where=sa.text("batch_id IS NOT NULL"),
            postgresql_where=sa.text("batch_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_draws_at")
        batch_op.drop_column("batch_id")
        batch_op.drop_column("facts")

    for table in reversed(TABLES):
        op.drop_table(table)
