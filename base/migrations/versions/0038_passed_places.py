"""How far into a queue nothing is for a partner."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0038"
down_revision = "0037"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "passed",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("slot", BIG, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_passed_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passed")),
        sa.UniqueConstraint("partner_id", "queue", name=op.f("uq_passed_partner_id_queue")),
    )
    op.create_index("ix_passed_queue", "passed", ["shop_id", "queue"])
    if op.get_bind().dialect.name == "postgresql":
        for statement in guards.row_security("passed"):
            op.execute(statement)


def downgrade():
    op.drop_table("passed")
