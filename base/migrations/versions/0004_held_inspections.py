"""What a reviewer has open is held, and how long they looked is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("inspections", sa.Column("held_by", BIG, nullable=True))
    op.add_column("inspections", sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inspections", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("inspections", sa.Column("look_s", BIG, nullable=True))
    op.create_index(
        "ix_inspections_held",
        "inspections",
        ["shop_id", "held_by"],
        sqlite_where=sa.text("held_by IS NOT NULL"),
        postgresql_where=sa.text("held_by IS NOT NULL"),
    )


def downgrade():
    op.drop_index("ix_inspections_held", table_name="inspections")
    with op.batch_alter_table("inspections") as table:
        for name in ("look_s", "held_until", "held_at", "held_by"):
            table.drop_column(name)
