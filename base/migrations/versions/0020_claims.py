"""Claims of customers on lines of orders."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0020"
down_revision = "0019"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None

TABLES = ("claims",)


def upgrade():
    op.create_table(
        "claims",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("line_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("units", BIG, nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("cost", BIG, nullable=False),
        sa.Column("settled_by", BIG, nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", BIG, nullable=False),
        sa.Column("import_id", BIG, nullable=True),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("(state = 'settled') = (outcome <> '')", name=op.f("ck_claims_settled_outcome")),
        sa.CheckConstraint("outcome IN ('', 'ours', 'not_ours', 'goodwill')", name=op.f("ck_claims_outcome")),
        sa.CheckConstraint(
            "reason IN ('changed_mind', 'wrong_item', 'broken', 'missing', 'not_as_described', 'late', 'other')",
            name=op.f("ck_claims_reason"),
        ),
        sa.CheckConstraint("state IN ('opened', 'settled', 'withdrawn')", name=op.f("ck_claims_state")),
        sa.CheckConstraint(
            "wish IN ('return', 'exchange', 'resend', 'refund', 'answer')", name=op.f("ck_claims_wish")
        ),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_claims_cost")),
        sa.CheckConstraint("units > 0", name=op.f("ck_claims_units")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_claims_import_id")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_claims_line_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_claims_order_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_claims_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.create_index("ix_claims_made", ["shop_id", "made_at"], unique=False)
        batch_op.create_index("ix_claims_order", ["shop_id", "order_id"], unique=False)
        batch_op.create_index("ix_claims_state", ["shop_id", "state", "claimed_at", "id"], unique=False)
        batch_op.create_index(
            "uq_claims_number",
            ["shop_id", "order_id", "number"],
            unique=True,
            sqlite_where=sa.text("number <> ''"),
            postgresql_where=sa.text("number <> ''"),
        )

    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_claims_number", sqlite_where=sa.text("number <> ''"), postgresql_where=sa.text("number <> ''")
        )
        batch_op.drop_index("ix_claims_state")
        batch_op.drop_index("ix_claims_order")
        batch_op.drop_index("ix_claims_made")

    op.drop_table("claims")
