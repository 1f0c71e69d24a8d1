"""What a product looks like, and what its supplier says of it."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0009"
down_revision = "0008"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "product_pictures",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("place", BIG, nullable=False),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("width", BIG, nullable=False),
        sa.Column("height", BIG, nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("by", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_product_pictures_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_pictures")),
        sa.UniqueConstraint("product_id", "sha256", name=op.f("uq_product_pictures_product_id_sha256")),
    )
    with op.batch_alter_table("product_pictures", schema=None) as batch_op:
        batch_op.create_index(
            "ix_product_pictures_product", ["shop_id", "product_id", "place", "id"], unique=False
        )
        batch_op.create_index("ix_product_pictures_sha256", ["shop_id", "sha256"], unique=False)
    op.create_table(
        "supplier_texts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("by", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_supplier_texts_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_texts")),
        sa.UniqueConstraint("product_id", name=op.f("uq_supplier_texts_product_id")),
    )
    with op.batch_alter_table("supplier_texts", schema=None) as batch_op:
        batch_op.create_index("ix_supplier_texts_shop", ["shop_id", "product_id"], unique=False)

    if op.get_bind().dialect.name == "postgresql":
        for table in ("product_pictures", "supplier_texts"):
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    op.drop_table("supplier_texts")
    op.drop_table("product_pictures")
