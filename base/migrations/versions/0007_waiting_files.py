"""Uploaded files that wait for a yes, noted so that they can be swept."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0007"
down_revision = "0006"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "waiting_files",
        sa.Column("id", BIG, nullable=False),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_files")),
        sa.UniqueConstraint("file_key", name=op.f("uq_waiting_files_file_key")),
    )
    with op.batch_alter_table("waiting_files", schema=None) as batch_op:
        batch_op.create_index("ix_waiting_files_at", ["shop_id", "at"], unique=False)

    if op.get_bind().dialect.name == "postgresql":
        for statement in guards.row_security("waiting_files"):
            op.execute(statement)


def downgrade():
    with op.batch_alter_table("waiting_files", schema=None) as batch_op:
        batch_op.drop_index("ix_waiting_files_at")

    op.drop_table("waiting_files")
