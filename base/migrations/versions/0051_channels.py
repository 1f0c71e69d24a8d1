"""Channels: what is kept back from each, what it calls a product, and what those outside were told."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0051"
down_revision = "0050"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None

TABLES = ("channels", "channel_codes", "free_told")
KNOWN = "('smartstore', 'coupang', 'cafe24', 'generic')"


def upgrade():
    op.create_table(
        "channels",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("buffer", BIG, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(f"name IN {KNOWN}", name=op.f("ck_channels_name")),
        sa.CheckConstraint("buffer >= 0", name=op.f("ck_channels_buffer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("shop_id", "name", name=op.f("uq_channels_shop_id_name")),
    )
    op.create_table(
        "channel_codes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(f"channel IN {KNOWN}", name=op.f("ck_channel_codes_channel")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_channel_codes_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_codes")),
        sa.UniqueConstraint("shop_id", "channel", "code", name=op.f("uq_channel_codes_shop_id_channel_code")),
    )
    op.create_index("ix_channel_codes_product", "channel_codes", ["shop_id", "product_id"], unique=False)
    op.create_table(
        "free_told",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("units", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_free_told_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_free_told")),
        sa.UniqueConstraint("shop_id", "product_id", name=op.f("uq_free_told_shop_id_product_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
