"""What stands for a product on a channel, every version of it, and the brand guide."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from base import guards

revision = "0015"
down_revision = "0014"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOC = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
TABLES = ("listings", "listing_versions", "brand_guides")
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "listings",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("product_version", BIG, nullable=False),
        sa.Column("text_version", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_listings_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings")),
        sa.UniqueConstraint("product_id", "channel", name=op.f("uq_listings_product_id_channel")),
    )
    with op.batch_alter_table("listings", schema=None) as batch_op:
        batch_op.create_index("ix_listings_channel", ["shop_id", "channel", "id"], unique=False)
    op.create_table(
        "listing_versions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("listing_id", BIG, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("content", DOC, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["listing_id"], ["listings.id"], name=op.f("fk_listing_versions_listing_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_listing_versions_task_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_listing_versions_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_versions")),
        sa.UniqueConstraint("listing_id", "number", name=op.f("uq_listing_versions_listing_id_number")),
        sa.UniqueConstraint("task_id", name=op.f("uq_listing_versions_task_id")),
    )
    op.create_table(
        "brand_guides",
        sa.Column("id", BIG, nullable=False),
        sa.Column("guide", DOC, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("by", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_guides")),
        sa.UniqueConstraint("shop_id", name=op.f("uq_brand_guides_shop_id")),
    )

    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
