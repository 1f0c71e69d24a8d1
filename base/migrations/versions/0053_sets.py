"""Sets: what they are made of, and what each was made of when it was sold."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0053"
down_revision = "0052"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None

TABLES = ("set_parts", "sold_sets", "sold_parts")


def upgrade():
    op.create_table(
        "set_parts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("set_id", BIG, nullable=False),
        sa.Column("part_id", BIG, nullable=False),
        sa.Column("units", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("set_id <> part_id", name=op.f("ck_set_parts_not_itself")),
        sa.CheckConstraint("units > 0", name=op.f("ck_set_parts_units")),
        sa.ForeignKeyConstraint(["part_id"], ["products.id"], name=op.f("fk_set_parts_part_id")),
        sa.ForeignKeyConstraint(["set_id"], ["products.id"], name=op.f("fk_set_parts_set_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_parts")),
        sa.UniqueConstraint("shop_id", "set_id", "part_id", name=op.f("uq_set_parts_shop_id_set_id_part_id")),
    )
    op.create_table(
        "sold_sets",
        sa.Column("id", BIG, nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("quantity", BIG, nullable=False),
        sa.Column("price", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("row", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_sold_sets_quantity")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_sold_sets_order_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_sold_sets_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sold_sets")),
    )
    op.create_table(
        "sold_parts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sold_set_id", BIG, nullable=False),
        sa.Column("line_id", BIG, nullable=False),
        sa.Column("units", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_sold_parts_units")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_sold_parts_line_id")),
        sa.ForeignKeyConstraint(["sold_set_id"], ["sold_sets.id"], name=op.f("fk_sold_parts_sold_set_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sold_parts")),
        sa.UniqueConstraint("line_id", name=op.f("uq_sold_parts_line_id")),
    )
    op.create_index("ix_set_parts_part", "set_parts", ["shop_id", "part_id"])
    op.create_index("ix_sold_sets_order", "sold_sets", ["shop_id", "order_id"])
    op.create_index("ix_sold_parts_set", "sold_parts", ["shop_id", "sold_set_id"])
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
