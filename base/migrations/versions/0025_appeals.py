"""Appeals, work that nobody looked at in time, marks on text, standard phrases; what is judged stays."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from base import guards

revision = "0025"
down_revision = "0024"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
branch_labels = None
depends_on = None

TABLES = ("phrases", "appeals")
OLD_STATES, NEW_STATES = "state IN ('waiting', 'judged')", "state IN ('waiting', 'judged', 'lapsed')"
LAPSED = "(state = 'lapsed') = (lapsed_at IS NOT NULL)"
SPAN = "(begins IS NULL) = (ends IS NULL) AND (begins IS NULL OR 0 <= begins AND begins < ends)"
OLD_KINDS = "kind IN ('message', 'mention', 'sent_back', 'rejected', 'remark', 'lease', 'announcement')"
NEW_KINDS = OLD_KINDS.replace(")", ", 'appeal', 'appealed', 'unreviewed')")


def upgrade():
    for name in ("wanted_id", "barred_id"):
        op.add_column("inspections", sa.Column(name, BIG, nullable=True))
    op.add_column("inspections", sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True))
    for name in ("begins", "ends"):
        op.add_column("defects", sa.Column(name, BIG, nullable=True))
    _check("inspections", "state", OLD_STATES, NEW_STATES)
    _check("inspections", "lapsed_at", "", LAPSED)
    _check("defects", "span", "", SPAN)
    _check("notices", "kind", OLD_KINDS, NEW_KINDS)
    _new_tables()
    dialect = op.get_bind().dialect.name
    for statement in guards.statements(dialect, "defects"):
        op.execute(statement)
    for table in guards.DECIDED:
        for statement in guards.decided(dialect, table):
            op.execute(statement)
    if dialect == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    dialect = op.get_bind().dialect.name
    for table in guards.DECIDED:
        for statement in guards.undecided(dialect, table):
            op.execute(statement)
    for statement in guards.undone(dialect, "defects"):
        op.execute(statement)
    op.drop_table("appeals")
    op.drop_table("phrases")
    if dialect == "postgresql":
        for table in ("inspections", "notices"):
            op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM notices WHERE kind IN ('appeal', 'appealed', 'unreviewed')")
    op.execute("UPDATE inspections SET state = 'waiting', lapsed_at = NULL WHERE state = 'lapsed'")
    if dialect == "postgresql":
        for table in ("inspections", "notices"):
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    _check("notices", "kind", NEW_KINDS, OLD_KINDS)
    _check("defects", "span", SPAN, "")
    _check("inspections", "lapsed_at", LAPSED, "")
    _check("inspections", "state", NEW_STATES, OLD_STATES)
    for table, names in (
        ("defects", ("ends", "begins")),
        ("inspections", ("lapsed_at", "barred_id", "wanted_id")),
    ):
        for name in names:
            op.drop_column(table, name)


def _check(table, name, old, new):
    """Changes a constraint; an empty one is not there."""
    if op.get_bind().dialect.name == "postgresql":
        if old:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
        if new:
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, new)
    else:
        _rebuild(
            table, *(f", CONSTRAINT ck_{table}_{name} CHECK ({said})" if said else "" for said in (old, new))
        )


def _rebuild(table, old, new):
    """SQLite changes no constraint: the table is made anew under its name, as it says of itself.

    Its rows are taken out and put back in one transaction, so that what refers to them does so again before
    the references are looked at.
    """
    bind = op.get_bind()
    said = "SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type {} 'table' AND sql IS NOT NULL"
    (made,) = bind.scalars(sa.text(said.format("=")), {"table": table})
    beside = list(bind.scalars(sa.text(said.format("<>")), {"table": table}))
    flat = " ".join(made.split())
    flat = flat.replace(" )", ")").replace("( ", "(")
    if old and old not in flat:
        raise ValueError(f"{table} does not say {old}")
    body = flat.replace(old, "") if old else flat
    counted = "AUTOINCREMENT" in body
    last = (
        bind.scalar(sa.text("SELECT max(seq) FROM sqlite_sequence WHERE name = :table"), {"table": table})
        if counted
        else 0
    )
    op.execute("PRAGMA defer_foreign_keys=ON")
    op.execute(f"CREATE TABLE {table}_kept AS SELECT * FROM {table}")  # noqa: S608 (our own names)
    op.drop_table(table)
    bind.exec_driver_sql(body[: body.rindex(")")] + new + ")")
    op.execute(f"INSERT INTO {table} SELECT * FROM {table}_kept")  # noqa: S608 (our own names)
    op.drop_table(f"{table}_kept")
    if last:  # numbers that were given once are not given again
        bind.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :table"), {"table": table})
        bind.execute(
            sa.text("INSERT INTO sqlite_sequence VALUES (:table, :last)"), {"table": table, "last": last}
        )
    for statement in beside:
        bind.exec_driver_sql(statement)


def _new_tables():
    op.create_table(
        "phrases",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("used", BIG, nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_phrases_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrases")),
    )
    op.create_index("ix_phrases_of", "phrases", ["shop_id", "account_id", "used"], unique=False)
    op.create_table(
        "appeals",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("inspection_id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("against_id", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("photos", JSON, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("judge_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_id", BIG, nullable=True),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("score", BIG, nullable=True),
        sa.Column("found", JSON, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "state IN ('opened', 'upheld', 'overturned', 'withdrawn', 'lapsed')",
            name=op.f("ck_appeals_state"),
        ),
        sa.CheckConstraint("(state = 'opened') = (ended_at IS NULL)", name=op.f("ck_appeals_ended")),
        sa.CheckConstraint(
            "(state IN ('upheld', 'overturned')) = (second_id IS NOT NULL)", name=op.f("ck_appeals_judged")
        ),
        sa.CheckConstraint(
            "second_id IS NULL OR second_id <> against_id OR alone", name=op.f("ck_appeals_second")
        ),
        sa.CheckConstraint(
            "effect IN ('', 'whole', 'paid', 'known')"
            " AND (effect <> '') = (state IN ('overturned', 'lapsed'))",
            name=op.f("ck_appeals_effect"),
        ),
        sa.ForeignKeyConstraint(["against_id"], ["accounts.id"], name=op.f("fk_appeals_against_id")),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name=op.f("fk_appeals_inspection_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_appeals_partner_id")),
        sa.ForeignKeyConstraint(["second_id"], ["accounts.id"], name=op.f("fk_appeals_second_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_appeals_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("inspection_id", name=op.f("uq_appeals_inspection_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_appeals_uid")),
    )
    for name, columns in (
        ("ix_appeals_task", ["task_id"]),
        ("ix_appeals_partner", ["partner_id", "id"]),
        ("ix_appeals_against", ["against_id", "ended_at"]),
        ("ix_appeals_state", ["state", "judge_by", "id"]),
    ):
        op.create_index(name, "appeals", ["shop_id", *columns], unique=False)
    where = sa.text("state = 'opened'")
    op.create_index(
        "uq_appeals_opened", "appeals", ["task_id"], unique=True, sqlite_where=where, postgresql_where=where
    )
