"""Work about products, of several answers, in queues; kinds an owner makes herself."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from base import guards

revision = "0011"
down_revision = "0010"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
branch_labels = None
depends_on = None

TABLES = ("queues", "own_kinds")
ENDED = "state NOT IN ('accepted', 'rejected', 'cancelled')"
OPEN = "state = 'open'"
HELD = "state IN ('claimed', 'rework')"
OF_PRODUCT = f"product_id IS NOT NULL AND {ENDED}"
ONE_EACH = "set_key <> '' AND holder_id IS NOT NULL AND state NOT IN ('rejected', 'cancelled')"


def _index(name, columns, where, *, unique=False):
    where = sa.text(where)
    op.create_index(name, "tasks", columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _again(name, columns, where):
    op.drop_index(name, table_name="tasks")
    _index(name, columns, where)


def upgrade():
    postgres = op.get_bind().dialect.name == "postgresql"
    for column in (
        sa.Column("note", sa.String(), nullable=False, server_default=""),
        sa.Column("target", sa.String(), nullable=False, server_default=""),
        sa.Column("slot", BIG, nullable=False, server_default="0"),
        sa.Column("set_key", sa.String(), nullable=False, server_default=""),
    ):
        op.add_column("tasks", column)
    # Said in SQL: SQLite takes a reference with the column, and would copy the table to add it afterwards.
    op.execute(
        f"ALTER TABLE tasks ADD COLUMN product_id {'BIGINT' if postgres else 'INTEGER'}"
        " CONSTRAINT fk_tasks_product_id REFERENCES products (id)"
    )
    _again("ix_tasks_open", ["shop_id", "queue", "slot", "due_at", "id"], OPEN)
    # With the state in it a count of what is held reads the index alone, so that SQLite chooses it.
    _again("ix_tasks_held", ["shop_id", "holder_id", "state"], HELD)
    _index(
        "uq_tasks_live_of_product",
        ["shop_id", "kind", "product_id", "target", "slot"],
        OF_PRODUCT,
        unique=True,
    )
    _index("uq_tasks_one_each", ["shop_id", "set_key", "holder_id"], ONE_EACH, unique=True)
    op.create_table(
        "queues",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_s", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("state IN ('open', 'paused', 'retired')", name=op.f("ck_queues_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queues")),
        sa.UniqueConstraint("shop_id", "name", name=op.f("uq_queues_shop_id_name")),
    )
    op.create_table(
        "own_kinds",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", JSON, nullable=False),
        sa.Column("icon", sa.String(), nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_kinds")),
    )
    _open_queues(postgres)
    for table in TABLES if postgres else ():
        for statement in guards.row_security(table):
            op.execute(statement)


def _open_queues(postgres):
    """A queue for each kind a shop already works in; the owner of the table looks past its shops for this."""
    if postgres:
        op.execute("ALTER TABLE tasks NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO queues (name, kind, state, due_s, made_at, shop_id)"
        " SELECT queue, kind, 'open', 64800, min(opened_at), shop_id FROM tasks"
        " GROUP BY shop_id, queue, kind ORDER BY shop_id, queue"
    )
    if postgres:
        op.execute("ALTER TABLE tasks FORCE ROW LEVEL SECURITY")


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
    for index in ("uq_tasks_one_each", "uq_tasks_live_of_product", "ix_tasks_open", "ix_tasks_held"):
        op.drop_index(index, table_name="tasks")
    for name in ("product_id", "set_key", "slot", "target", "note"):
        op.execute(f"ALTER TABLE tasks DROP COLUMN {name}")  # a copy would lose the table's checks on SQLite
    _index("ix_tasks_open", ["shop_id", "queue", "due_at", "id"], OPEN)
    _index("ix_tasks_held", ["shop_id", "holder_id"], HELD)
