"""What came, went and stood, by month, product and place; told anew with everything that is rolled up."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0055"
down_revision = "0054"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None

TABLES = ("flow_months", "flow_sums")
SORTS = ("received", "issued", "returned", "adjusted", "moved_in", "moved_out")
SUMS = (*(name for sort in SORTS for name in (sort, f"{sort}_parts")), "revalued")


def upgrade():
    op.create_table(
        "flow_months",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("location_id", BIG, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        *(sa.Column(name, BIG, nullable=False) for name in (*SUMS, "closing", "closing_parts")),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_flow_months_product_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_flow_months_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_months")),
        sa.UniqueConstraint(
            "shop_id",
            "product_id",
            "location_id",
            "month",
            name=op.f("uq_flow_months_shop_id_product_id_location_id_month"),
        ),
    )
    op.create_index("ix_flow_months_month", "flow_months", ["shop_id", "month", "product_id", "location_id"])
    op.create_table(
        "flow_sums",
        sa.Column("id", BIG, nullable=False),
        sa.Column("location_id", BIG, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        *(sa.Column(name, BIG, nullable=False) for name in SUMS),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_flow_sums_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_sums")),
        sa.UniqueConstraint(
            "shop_id", "month", "location_id", name=op.f("uq_flow_sums_shop_id_month_location_id")
        ),
    )
    _tell_anew()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def _tell_anew():
    """Shops that were valued before begin again from their movements, at the next roll-up."""
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute("ALTER TABLE roll_cursors NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE roll_cursors SET movement_id = -1")
    if postgres:
        op.execute("ALTER TABLE roll_cursors FORCE ROW LEVEL SECURITY")


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
