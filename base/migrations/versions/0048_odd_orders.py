"""Orders that are held because they look wrong, and why."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from base import guards

revision = "0048"
down_revision = "0047"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
branch_labels = None
depends_on = None

OLD_STATES = "state IN ('short', 'ready', 'shipped', 'cancelled')"
NEW_STATES = OLD_STATES.replace("(", "('held', ")
OLD_WAITING, NEW_WAITING = "state IN ('short', 'ready')", "state IN ('held', 'short', 'ready')"
WAITING = {
    "ix_orders_waiting": ["shop_id", "ship_by", "id"],
    "ix_orders_risk": ["shop_id", "ship_by", "promise_s"],
}


def upgrade():
    _allow(OLD_STATES, NEW_STATES, NEW_WAITING)
    op.create_table(
        "odd_lines",
        sa.Column("id", BIG, nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("line_id", BIG, nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passed_by", BIG, nullable=True),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("why IN ('units', 'nothing', 'twin')", name=op.f("ck_odd_lines_why")),
        sa.CheckConstraint("(passed_by IS NULL) = (passed_at IS NULL)", name=op.f("ck_odd_lines_passed")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_odd_lines_line_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_odd_lines_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_odd_lines")),
        sa.UniqueConstraint("shop_id", "line_id", "why", name=op.f("uq_odd_lines_shop_id_line_id_why")),
    )
    op.create_index("ix_odd_lines_order", "odd_lines", ["shop_id", "order_id"], unique=False)
    op.create_index("ix_odd_lines_newest", "odd_lines", ["shop_id", "id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for statement in guards.row_security("odd_lines"):
            op.execute(statement)


def downgrade():
    op.drop_table("odd_lines")
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute("ALTER TABLE orders NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE orders SET state = 'short' WHERE state = 'held'")
    if postgresql:
        op.execute("ALTER TABLE orders FORCE ROW LEVEL SECURITY")
    _allow(NEW_STATES, OLD_STATES, OLD_WAITING)


def _allow(old, new, waiting):
    """Changes the states an order may have, and those that wait."""
    for name in WAITING:
        op.drop_index(name, "orders")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_orders_state"), "orders")
        op.create_check_constraint(op.f("ck_orders_state"), "orders", new)
    else:
        _rebuild("orders", f"CHECK ({old})", f"CHECK ({new})")
    where = sa.text(waiting)
    for name, columns in WAITING.items():
        op.create_index(name, "orders", columns, unique=False, sqlite_where=where, postgresql_where=where)


def _rebuild(table, old, new):
    """SQLite changes no constraint: the table is made anew under its name, as it says of itself.

    Its rows are taken out and put back in one transaction, so that what refers to them does so again before
    the references are looked at.
    """
    bind = op.get_bind()
    said = "SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type {} 'table' AND sql IS NOT NULL"
    (made,) = bind.scalars(sa.text(said.format("=")), {"table": table})
    beside = list(bind.scalars(sa.text(said.format("<>")), {"table": table}))
    if old not in made:
        raise ValueError(f"{table} does not say {old}")
    op.execute("PRAGMA defer_foreign_keys=ON")
    op.execute(f"CREATE TABLE {table}_kept AS SELECT * FROM {table}")  # noqa: S608 (our own names)
    op.drop_table(table)
    bind.exec_driver_sql(made.replace(old, new))
    op.execute(f"INSERT INTO {table} SELECT * FROM {table}_kept")  # noqa: S608 (our own names)
    op.drop_table(f"{table}_kept")
    for statement in beside:
        bind.exec_driver_sql(statement)
