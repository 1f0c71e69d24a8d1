"""What is asked for by day, and what every movement is worth."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0032"
down_revision = "0031"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None

TABLES = (
    "demand_days",
    "demand_marks",
    "demand_notes",
    "paid_prices",
    "roll_cursors",
    "told_costs",
    "value_days",
    "valued_movements",
    "worths",
)


def upgrade():
    op.create_table(
        "demand_marks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("n", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_marks")),
        sa.UniqueConstraint("shop_id", "day", name=op.f("uq_demand_marks_shop_id_day")),
    )
    op.create_table(
        "roll_cursors",
        sa.Column("shop_id", BIG, nullable=False),
        sa.Column("movement_id", BIG, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_roll_cursors")),
    )
    op.create_table(
        "demand_days",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("orders", BIG, nullable=False),
        sa.Column("units", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("orders > 0", name=op.f("ck_demand_days_orders")),
        sa.CheckConstraint("units > 0", name=op.f("ck_demand_days_units")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_demand_days_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_days")),
        sa.UniqueConstraint(
            "shop_id", "product_id", "day", name=op.f("uq_demand_days_shop_id_product_id_day")
        ),
    )
    with op.batch_alter_table("demand_days", schema=None) as batch_op:
        batch_op.create_index("ix_demand_days_day", ["shop_id", "day"], unique=False)

    op.create_table(
        "demand_notes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("percent", BIG, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("by", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "kind IN ('promotion', 'feedback', 'season', 'other')", name=op.f("ck_demand_notes_kind")
        ),
        sa.CheckConstraint("first <= last", name=op.f("ck_demand_notes_span")),
        sa.CheckConstraint("percent >= 0 AND percent <= 1000", name=op.f("ck_demand_notes_percent")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_demand_notes_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_notes")),
    )
    with op.batch_alter_table("demand_notes", schema=None) as batch_op:
        batch_op.create_index("ix_demand_notes_product", ["shop_id", "product_id", "last"], unique=False)

    op.create_table(
        "paid_prices",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("parts", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("parts >= 0", name=op.f("ck_paid_prices_parts")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_paid_prices_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paid_prices")),
        sa.UniqueConstraint(
            "shop_id", "key", "product_id", name=op.f("uq_paid_prices_shop_id_key_product_id")
        ),
    )
    op.create_table(
        "told_costs",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("after", BIG, nullable=False),
        sa.Column("parts", BIG, nullable=False),
        sa.Column("by", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("parts > 0", name=op.f("ck_told_costs_parts")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_told_costs_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_costs")),
    )
    with op.batch_alter_table("told_costs", schema=None) as batch_op:
        batch_op.create_index("ix_told_costs_product", ["shop_id", "product_id"], unique=False)

    op.create_table(
        "value_days",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("received", BIG, nullable=False),
        sa.Column("received_parts", BIG, nullable=False),
        sa.Column("issued", BIG, nullable=False),
        sa.Column("issued_parts", BIG, nullable=False),
        sa.Column("returned", BIG, nullable=False),
        sa.Column("returned_parts", BIG, nullable=False),
        sa.Column("adjusted", BIG, nullable=False),
        sa.Column("adjusted_parts", BIG, nullable=False),
        sa.Column("closing", BIG, nullable=False),
        sa.Column("closing_parts", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_value_days_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_days")),
        sa.UniqueConstraint(
            "shop_id", "product_id", "day", name=op.f("uq_value_days_shop_id_product_id_day")
        ),
    )
    with op.batch_alter_table("value_days", schema=None) as batch_op:
        batch_op.create_index("ix_value_days_day", ["shop_id", "day"], unique=False)

    op.create_table(
        "worths",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("units", BIG, nullable=False),
        sa.Column("parts", BIG, nullable=False),
        sa.Column("each", BIG, nullable=False),
        sa.Column("last", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("parts >= 0", name=op.f("ck_worths_parts")),
        sa.CheckConstraint("units > 0 OR parts = 0", name=op.f("ck_worths_nothing_is_worth_nothing")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_worths_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worths")),
        sa.UniqueConstraint("shop_id", "product_id", name=op.f("uq_worths_shop_id_product_id")),
    )
    op.create_table(
        "valued_movements",
        sa.Column("id", BIG, nullable=False),
        sa.Column("movement_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("parts", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["movements.id"], name=op.f("fk_valued_movements_movement_id")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_valued_movements_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_valued_movements")),
        sa.UniqueConstraint("shop_id", "movement_id", name=op.f("uq_valued_movements_shop_id_movement_id")),
    )
    with op.batch_alter_table("valued_movements", schema=None) as batch_op:
        batch_op.create_index(
            "ix_valued_movements_product", ["shop_id", "product_id", "movement_id"], unique=False
        )

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index("ix_orders_placed", ["shop_id", "placed_at"], unique=False)

    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index("ix_orders_placed")

    with op.batch_alter_table("valued_movements", schema=None) as batch_op:
        batch_op.drop_index("ix_valued_movements_product")

    op.drop_table("valued_movements")
    op.drop_table("worths")
    with op.batch_alter_table("value_days", schema=None) as batch_op:
        batch_op.drop_index("ix_value_days_day")

    op.drop_table("value_days")
    with op.batch_alter_table("told_costs", schema=None) as batch_op:
        batch_op.drop_index("ix_told_costs_product")

    op.drop_table("told_costs")
    op.drop_table("paid_prices")
    with op.batch_alter_table("demand_notes", schema=None) as batch_op:
        batch_op.drop_index("ix_demand_notes_product")

    op.drop_table("demand_notes")
    with op.batch_alter_table("demand_days", schema=None) as batch_op:
        batch_op.drop_index("ix_demand_days_day")

    op.drop_table("demand_days")
    op.drop_table("roll_cursors")
    op.drop_table("demand_marks")
