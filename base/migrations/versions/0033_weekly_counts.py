"""Weekly counts: rounds of lines, and what was said of each before it was booked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from base import guards

revision = "0033"
down_revision = "0032"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
branch_labels = None
depends_on = None

TABLES = ("count_rounds", "count_lines")


def upgrade():
    op.create_table(
        "count_rounds",
        sa.Column("id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("dear", BIG, nullable=False),
        sa.Column("waiting", BIG, nullable=False),
        sa.Column("begun_by", BIG, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", BIG, nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name=op.f("ck_count_rounds_closed")),
        sa.CheckConstraint("dear >= 0", name=op.f("ck_count_rounds_dear")),
        sa.ForeignKeyConstraint(["begun_by"], ["accounts.id"], name=op.f("fk_count_rounds_begun_by")),
        sa.ForeignKeyConstraint(["closed_by"], ["accounts.id"], name=op.f("fk_count_rounds_closed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_rounds")),
    )
    with op.batch_alter_table("count_rounds", schema=None) as batch_op:
        batch_op.create_index("ix_count_rounds_newest", ["shop_id", "id"], unique=False)
        batch_op.create_index(
            "uq_count_rounds_open",
            ["shop_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "count_lines",
        sa.Column("id", BIG, nullable=False),
        sa.Column("round_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("location_id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("variance", BIG, nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("count_id", BIG, nullable=True),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "(state = 'counted') = (count_id IS NOT NULL)", name=op.f("ck_count_lines_counted")
        ),
        sa.CheckConstraint(
            "cause IN ('', 'damaged', 'lost', 'not_booked_in', 'not_booked_out', 'mixed_up', 'miscounted', 'unknown')",
            name=op.f("ck_count_lines_cause"),
        ),
        sa.CheckConstraint(
            "state IN ('due', 'again', 'waiting', 'counted', 'dropped')", name=op.f("ck_count_lines_state")
        ),
        sa.CheckConstraint("why IN ('never', 'differed', 'due')", name=op.f("ck_count_lines_why")),
        sa.ForeignKeyConstraint(["count_id"], ["counts.id"], name=op.f("fk_count_lines_count_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_count_lines_decided_by")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_count_lines_location_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_count_lines_product_id")),
        sa.ForeignKeyConstraint(["round_id"], ["count_rounds.id"], name=op.f("fk_count_lines_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_lines")),
    )
    with op.batch_alter_table("count_lines", schema=None) as batch_op:
        batch_op.create_index(
            "ix_count_lines_home",
            ["shop_id", "partner_id"],
            unique=False,
            sqlite_where=sa.text("state IN ('due', 'again', 'waiting')"),
            postgresql_where=sa.text("state IN ('due', 'again', 'waiting')"),
        )
        batch_op.create_index("ix_count_lines_round", ["shop_id", "round_id", "id"], unique=False)
        batch_op.create_index(
            "uq_count_lines_live",
            ["product_id", "location_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('due', 'again', 'waiting')"),
            postgresql_where=sa.text("state IN ('due', 'again', 'waiting')"),
        )
    op.create_index("ix_counts_at", "counts", ["shop_id", "at"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    op.drop_index("ix_counts_at", table_name="counts")
    op.drop_table("count_lines")
    op.drop_table("count_rounds")
