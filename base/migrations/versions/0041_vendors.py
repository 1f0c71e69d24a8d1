"""Partners at a glance: a row of rolled-up figures each, and the owner's weights."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from base import guards

revision = "0041"
down_revision = "0040"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
branch_labels = None
depends_on = None

TABLES = ("vendor_figures", "scorecard_weights")
COUNTS = ("accepted", "won", "inspected", "passed", "handed_in", "in_time", "seconds")
MORE = ("lines", "escapes", "booked", "off")
INDEXES = {
    "score": ("score",),
    "quality": ("quality",),
    "promises": ("promises",),
    "won": ("won",),
    "band": ("band", "score"),
}


def upgrade():
    op.create_table(
        "vendor_figures",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("score", BIG, nullable=False),
        sa.Column("score_before", BIG, nullable=False),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("quality", BIG, nullable=False),
        sa.Column("promises", BIG, nullable=False),
        *(sa.Column(name, BIG, nullable=False) for name in (*COUNTS, *MORE)),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "band IN ('good', 'fair', 'low', 'unknown', 'gone')", name=op.f("ck_vendor_figures_band")
        ),
        sa.CheckConstraint(
            "score BETWEEN -1 AND 100 AND score_before BETWEEN -1 AND 100",
            name=op.f("ck_vendor_figures_score"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_vendor_figures_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_figures")),
        sa.UniqueConstraint("partner_id", name=op.f("uq_vendor_figures_partner_id")),
    )
    for name, columns in INDEXES.items():
        op.create_index(f"ix_vendor_figures_{name}", "vendor_figures", ["shop_id", *columns, "partner_id"])
    op.create_table(
        "scorecard_weights",
        sa.Column("id", BIG, nullable=False),
        sa.Column("weights", JSON, nullable=False),
        sa.Column("set_by", BIG, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_weights")),
        sa.UniqueConstraint("shop_id", name=op.f("uq_scorecard_weights_shop_id")),
    )
    _begin()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def _begin():
    """Everybody who is here stands in the table, with nothing to say yet."""
    postgres = op.get_bind().dialect.name == "postgresql"
    counts = ", ".join((*COUNTS, *MORE))
    zeros = ", ".join("0" for _ in (*COUNTS, *MORE))
    if postgres:
        op.execute("ALTER TABLE partners NO FORCE ROW LEVEL SECURITY")
    op.execute(
        f"INSERT INTO vendor_figures (shop_id, partner_id, as_of, score, score_before, band, quality, promises, {counts})"  # noqa: S608
        f" SELECT shop_id, id, joined_at, -1, -1, 'unknown', -1, -1, {zeros} FROM partners ORDER BY id"
    )
    if postgres:
        op.execute("ALTER TABLE partners FORCE ROW LEVEL SECURITY")


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
