"""Tallies for the board, targets, and indexes of what waits for somebody."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0005"
down_revision = "0004"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None

SHOP_TABLES = ("count_tallies", "due_tallies", "tallies", "tally_cursors", "targets")


def upgrade():
    op.create_table(
        "count_tallies",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("n", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_tallies")),
        sa.UniqueConstraint("shop_id", "name", name=op.f("uq_count_tallies_shop_id_name")),
    )
    op.create_table(
        "due_tallies",
        sa.Column("id", BIG, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("minute", BIG, nullable=False),
        sa.Column("edition", BIG, nullable=False),
        sa.Column("n", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_tallies")),
        sa.UniqueConstraint(
            "shop_id", "what", "minute", "edition", name=op.f("uq_due_tallies_shop_id_what_minute_edition")
        ),
    )
    with op.batch_alter_table("due_tallies", schema=None) as batch_op:
        batch_op.create_index(
            "ix_due_tallies_waiting",
            ["shop_id", "what", "minute"],
            unique=False,
            sqlite_where=sa.text("n <> 0"),
            postgresql_where=sa.text("n <> 0"),
        )

    op.create_table(
        "tallies",
        sa.Column("id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("dim", sa.String(), nullable=False),
        sa.Column("dim_id", BIG, nullable=False),
        sa.Column("n", BIG, nullable=False),
        sa.Column("hits", BIG, nullable=False),
        sa.Column("amount", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tallies")),
        sa.UniqueConstraint(
            "shop_id",
            "dim",
            "dim_id",
            "measure",
            "day",
            name=op.f("uq_tallies_shop_id_dim_dim_id_measure_day"),
        ),
    )
    with op.batch_alter_table("tallies", schema=None) as batch_op:
        batch_op.create_index("ix_tallies_day", ["shop_id", "dim", "measure", "day"], unique=False)

    op.create_table(
        "tally_cursors",
        sa.Column("shop_id", BIG, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_tally_cursors")),
    )
    op.create_table(
        "targets",
        sa.Column("id", BIG, nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("value", BIG, nullable=False),
        sa.Column("set_by", BIG, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_targets")),
        sa.UniqueConstraint("shop_id", "measure", name=op.f("uq_targets_shop_id_measure")),
    )
    with op.batch_alter_table("clock_pauses", schema=None) as batch_op:
        batch_op.create_index(
            "ix_clock_pauses_lasting",
            ["shop_id", "owed_by"],
            unique=False,
            sqlite_where=sa.text("to_at IS NULL"),
            postgresql_where=sa.text("to_at IS NULL"),
        )

    with op.batch_alter_table("errands", schema=None) as batch_op:
        batch_op.create_index(
            "ix_errands_dead",
            ["shop_id", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'dead'"),
            postgresql_where=sa.text("state = 'dead'"),
        )

    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.create_index(
            "ix_imports_refused",
            ["shop_id", "at"],
            unique=False,
            sqlite_where=sa.text("state = 'refused'"),
            postgresql_where=sa.text("state = 'refused'"),
        )

    with op.batch_alter_table("levels", schema=None) as batch_op:
        batch_op.create_index(
            "ix_levels_missing",
            ["shop_id", "product_id"],
            unique=False,
            sqlite_where=sa.text("reserved > on_hand"),
            postgresql_where=sa.text("reserved > on_hand"),
        )

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(
            "ix_orders_risk",
            ["shop_id", "ship_by", "promise_s"],
            unique=False,
            sqlite_where=sa.text("state IN ('short', 'ready')"),
            postgresql_where=sa.text("state IN ('short', 'ready')"),
        )
        batch_op.create_index(
            "ix_orders_shipped",
            ["shop_id", "shipped_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'shipped'"),
            postgresql_where=sa.text("state = 'shipped'"),
        )

    if op.get_bind().dialect.name == "postgresql":
        for table in SHOP_TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_orders_shipped",
            sqlite_where=sa.text("state = 'shipped'"),
            postgresql_where=sa.text("state = 'shipped'"),
        )
        batch_op.drop_index(
            "ix_orders_risk",
            sqlite_where=sa.text("state IN ('short', 'ready')"),
            postgresql_where=sa.text("state IN ('short', 'ready')"),
        )

    with op.batch_alter_table("levels", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_levels_missing",
            sqlite_where=sa.text("reserved > on_hand"),
            postgresql_where=sa.text("reserved > on_hand"),
        )

    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_imports_refused",
            sqlite_where=sa.text("state = 'refused'"),
            postgresql_where=sa.text("state = 'refused'"),
        )

    with op.batch_alter_table("errands", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_errands_dead",
            sqlite_where=sa.text("state = 'dead'"),
            postgresql_where=sa.text("state = 'dead'"),
        )

    with op.batch_alter_table("clock_pauses", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_clock_pauses_lasting",
            sqlite_where=sa.text("to_at IS NULL"),
            postgresql_where=sa.text("to_at IS NULL"),
        )

    op.drop_table("targets")
    op.drop_table("tally_cursors")
    with op.batch_alter_table("tallies", schema=None) as batch_op:
        batch_op.drop_index("ix_tallies_day")

    op.drop_table("tallies")
    with op.batch_alter_table("due_tallies", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_due_tallies_waiting", sqlite_where=sa.text("n <> 0"), postgresql_where=sa.text("n <> 0")
        )

    op.drop_table("due_tallies")
    op.drop_table("count_tallies")
