"""Suggestions that were shown, and photos found by what is in them."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0023"
down_revision = "0022"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "shown_suggestions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_shown_suggestions_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shown_suggestions")),
    )
    op.create_index("ix_shown_suggestions_kind", "shown_suggestions", ["shop_id", "kind", "id"])
    op.create_index("ix_shown_suggestions_task", "shown_suggestions", ["shop_id", "task_id"])
    op.create_index("ix_photos_sha256", "photos", ["shop_id", "sha256"])
    if op.get_bind().dialect.name == "postgresql":
        for statement in guards.row_security("shown_suggestions"):
            op.execute(statement)


def downgrade():
    op.drop_index("ix_photos_sha256", table_name="photos")
    op.drop_table("shown_suggestions")
