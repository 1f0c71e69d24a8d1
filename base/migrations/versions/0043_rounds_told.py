"""Notices of rounds that ended."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

OLD = (
    "kind IN ('message', 'mention', 'sent_back', 'rejected', 'remark', 'lease', 'announcement',"
    " 'appeal', 'appealed', 'unreviewed', 'standing', 'alarm', 'action_due', 'offered', 'assigned')"
)
NEW = OLD.replace(")", ", 'round_ended')")


def upgrade():
    _say(OLD, NEW)


def downgrade():
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:  # the owner goes past the shops' borders here
        op.execute("ALTER TABLE notices NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM notices WHERE kind = 'round_ended'")
    if postgres:
        op.execute("ALTER TABLE notices FORCE ROW LEVEL SECURITY")
    _say(NEW, OLD)


def _say(old, new):
    """Changes which kinds there are."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_notices_kind"), "notices")
        op.create_check_constraint(op.f("ck_notices_kind"), "notices", new)
    else:
        _rebuild(old, new)


def _rebuild(old, new):
    """SQLite changes no constraint: the table, which nothing refers to, is made anew as it says of itself."""
    bind = op.get_bind()
    said = "SELECT sql FROM sqlite_master WHERE tbl_name = 'notices' AND type {} 'table' AND sql IS NOT NULL"
    (made,) = bind.scalars(sa.text(said.format("=")))
    beside = list(bind.scalars(sa.text(said.format("<>"))))
    flat = " ".join(made.split()).replace(" )", ")").replace("( ", "(")
    if old not in flat:
        raise ValueError(f"notices does not say {old}")
    op.execute("CREATE TABLE notices_kept AS SELECT * FROM notices")
    op.drop_table("notices")
    bind.exec_driver_sql(flat.replace(old, new))
    op.execute("INSERT INTO notices SELECT * FROM notices_kept")
    op.drop_table("notices_kept")
    for statement in beside:
        bind.exec_driver_sql(statement)
