"""Goods on the way: hand-overs with their lines, what a home may hold, and a place between warehouse and home."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0044"
down_revision = "0043"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None

TABLES = ("handovers", "handover_lines", "home_limits")
OLD = {
    "kind": "kind IN ('warehouse', 'quarantine', 'home')",
    "home_has_partner": "(kind = 'home') = (partner_id <> 0)",
}
NEW = {
    "kind": "kind IN ('warehouse', 'quarantine', 'home', 'transit')",
    "home_has_partner": "(kind IN ('home', 'transit')) = (partner_id <> 0)",
}
LIVE = "state IN ('under_way', 'unsettled')"


def upgrade():
    _checks(OLD, NEW)
    _move("UPDATE locations SET kind = 'transit', partner_id = -partner_id WHERE partner_id < 0")
    op.create_table(
        "handovers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("sent_by", BIG, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("(state = 'under_way') = (arrived_at IS NULL)", name=op.f("ck_handovers_arrived")),
        sa.CheckConstraint(
            "state IN ('under_way', 'unsettled', 'done', 'cancelled')", name=op.f("ck_handovers_state")
        ),
        sa.CheckConstraint("way IN ('out', 'back')", name=op.f("ck_handovers_way")),
        sa.ForeignKeyConstraint(["sent_by"], ["accounts.id"], name=op.f("fk_handovers_sent_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        sa.UniqueConstraint("shop_id", "key", name=op.f("uq_handovers_shop_id_key")),
    )
    op.create_table(
        "home_limits",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("won", BIG, nullable=False),
        sa.Column("set_by", BIG, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("won >= 0", name=op.f("ck_home_limits_won")),
        sa.ForeignKeyConstraint(["set_by"], ["accounts.id"], name=op.f("fk_home_limits_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_limits")),
        sa.UniqueConstraint("shop_id", "partner_id", name=op.f("uq_home_limits_shop_id_partner_id")),
    )
    _lines()
    told, columns = sa.text(LIVE), ["shop_id", "partner_id"]
    op.create_index("ix_handovers_partner", "handovers", [*columns, "id"])
    op.create_index("ix_handovers_live", "handovers", columns, sqlite_where=told, postgresql_where=told)
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def _lines():
    op.create_table(
        "handover_lines",
        sa.Column("id", BIG, nullable=False),
        sa.Column("handover_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("sent", BIG, nullable=False),
        sa.Column("received", BIG, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("told_by", BIG, nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", BIG, nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("(state = 'settled') = (outcome <> '')", name=op.f("ck_handover_lines_settled")),
        sa.CheckConstraint(
            "(state IN ('received', 'differs', 'settled')) = (received IS NOT NULL)",
            name=op.f("ck_handover_lines_told"),
        ),
        sa.CheckConstraint(
            "outcome IN ('', 'sender', 'receiver', 'lost', 'found')", name=op.f("ck_handover_lines_outcome")
        ),
        sa.CheckConstraint("state <> 'received' OR received = sent", name=op.f("ck_handover_lines_agrees")),
        sa.CheckConstraint(
            "state IN ('sent', 'again', 'received', 'differs', 'settled', 'called_off')",
            name=op.f("ck_handover_lines_state"),
        ),
        sa.CheckConstraint("received >= 0", name=op.f("ck_handover_lines_received")),
        sa.CheckConstraint("sent > 0", name=op.f("ck_handover_lines_sent")),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["handovers.id"], name=op.f("fk_handover_lines_handover_id")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_handover_lines_product_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["accounts.id"], name=op.f("fk_handover_lines_settled_by")),
        sa.ForeignKeyConstraint(["told_by"], ["accounts.id"], name=op.f("fk_handover_lines_told_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_lines")),
        sa.UniqueConstraint(
            "handover_id", "product_id", name=op.f("uq_handover_lines_handover_id_product_id")
        ),
    )


def downgrade():
    """What is on the way stays where it is, as a home of nobody: movements are never changed."""
    op.drop_table("handover_lines")
    op.drop_table("home_limits")
    op.drop_table("handovers")
    _move("UPDATE locations SET kind = 'home', partner_id = -partner_id WHERE kind = 'transit'")
    _checks(NEW, OLD)


def _move(statement):
    """Changes places of all shops."""
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute("ALTER TABLE locations NO FORCE ROW LEVEL SECURITY")
    op.execute(statement)
    if postgres:
        op.execute("ALTER TABLE locations FORCE ROW LEVEL SECURITY")


def _checks(old, new):
    if op.get_bind().dialect.name != "postgresql":
        _rebuild(old, new)
        return
    for name in old:
        op.drop_constraint(op.f(f"ck_locations_{name}"), "locations")
        op.create_check_constraint(op.f(f"ck_locations_{name}"), "locations", new[name])


def _rebuild(old, new):
    """SQLite changes no constraint: the table is made anew under its name, as it says of itself.

    Its rows are taken out and put back in one transaction, so that what refers to them does so again before
    the references are looked at.
    """
    bind = op.get_bind()
    made = "SELECT sql FROM sqlite_master WHERE tbl_name = 'locations' AND type = 'table'"
    body = " ".join(bind.scalar(sa.text(made)).split()).replace(" )", ")").replace("( ", "(")
    for name, said in old.items():
        if said not in body:
            raise ValueError(f"locations does not say {said}")
        body = body.replace(said, new[name])
    op.execute("PRAGMA defer_foreign_keys=ON")
    op.execute("CREATE TABLE locations_kept AS SELECT * FROM locations")
    op.drop_table("locations")
    bind.exec_driver_sql(body)
    op.execute("INSERT INTO locations SELECT * FROM locations_kept")
    op.drop_table("locations_kept")
