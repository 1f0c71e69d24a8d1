"""Weekly stock checks; what storage costs, what money in goods earns, and the time of the year."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from base import guards

revision = "0056"
down_revision = "0055"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
branch_labels = None
depends_on = None

TABLES = ("product_rooms", "stock_checks", "storage_terms")
#: New figures of a product, and what stands in them until it is looked at again.
FIGURES = {"season": "100", "margin_won": "0", "mean_parts": "0", "returns": "1000000", "room": "0"}
INDEXES = {"returns": "mean_parts > 0", "room": "room > 0"}


def upgrade():
    op.create_table(
        "stock_checks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("edition", BIG, nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("notes", JSON, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by", BIG),
        sa.Column("signed_at", sa.DateTime(timezone=True)),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "(state = 'signed') = (signed_at IS NOT NULL)", name=op.f("ck_stock_checks_signed_at")
        ),
        sa.CheckConstraint("state IN ('draft', 'signed')", name=op.f("ck_stock_checks_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_checks")),
        sa.UniqueConstraint(
            "shop_id", "first", "edition", name=op.f("uq_stock_checks_shop_id_first_edition")
        ),
    )
    op.create_table(
        "storage_terms",
        sa.Column("id", BIG, nullable=False),
        sa.Column("won", BIG, nullable=False),
        sa.Column("by", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("won >= 0", name=op.f("ck_storage_terms_won")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storage_terms")),
        sa.UniqueConstraint("shop_id", name=op.f("uq_storage_terms_shop_id")),
    )
    op.create_table(
        "product_rooms",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("tenths", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("tenths > 0", name=op.f("ck_product_rooms_tenths")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_product_rooms_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_rooms")),
        sa.UniqueConstraint("shop_id", "product_id", name=op.f("uq_product_rooms_shop_id_product_id")),
    )
    for table, columns in (("demand_days", {"won": "0"}), ("outlooks", FIGURES)):
        with op.batch_alter_table(table) as batch:
            for name, until in columns.items():
                batch.add_column(sa.Column(name, BIG, nullable=False, server_default=until))
        with op.batch_alter_table(table) as batch:
            for name in columns:
                batch.alter_column(name, server_default=None)
    op.create_index("ix_outlooks_class", "outlooks", ["shop_id", "abc", "xyz", "parts", "product_id"])
    for name, where in INDEXES.items():
        there = {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}
        op.create_index(f"ix_outlooks_{name}", "outlooks", ["shop_id", name, "product_id"], **there)
    _tell_anew()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def _tell_anew():
    """Everything that is rolled up is told from its rows again, at the next roll-up."""
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute("ALTER TABLE roll_cursors NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE roll_cursors SET movement_id = -1")
    if postgres:
        op.execute("ALTER TABLE roll_cursors FORCE ROW LEVEL SECURITY")


def downgrade():
    for name in ("class", *INDEXES):
        op.drop_index(f"ix_outlooks_{name}", "outlooks")
    for table, columns in (("outlooks", FIGURES), ("demand_days", ("won",))):
        with op.batch_alter_table(table) as batch:
            for name in columns:
                batch.drop_column(name)
    for table in ("product_rooms", "storage_terms", "stock_checks"):
        op.drop_table(table)
