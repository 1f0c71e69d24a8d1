"""What partners offer of their time: hours of a week, and days off."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0042"
down_revision = "0041"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None

TABLES = ("offered_hours", "time_off")


def upgrade():
    op.create_table(
        "offered_hours",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("week", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_offered_hours_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offered_hours")),
        sa.UniqueConstraint("partner_id", name=op.f("uq_offered_hours_partner_id")),
    )
    op.create_index("ix_offered_hours_week", "offered_hours", ["shop_id", "week"], unique=False)
    op.create_table(
        "time_off",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_time_off_days")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_time_off_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_off")),
    )
    op.create_index("ix_time_off_last", "time_off", ["shop_id", "last"], unique=False)
    op.create_index("ix_time_off_partner", "time_off", ["shop_id", "partner_id", "last"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
