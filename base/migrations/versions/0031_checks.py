"""What is checked of applicants and partners, the yeses of two, and until when a card may take work."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0031"
down_revision = "0030"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None

TABLES = ("check_items", "approvals", "checks")


def upgrade():
    op.create_table(
        "check_items",
        sa.Column("id", BIG, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("whom", sa.String(), nullable=False),
        sa.Column("lasts", sa.Boolean(), nullable=False),
        sa.Column("holds_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "what IN ('status', 'document', 'contract', 'meeting', 'other')", name=op.f("ck_check_items_what")
        ),
        sa.CheckConstraint("whom IN ('any', 'person', 'business')", name=op.f("ck_check_items_whom")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_items")),
    )
    with op.batch_alter_table("check_items", schema=None) as batch_op:
        batch_op.create_index("ix_check_items_shop", ["shop_id", "id"], unique=False)

    op.create_table(
        "approvals",
        sa.Column("id", BIG, nullable=False),
        sa.Column("application_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_approvals_account_id")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_approvals_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint(
            "application_id", "account_id", name=op.f("uq_approvals_application_id_account_id")
        ),
    )
    op.create_table(
        "checks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("item_id", BIG, nullable=False),
        sa.Column("application_id", BIG, nullable=True),
        sa.Column("partner_id", BIG, nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("saw", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("by", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("outcome IN ('good', 'bad')", name=op.f("ck_checks_outcome")),
        sa.CheckConstraint("(application_id IS NULL) <> (partner_id IS NULL)", name=op.f("ck_checks_of")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_checks_application_id")
        ),
        sa.ForeignKeyConstraint(["by"], ["accounts.id"], name=op.f("fk_checks_by")),
        sa.ForeignKeyConstraint(["item_id"], ["check_items.id"], name=op.f("fk_checks_item_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_checks_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checks")),
    )
    with op.batch_alter_table("checks", schema=None) as batch_op:
        batch_op.create_index("ix_checks_application", ["shop_id", "application_id"], unique=False)
        batch_op.create_index("ix_checks_partner", ["shop_id", "partner_id"], unique=False)

    with op.batch_alter_table("partners", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cleared_until", sa.DateTime(timezone=True), nullable=True))
    dialect = op.get_bind().dialect.name
    for statement in guards.statements(dialect, "checks"):
        op.execute(statement)
    if dialect == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    for statement in guards.undone(op.get_bind().dialect.name, "checks"):
        op.execute(statement)
    op.drop_column("partners", "cleared_until")
    with op.batch_alter_table("checks", schema=None) as batch_op:
        batch_op.drop_index("ix_checks_partner")
        batch_op.drop_index("ix_checks_application")

    op.drop_table("checks")
    op.drop_table("approvals")
    with op.batch_alter_table("check_items", schema=None) as batch_op:
        batch_op.drop_index("ix_check_items_shop")

    op.drop_table("check_items")
