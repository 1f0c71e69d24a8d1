"""Pay: extras on prices, what is put right, months that close, questions, accounts, transfers."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0040"
down_revision = "0039"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "pay_lines",
    "pay_adjustments",
    "pay_terms",
    "pay_months",
    "pay_month_lines",
    "pay_statements",
    "pay_transfers",
)
DECIDED = ("pay_proposals", "pay_disputes")
TABLES = (
    "pay_months",
    "price_extras",
    "pay_transfers",
    "pay_accounts",
    "pay_adjustments",
    "pay_statements",
    "pay_terms",
    "pay_month_lines",
    "pay_proposals",
    "pay_disputes",
)
PROPOSED, ASKED = sa.text("state = 'proposed'"), sa.text("state = 'asked'")


def upgrade():
    op.create_table(
        "pay_months",
        sa.Column("id", BIG, nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_months")),
        sa.UniqueConstraint("shop_id", "month", name=op.f("uq_pay_months_shop_id_month")),
    )
    op.create_table(
        "price_extras",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("amount", BIG, nullable=False),
        sa.Column("won", BIG, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "rule IN ('goods', 'fragile', 'pieces', 'rush')", name=op.f("ck_price_extras_rule")
        ),
        sa.CheckConstraint("won > 0", name=op.f("ck_price_extras_won")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_extras")),
    )
    op.create_index("ix_price_extras_kind", "price_extras", ["shop_id", "kind", "since"], unique=False)

    op.create_table(
        "pay_transfers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("month_id", BIG, nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("rows", BIG, nullable=False),
        sa.Column("won", BIG, nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["month_id"], ["pay_months.id"], name=op.f("fk_pay_transfers_month_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_transfers")),
    )
    op.create_index("ix_pay_transfers_month", "pay_transfers", ["shop_id", "month_id", "id"], unique=False)

    op.create_table(
        "pay_accounts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("holder", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_pay_accounts_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_accounts")),
        sa.UniqueConstraint("shop_id", "partner_id", name=op.f("uq_pay_accounts_shop_id_partner_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_pay_accounts_uid")),
    )
    op.create_table(
        "pay_adjustments",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("won", BIG, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposal_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "sort IN ('adjustment', 'bonus', 'penalty', 'counter')", name=op.f("ck_pay_adjustments_sort")
        ),
        sa.CheckConstraint(
            "won <> 0 AND (sort <> 'bonus' OR won > 0) AND (sort <> 'penalty' OR won < 0)",
            name=op.f("ck_pay_adjustments_won"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_pay_adjustments_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_adjustments")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_pay_adjustments_proposal_id")),
    )
    op.create_index("ix_pay_adjustments_at", "pay_adjustments", ["shop_id", "at"], unique=False)
    op.create_index(
        "ix_pay_adjustments_partner", "pay_adjustments", ["shop_id", "partner_id", "at"], unique=False
    )

    op.create_table(
        "pay_statements",
        sa.Column("id", BIG, nullable=False),
        sa.Column("month_id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("tax_kind", sa.String(), nullable=False),
        sa.Column("tasks", BIG, nullable=False),
        sa.Column("earned", BIG, nullable=False),
        sa.Column("adjusted", BIG, nullable=False),
        sa.Column("carried_in", BIG, nullable=False),
        sa.Column("gross", BIG, nullable=False),
        sa.Column("income_tax", BIG, nullable=False),
        sa.Column("local_tax", BIG, nullable=False),
        sa.Column("net", BIG, nullable=False),
        sa.Column("carried_out", BIG, nullable=False),
        sa.Column("worked_s", BIG, nullable=False),
        sa.Column("timed_won", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "tax_kind IN ('individual', 'business', 'employee')", name=op.f("ck_pay_statements_tax_kind")
        ),
        sa.CheckConstraint("carried_in <= 0 AND carried_out <= 0", name=op.f("ck_pay_statements_carried")),
        sa.CheckConstraint("carried_out = 0 OR gross = 0", name=op.f("ck_pay_statements_first_taken_off")),
        sa.CheckConstraint(
            "earned + adjusted + carried_in = gross + carried_out", name=op.f("ck_pay_statements_adds_up")
        ),
        sa.CheckConstraint("gross - income_tax - local_tax = net", name=op.f("ck_pay_statements_net")),
        sa.CheckConstraint(
            "gross >= 0 AND net >= 0 AND earned >= 0", name=op.f("ck_pay_statements_never_below")
        ),
        sa.ForeignKeyConstraint(["month_id"], ["pay_months.id"], name=op.f("fk_pay_statements_month_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_pay_statements_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_statements")),
        sa.UniqueConstraint("month_id", "partner_id", name=op.f("uq_pay_statements_month_id_partner_id")),
    )
    op.create_index("ix_pay_statements_month", "pay_statements", ["shop_id", "month_id", "id"], unique=False)
    op.create_index(
        "ix_pay_statements_partner", "pay_statements", ["shop_id", "partner_id", "month_id"], unique=False
    )

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
    op.create_index("ix_pay_terms_partner", "pay_terms", ["shop_id", "partner_id", "id"], unique=False)

    op.create_table(
        "pay_month_lines",
        sa.Column("id", BIG, nullable=False),
        sa.Column("month_id", BIG, nullable=False),
        sa.Column("line_id", BIG, nullable=True),
        sa.Column("adjustment_id", BIG, nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "(line_id IS NULL) <> (adjustment_id IS NULL)", name=op.f("ck_pay_month_lines_one")
        ),
        sa.ForeignKeyConstraint(
            ["adjustment_id"], ["pay_adjustments.id"], name=op.f("fk_pay_month_lines_adjustment_id")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["pay_lines.id"], name=op.f("fk_pay_month_lines_line_id")),
        sa.ForeignKeyConstraint(["month_id"], ["pay_months.id"], name=op.f("fk_pay_month_lines_month_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_month_lines")),
        sa.UniqueConstraint("adjustment_id", name=op.f("uq_pay_month_lines_adjustment_id")),
        sa.UniqueConstraint("line_id", name=op.f("uq_pay_month_lines_line_id")),
    )
    op.create_index("ix_pay_month_lines_month", "pay_month_lines", ["shop_id", "month_id"], unique=False)

    op.create_table(
        "pay_proposals",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("won", BIG, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("line_id", BIG, nullable=True),
        sa.Column("counters_id", BIG, nullable=True),
        sa.Column("proposed_by", BIG, nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "(sort = 'counter') = (line_id IS NOT NULL OR counters_id IS NOT NULL)",
            name=op.f("ck_pay_proposals_about"),
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_pay_proposals_decided")
        ),
        sa.CheckConstraint(
            "sort IN ('adjustment', 'bonus', 'penalty', 'counter')", name=op.f("ck_pay_proposals_sort")
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR alone OR decided_by IS NULL OR decided_by <> proposed_by",
            name=op.f("ck_pay_proposals_two_eyes"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'confirmed', 'refused', 'withdrawn')", name=op.f("ck_pay_proposals_state")
        ),
        sa.CheckConstraint(
            "won <> 0 AND (sort <> 'bonus' OR won > 0) AND (sort <> 'penalty' OR won < 0)",
            name=op.f("ck_pay_proposals_won"),
        ),
        sa.CheckConstraint("NOT alone OR won > 0", name=op.f("ck_pay_proposals_alone")),
        sa.ForeignKeyConstraint(
            ["counters_id"], ["pay_adjustments.id"], name=op.f("fk_pay_proposals_counters_id")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_pay_proposals_decided_by")),
        sa.ForeignKeyConstraint(["line_id"], ["pay_lines.id"], name=op.f("fk_pay_proposals_line_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_pay_proposals_partner_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["accounts.id"], name=op.f("fk_pay_proposals_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_proposals")),
    )
    op.create_index(
        "ix_pay_proposals_open",
        "pay_proposals",
        ["shop_id", "id"],
        unique=False,
        sqlite_where=PROPOSED,
        postgresql_where=PROPOSED,
    )
    op.create_index(
        "ix_pay_proposals_partner", "pay_proposals", ["shop_id", "partner_id", "id"], unique=False
    )

    op.create_table(
        "pay_disputes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("line_id", BIG, nullable=True),
        sa.Column("adjustment_id", BIG, nullable=True),
        sa.Column("statement_id", BIG, nullable=True),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("proposal_id", BIG, nullable=True),
        sa.Column("answered_by", BIG, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_by IS NOT NULL)", name=op.f("ck_pay_disputes_answered")
        ),
        sa.CheckConstraint("(state = 'asked') = (ended_at IS NULL)", name=op.f("ck_pay_disputes_ended")),
        sa.CheckConstraint("state IN ('asked', 'answered', 'withdrawn')", name=op.f("ck_pay_disputes_state")),
        sa.CheckConstraint(
            "(line_id IS NOT NULL AND adjustment_id IS NULL AND statement_id IS NULL) OR (line_id IS NULL AND adjustment_id IS NOT NULL AND statement_id IS NULL) OR (line_id IS NULL AND adjustment_id IS NULL AND statement_id IS NOT NULL)",
            name=op.f("ck_pay_disputes_about"),
        ),
        sa.ForeignKeyConstraint(
            ["adjustment_id"], ["pay_adjustments.id"], name=op.f("fk_pay_disputes_adjustment_id")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["accounts.id"], name=op.f("fk_pay_disputes_answered_by")),
        sa.ForeignKeyConstraint(["line_id"], ["pay_lines.id"], name=op.f("fk_pay_disputes_line_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_pay_disputes_partner_id")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["pay_proposals.id"], name=op.f("fk_pay_disputes_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["pay_statements.id"], name=op.f("fk_pay_disputes_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_disputes")),
    )
    op.create_index(
        "ix_pay_disputes_open",
        "pay_disputes",
        ["shop_id", "id"],
        unique=False,
        sqlite_where=ASKED,
        postgresql_where=ASKED,
    )
    op.create_index("ix_pay_disputes_partner", "pay_disputes", ["shop_id", "partner_id", "id"], unique=False)
    op.create_index(
        "uq_pay_disputes_adjustment",
        "pay_disputes",
        ["adjustment_id"],
        unique=True,
        sqlite_where=ASKED,
        postgresql_where=ASKED,
    )
    op.create_index(
        "uq_pay_disputes_line",
        "pay_disputes",
        ["line_id"],
        unique=True,
        sqlite_where=ASKED,
        postgresql_where=ASKED,
    )
    op.create_index(
        "uq_pay_disputes_statement",
        "pay_disputes",
        ["statement_id"],
        unique=True,
        sqlite_where=ASKED,
        postgresql_where=ASKED,
    )

    op.add_column("pay_lines", sa.Column("from_s", BIG, nullable=True))
    op.add_column("pay_lines", sa.Column("until_s", BIG, nullable=True))
    op.add_column("pay_lines", sa.Column("again_s", BIG, server_default="0", nullable=False))
    _guard()


def _guard():
    dialect = op.get_bind().dialect.name
    for table in APPEND_ONLY:
        for statement in guards.statements(dialect, table):
            op.execute(statement)
    for table in DECIDED:
        for statement in guards.decided(dialect, table):
            op.execute(statement)
    if dialect == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    for statement in guards.undone(op.get_bind().dialect.name, "pay_lines"):
        op.execute(statement)
    for table in reversed(TABLES):
        op.drop_table(table)
    for name in ("again_s", "until_s", "from_s"):
        op.drop_column("pay_lines", name)
