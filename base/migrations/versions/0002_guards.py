"""The database refuses by itself: ledgers only grow, and rows stay in their shop."""

from alembic import op

from base import guards

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LEDGERS = ("audit_entries", "movements")
SHOP_TABLES = (
    "answers",
    "audit_entries",
    "audit_heads",
    "calendar_versions",
    "cancellations",
    "clock_pauses",
    "column_profiles",
    "corrections",
    "counts",
    "defects",
    "draws",
    "fees",
    "imports",
    "inspections",
    "late_drafts",
    "levels",
    "locations",
    "movements",
    "order_lines",
    "orders",
    "partners",
    "pay_lines",
    "photos",
    "prices",
    "products",
    "receipts",
    "recipient_index",
    "reservations",
    "sop_revisions",
    "sops",
    "stage_clocks",
    "submissions",
    "tasks",
)


def upgrade():
    dialect = op.get_bind().dialect.name
    for table in LEDGERS:
        for statement in guards.statements(dialect, table):
            op.execute(statement)
    if dialect == "postgresql":
        for table in SHOP_TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    dialect = op.get_bind().dialect.name
    for table in LEDGERS:
        for statement in guards.undone(dialect, table):
            op.execute(statement)
    if dialect == "postgresql":
        for table in SHOP_TABLES:
            op.execute(f"DROP POLICY IF EXISTS shop_only ON {table}")
            op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
