"""Whose work was inspected and which cases wait stand in their rows, and live work is laid out by edition."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0036"
down_revision = "0035"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None

LIVE = "state NOT IN ('accepted', 'rejected', 'cancelled')"
INDEXES = (
    ("ix_inspections_hand", "inspections", ["shop_id", "partner_id", "judged_at"], None),
    ("ix_inspections_reviewer", "inspections", ["shop_id", "reviewer_id", "judged_at"], None),
    ("ix_inspections_flawed", "inspections", ["shop_id", "flawed_at"], "flawed_at IS NOT NULL"),
    (
        "ix_inspections_flawed_of",
        "inspections",
        ["shop_id", "partner_id", "flawed_at"],
        "flawed_at IS NOT NULL",
    ),
    ("ix_looks_reviewer", "looks", ["shop_id", "reviewer_id", "judged_at"], None),
    ("ix_looks_barred", "looks", ["shop_id", "barred_id", "judged_at"], None),
    ("ix_looks_known", "looks", ["shop_id", "known_id"], "known_id IS NOT NULL"),
    ("ix_looks_cases", "looks", ["shop_id", "case_at"], "case_at IS NOT NULL"),
    ("ix_tasks_edition", "tasks", ["shop_id", "sop_revision_id"], LIVE),
)
#: Second looks that came to another verdict than the first, and of which the owner has not said what is so.
CASES = """
UPDATE looks SET case_at = judged_at WHERE purpose = 'second' AND state = 'judged' AND settled = ''
AND verdict <> (SELECT verdict FROM inspections WHERE inspections.id = looks.first_id)
"""
FLAWED = """
UPDATE inspections SET flawed_at = judged_at WHERE judged_at IS NOT NULL
AND (verdict <> 'accept' OR id IN (SELECT inspection_id FROM defects))
"""
HANDS = """
UPDATE inspections SET partner_id =
(SELECT partner_id FROM submissions WHERE submissions.id = inspections.submission_id)
"""


def upgrade():
    op.add_column("inspections", sa.Column("partner_id", BIG, server_default="0", nullable=False))
    op.add_column("inspections", sa.Column("flawed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("looks", sa.Column("case_at", sa.DateTime(timezone=True), nullable=True))
    _filled()
    op.drop_index("ix_defects_inspection", "defects")
    op.create_index("ix_defects_inspection", "defects", ["inspection_id", "shop_id"])
    for name, table, columns, where in INDEXES:
        said = sa.text(where) if where else None
        op.create_index(name, table, columns, sqlite_where=said, postgresql_where=said)


def _filled():
    """For a moment past the walls between shops, and past the guard of what is decided."""
    dialect = op.get_bind().dialect.name
    walls = ("inspections", "looks", "submissions", "defects") if dialect == "postgresql" else ()
    for table in walls:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for statement in (*guards.undecided(dialect, "inspections"), HANDS, FLAWED, CASES):
        op.execute(statement)
    for statement in guards.decided(dialect, "inspections"):
        op.execute(statement)
    for table in walls:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade():
    for name, table, _columns, _where in reversed(INDEXES):
        op.drop_index(name, table)
    op.drop_index("ix_defects_inspection", "defects")
    op.create_index("ix_defects_inspection", "defects", ["shop_id", "inspection_id"])
    op.drop_column("looks", "case_at")
    op.drop_column("inspections", "flawed_at")
    op.drop_column("inspections", "partner_id")
