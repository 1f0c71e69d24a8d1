"""Returns: what customers send back, and what became of every unit."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0049"
down_revision = "0048"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "returns",
        sa.Column("id", BIG, nullable=False),
        sa.Column("claim_id", BIG, nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("line_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("units", BIG, nullable=False),
        sa.Column("arrived", BIG, nullable=False),
        sa.Column("good", BIG, nullable=False),
        sa.Column("mending", BIG, nullable=False),
        sa.Column("scrap", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refund", BIG, nullable=True),
        sa.Column("refunded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'quarantine', 'repair', 'closed', 'withdrawn')", name=op.f("ck_returns_state")
        ),
        sa.CheckConstraint("units > 0", name=op.f("ck_returns_units")),
        sa.CheckConstraint("arrived >= 0 AND arrived <= units", name=op.f("ck_returns_arrived")),
        sa.CheckConstraint("good >= 0 AND mending >= 0 AND scrap >= 0", name=op.f("ck_returns_fates")),
        sa.CheckConstraint("good + mending + scrap <= arrived", name=op.f("ck_returns_sum")),
        sa.CheckConstraint(
            "state <> 'closed' OR (mending = 0 AND good + scrap = arrived AND arrived > 0)",
            name=op.f("ck_returns_closed"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('asked', 'withdrawn') OR arrived = 0", name=op.f("ck_returns_not_here")
        ),
        sa.CheckConstraint("(refund IS NULL) = (refunded_at IS NULL)", name=op.f("ck_returns_refund")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_returns_claim_id")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_returns_line_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_returns_order_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_returns_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returns")),
        sa.UniqueConstraint("shop_id", "claim_id", name=op.f("uq_returns_shop_id_claim_id")),
    )
    op.create_index("ix_returns_state", "returns", ["shop_id", "state", "since", "id"], unique=False)
    op.create_index("ix_returns_line", "returns", ["shop_id", "line_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for statement in guards.row_security("returns"):
            op.execute(statement)


def downgrade():
    op.drop_table("returns")
