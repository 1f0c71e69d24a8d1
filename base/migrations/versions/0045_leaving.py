"""Leaving, with references to take along; notices of leaving and of papers that run out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from base import guards

revision = "0045"
down_revision = "0044"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
branch_labels = None
depends_on = None

TABLES = ("departures", "work_references")
OLD = (
    "kind IN ('message', 'mention', 'sent_back', 'rejected', 'remark', 'lease', 'announcement',"
    " 'appeal', 'appealed', 'unreviewed', 'standing', 'alarm', 'action_due', 'offered', 'assigned',"
    " 'round_ended')"
)
NEW = OLD.replace(")", ", 'paper', 'papers', 'leaving', 'going')")


def upgrade():
    op.create_table(
        "departures",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("asked_by", BIG, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("over_by", BIG, nullable=True),
        sa.Column("link_hash", sa.LargeBinary(), nullable=True),
        sa.Column("held", sa.LargeBinary(), nullable=False),
        sa.Column("held_until", sa.Date(), nullable=True),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("(state = 'asked') = (over_at IS NULL)", name=op.f("ck_departures_over")),
        sa.CheckConstraint("forgotten_at IS NULL OR state = 'ended'", name=op.f("ck_departures_forgotten")),
        sa.CheckConstraint("state IN ('asked', 'withdrawn', 'ended')", name=op.f("ck_departures_state")),
        sa.CheckConstraint(
            "why IN ('', 'time', 'other_work', 'moving', 'pay', 'no_work', 'other')",
            name=op.f("ck_departures_why"),
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_departures_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departures")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_departures_link_hash")),
        sa.UniqueConstraint("uid", name=op.f("uq_departures_uid")),
    )
    with op.batch_alter_table("departures", schema=None) as batch_op:
        batch_op.create_index(
            "ix_departures_kept",
            ["shop_id", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'ended' AND destroyed_at IS NULL"),
            postgresql_where=sa.text("state = 'ended' AND destroyed_at IS NULL"),
        )
        batch_op.create_index("ix_departures_partner", ["shop_id", "partner_id", "id"], unique=False)
        batch_op.create_index(
            "uq_departures_asked",
            ["partner_id"],
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )

    op.create_table(
        "work_references",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("signature", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("accepted", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_work_references_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_references")),
        sa.UniqueConstraint("shop_id", "code", name=op.f("uq_work_references_shop_id_code")),
        sa.UniqueConstraint("uid", name=op.f("uq_work_references_uid")),
    )
    with op.batch_alter_table("work_references", schema=None) as batch_op:
        batch_op.create_index("ix_work_references_partner", ["shop_id", "partner_id", "id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)
    _say(OLD, NEW)


def downgrade():
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:  # the owner goes past the shops' borders here
        op.execute("ALTER TABLE notices NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM notices WHERE kind IN ('paper', 'papers', 'leaving', 'going')")
    if postgres:
        op.execute("ALTER TABLE notices FORCE ROW LEVEL SECURITY")
    _say(NEW, OLD)
    for table in reversed(TABLES):
        op.drop_table(table)


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
