"""Suppliers, purchases, and how every product stands."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0037"
down_revision = "0036"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None

TABLES = (
    "arrivals",
    "outlooks",
    "purchase_lines",
    "purchases",
    "stock_sums",
    "suppliers",
    "supplies",
)


def upgrade():
    op.create_table(
        "stock_sums",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("n", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_sums")),
        sa.UniqueConstraint("shop_id", "name", name=op.f("uq_stock_sums_shop_id_name")),
    )
    op.create_table(
        "suppliers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("lead_days", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("lead_days > 0", name=op.f("ck_suppliers_lead_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppliers")),
        sa.UniqueConstraint("shop_id", "name", name=op.f("uq_suppliers_shop_id_name")),
    )
    op.create_table(
        "outlooks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("demands", BIG, nullable=False),
        sa.Column("rate_milli", BIG, nullable=False),
        sa.Column("sd_milli", BIG, nullable=False),
        sa.Column("noted", BIG, nullable=False),
        sa.Column("free", BIG, nullable=False),
        sa.Column("on_order", BIG, nullable=False),
        sa.Column("point", BIG, nullable=False),
        sa.Column("up_to", BIG, nullable=False),
        sa.Column("propose", BIG, nullable=False),
        sa.Column("lasts", BIG, nullable=False),
        sa.Column("lead_days", BIG, nullable=False),
        sa.Column("units", BIG, nullable=False),
        sa.Column("parts", BIG, nullable=False),
        sa.Column("age_30", BIG, nullable=False),
        sa.Column("age_60", BIG, nullable=False),
        sa.Column("age_90", BIG, nullable=False),
        sa.Column("age_180", BIG, nullable=False),
        sa.Column("age_old", BIG, nullable=False),
        sa.Column("asleep", BIG, nullable=False),
        sa.Column("over_units", BIG, nullable=False),
        sa.Column("over_parts", BIG, nullable=False),
        sa.Column("mark_down", BIG, nullable=False),
        sa.Column("missed_units", BIG, nullable=False),
        sa.Column("missed_won", BIG, nullable=False),
        sa.Column("out_days", BIG, nullable=False),
        sa.Column("issued_parts", BIG, nullable=False),
        sa.Column("abc", sa.String(), nullable=False),
        sa.Column("xyz", sa.String(), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_outlooks_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlooks")),
        sa.UniqueConstraint("shop_id", "product_id", name=op.f("uq_outlooks_shop_id_product_id")),
    )
    with op.batch_alter_table("outlooks", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outlooks_asleep",
            ["shop_id", "asleep", "product_id"],
            unique=False,
            sqlite_where=sa.text("asleep > 0"),
            postgresql_where=sa.text("asleep > 0"),
        )
        batch_op.create_index(
            "ix_outlooks_missed",
            ["shop_id", "missed_won", "product_id"],
            unique=False,
            sqlite_where=sa.text("missed_won > 0"),
            postgresql_where=sa.text("missed_won > 0"),
        )
        batch_op.create_index(
            "ix_outlooks_over",
            ["shop_id", "over_parts", "product_id"],
            unique=False,
            sqlite_where=sa.text("over_parts > 0"),
            postgresql_where=sa.text("over_parts > 0"),
        )
        batch_op.create_index("ix_outlooks_parts", ["shop_id", "parts", "product_id"], unique=False)
        batch_op.create_index(
            "ix_outlooks_proposed",
            ["shop_id", "lasts", "product_id"],
            unique=False,
            sqlite_where=sa.text("propose > 0"),
            postgresql_where=sa.text("propose > 0"),
        )

    op.create_table(
        "purchases",
        sa.Column("id", BIG, nullable=False),
        sa.Column("supplier_id", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("expected", sa.Date(), nullable=False),
        sa.Column("took", BIG, nullable=True),
        sa.Column("version", BIG, nullable=False),
        sa.Column("ordered_by", BIG, nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "state IN ('ordered', 'partly', 'received', 'cancelled')", name=op.f("ck_purchases_state")
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_purchases_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchases")),
    )
    with op.batch_alter_table("purchases", schema=None) as batch_op:
        batch_op.create_index(
            "ix_purchases_live",
            ["shop_id", "expected"],
            unique=False,
            sqlite_where=sa.text("state IN ('ordered', 'partly')"),
            postgresql_where=sa.text("state IN ('ordered', 'partly')"),
        )
        batch_op.create_index("ix_purchases_newest", ["shop_id", "id"], unique=False)
        batch_op.create_index("ix_purchases_supplier", ["shop_id", "supplier_id", "id"], unique=False)

    op.create_table(
        "supplies",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("supplier_id", BIG, nullable=False),
        sa.Column("least", BIG, nullable=False),
        sa.Column("pack", BIG, nullable=False),
        sa.Column("parts", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("least > 0", name=op.f("ck_supplies_least")),
        sa.CheckConstraint("pack > 0", name=op.f("ck_supplies_pack")),
        sa.CheckConstraint("parts >= 0", name=op.f("ck_supplies_parts")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_supplies_product_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_supplies_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplies")),
        sa.UniqueConstraint("shop_id", "product_id", name=op.f("uq_supplies_shop_id_product_id")),
    )
    with op.batch_alter_table("supplies", schema=None) as batch_op:
        batch_op.create_index("ix_supplies_supplier", ["shop_id", "supplier_id"], unique=False)

    op.create_table(
        "purchase_lines",
        sa.Column("id", BIG, nullable=False),
        sa.Column("purchase_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("units", BIG, nullable=False),
        sa.Column("parts", BIG, nullable=False),
        sa.Column("good", BIG, nullable=False),
        sa.Column("damaged", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("damaged >= 0", name=op.f("ck_purchase_lines_damaged")),
        sa.CheckConstraint("good >= 0", name=op.f("ck_purchase_lines_good")),
        sa.CheckConstraint("units > 0", name=op.f("ck_purchase_lines_units")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_purchase_lines_product_id")),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["purchases.id"], name=op.f("fk_purchase_lines_purchase_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_lines")),
        sa.UniqueConstraint(
            "shop_id",
            "purchase_id",
            "product_id",
            name=op.f("uq_purchase_lines_shop_id_purchase_id_product_id"),
        ),
    )
    with op.batch_alter_table("purchase_lines", schema=None) as batch_op:
        batch_op.create_index("ix_purchase_lines_product", ["shop_id", "product_id"], unique=False)

    op.create_table(
        "arrivals",
        sa.Column("id", BIG, nullable=False),
        sa.Column("line_id", BIG, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("good", BIG, nullable=False),
        sa.Column("damaged", BIG, nullable=False),
        sa.Column("by", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("good + damaged > 0", name=op.f("ck_arrivals_units")),
        sa.ForeignKeyConstraint(["line_id"], ["purchase_lines.id"], name=op.f("fk_arrivals_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrivals")),
        sa.UniqueConstraint("shop_id", "key", "line_id", name=op.f("uq_arrivals_shop_id_key_line_id")),
    )
    with op.batch_alter_table("arrivals", schema=None) as batch_op:
        batch_op.create_index("ix_arrivals_line", ["shop_id", "line_id"], unique=False)

    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    with op.batch_alter_table("arrivals", schema=None) as batch_op:
        batch_op.drop_index("ix_arrivals_line")

    op.drop_table("arrivals")
    with op.batch_alter_table("purchase_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_purchase_lines_product")

    op.drop_table("purchase_lines")
    with op.batch_alter_table("supplies", schema=None) as batch_op:
        batch_op.drop_index("ix_supplies_supplier")

    op.drop_table("supplies")
    with op.batch_alter_table("purchases", schema=None) as batch_op:
        batch_op.drop_index("ix_purchases_supplier")
        batch_op.drop_index("ix_purchases_newest")
        batch_op.drop_index(
            "ix_purchases_live",
            sqlite_where=sa.text("state IN ('ordered', 'partly')"),
            postgresql_where=sa.text("state IN ('ordered', 'partly')"),
        )

    op.drop_table("purchases")
    with op.batch_alter_table("outlooks", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outlooks_proposed",
            sqlite_where=sa.text("propose > 0"),
            postgresql_where=sa.text("propose > 0"),
        )
        batch_op.drop_index("ix_outlooks_parts")
        batch_op.drop_index(
            "ix_outlooks_over",
            sqlite_where=sa.text("over_parts > 0"),
            postgresql_where=sa.text("over_parts > 0"),
        )
        batch_op.drop_index(
            "ix_outlooks_missed",
            sqlite_where=sa.text("missed_won > 0"),
            postgresql_where=sa.text("missed_won > 0"),
        )
        batch_op.drop_index(
            "ix_outlooks_asleep", sqlite_where=sa.text("asleep > 0"), postgresql_where=sa.text("asleep > 0")
        )

    op.drop_table("outlooks")
    op.drop_table("suppliers")
    op.drop_table("stock_sums")
