"""What was late and does not count."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0035"
down_revision = "0034"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "waivers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("clock_id", BIG, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["by"], ["accounts.id"], name=op.f("fk_waivers_by")),
        sa.ForeignKeyConstraint(["clock_id"], ["stage_clocks.id"], name=op.f("fk_waivers_clock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waivers")),
        sa.UniqueConstraint("clock_id", name=op.f("uq_waivers_clock_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in guards.row_security("waivers"):
            op.execute(statement)


def downgrade():
    op.drop_table("waivers")
