"""What was looked at stays as it was said; rounds end with words; notices of standing, alarms and actions."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0030"
down_revision = "0029"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None

OLD_KINDS = (
    "message", "mention", "sent_back", "rejected", "remark", "lease", "announcement",
    "appeal", "appealed", "unreviewed",
)  # fmt: skip
NEW_KINDS = ("standing", "alarm", "action_due")
ONE_THING = "(task_id IS NULL) <> (announcement_id IS NULL)"
AT_MOST_ONE = "task_id IS NULL OR announcement_id IS NULL"


def upgrade():
    op.add_column("calibrations", sa.Column("outcome", sa.String(), nullable=True))
    op.add_column("calibrations", sa.Column("outcome_by", BIG, nullable=True))
    op.add_column("calibrations", sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True))
    _checks(kind=_kinds(*OLD_KINDS, *NEW_KINDS), about=AT_MOST_ONE)
    for statement in guards.kept(op.get_bind().dialect.name, "looks"):
        op.execute(statement)


def downgrade():
    postgres = op.get_bind().dialect.name == "postgresql"
    for statement in guards.unkept(op.get_bind().dialect.name, "looks"):
        op.execute(statement)
    if postgres:
        op.execute("ALTER TABLE notices NO FORCE ROW LEVEL SECURITY")
    op.execute(f"DELETE FROM notices WHERE {_kinds(*NEW_KINDS)}")  # noqa: S608 (our own names)
    if postgres:
        op.execute("ALTER TABLE notices FORCE ROW LEVEL SECURITY")
    _checks(kind=_kinds(*OLD_KINDS), about=ONE_THING)
    for name in ("outcome_at", "outcome_by", "outcome"):
        op.drop_column("calibrations", name)


def _kinds(*kinds):
    return f"kind IN ({', '.join(repr(kind) for kind in kinds)})"


def _checks(**said):
    """Gives constraints of the notices other words."""
    if op.get_bind().dialect.name == "postgresql":
        for name, words in said.items():
            op.drop_constraint(op.f(f"ck_notices_{name}"), "notices")
            op.create_check_constraint(op.f(f"ck_notices_{name}"), "notices", words)
        return
    bind = op.get_bind()
    asked = "SELECT sql FROM sqlite_master WHERE tbl_name = 'notices' AND type {} 'table' AND sql IS NOT NULL"
    (made,) = bind.scalars(sa.text(asked.format("=")))
    beside = list(bind.scalars(sa.text(asked.format("<>"))))
    for name, words in said.items():
        made = _said_anew(made, f"ck_notices_{name}", words)
    op.execute("PRAGMA defer_foreign_keys=ON")
    op.execute("CREATE TABLE notices_kept AS SELECT * FROM notices")
    op.drop_table("notices")
    bind.exec_driver_sql(made)
    op.execute("INSERT INTO notices SELECT * FROM notices_kept")
    op.drop_table("notices_kept")
    for statement in beside:
        bind.exec_driver_sql(statement)


def _said_anew(made, name, words):
    """The words that make a table, with another condition under the name of a constraint."""
    begins = made.index("(", made.index(name))
    depth, at = 1, begins
    while depth:
        at += 1
        depth += {"(": 1, ")": -1}.get(made[at], 0)
    return f"{made[:begins]}({words}{made[at:]}"
