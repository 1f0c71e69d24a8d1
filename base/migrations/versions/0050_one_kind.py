"""As what somebody works and is paid stands in one place: the card, with when an owner said so."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0050"
down_revision = "0049"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None

LAST = "(SELECT {} FROM pay_terms AS said WHERE said.partner_id = partners.id ORDER BY said.id DESC LIMIT 1)"
KIND = LAST.format("CASE said.tax_kind WHEN 'individual' THEN 'person' ELSE said.tax_kind END")


def upgrade():
    """What was said last counts. A card that says otherwise was said too: an owner says it once more."""
    op.add_column("partners", sa.Column("kind_said_at", sa.DateTime(timezone=True), nullable=True))
    _past_the_walls("partners", "pay_terms")
    op.execute(
        f"UPDATE partners SET kind_said_at = joined_at WHERE kind <> 'person' AND {KIND} IS NULL"  # noqa: S608
    )
    op.execute(
        f"UPDATE partners SET kind_said_at = {LAST.format('said.at')}, kind = {KIND}"  # noqa: S608
        f" WHERE {KIND} IS NOT NULL AND kind IN ('person', {KIND})"
    )
    _walls("partners")
    op.drop_table("pay_terms")


def downgrade():
    op.create_table(
        "pay_terms",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("tax_kind", sa.String(), nullable=False),
        sa.Column("said_by", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "tax_kind IN ('individual', 'business', 'employee')", name=op.f("ck_pay_terms_tax_kind")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_pay_terms_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_terms")),
    )
    op.create_index("ix_pay_terms_partner", "pay_terms", ["shop_id", "partner_id", "id"])
    _past_the_walls("partners")
    op.execute(
        "INSERT INTO pay_terms (shop_id, partner_id, tax_kind, said_by, at)"
        " SELECT shop_id, id, CASE kind WHEN 'person' THEN 'individual' ELSE kind END, 0, kind_said_at"
        " FROM partners WHERE kind_said_at IS NOT NULL ORDER BY id"
    )
    _walls("partners")
    dialect = op.get_bind().dialect.name
    for statement in guards.statements(dialect, "pay_terms"):
        op.execute(statement)
    if dialect == "postgresql":
        for statement in guards.row_security("pay_terms"):
            op.execute(statement)
    op.drop_column("partners", "kind_said_at")


def _past_the_walls(*tables):
    """The owner goes past the shops' borders here."""
    if op.get_bind().dialect.name == "postgresql":
        for table in tables:
            op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")


def _walls(*tables):
    if op.get_bind().dialect.name == "postgresql":
        for table in tables:
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
