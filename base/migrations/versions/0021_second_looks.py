"""Second looks: draws, looks, pieces with a known verdict, rounds; a number of an inspection is given once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from base import guards

revision = "0021"
down_revision = "0020"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
branch_labels = None
depends_on = None

TABLES = ("look_draws", "calibrations", "calibration_remarks", "known_verdicts", "looks")
PLAIN = ("(id INTEGER NOT NULL,", ", CONSTRAINT pk_inspections PRIMARY KEY (id)")
COUNTING = ("(id INTEGER NOT NULL CONSTRAINT pk_inspections PRIMARY KEY AUTOINCREMENT,", "")


def upgrade():
    op.create_table(
        "calibrations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibrations")),
    )
    with op.batch_alter_table("calibrations", schema=None) as batch_op:
        batch_op.create_index("ix_calibrations_shop", ["shop_id", "id"], unique=False)

    op.create_table(
        "calibration_remarks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("calibration_id", BIG, nullable=False),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["accounts.id"], name=op.f("fk_calibration_remarks_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["calibration_id"], ["calibrations.id"], name=op.f("fk_calibration_remarks_calibration_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_remarks")),
    )
    with op.batch_alter_table("calibration_remarks", schema=None) as batch_op:
        batch_op.create_index("ix_calibration_remarks_of", ["shop_id", "calibration_id", "id"], unique=False)

    op.create_table(
        "known_verdicts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("inspection_id", BIG, nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("codes", JSON, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("source IN ('settled', 'agreed', 'owner')", name=op.f("ck_known_verdicts_source")),
        sa.CheckConstraint(
            "verdict IN ('accept', 'send_back', 'reject')", name=op.f("ck_known_verdicts_verdict")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspections.id"], name=op.f("fk_known_verdicts_inspection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_verdicts")),
        sa.UniqueConstraint("inspection_id", name=op.f("uq_known_verdicts_inspection_id")),
    )
    with op.batch_alter_table("known_verdicts", schema=None) as batch_op:
        batch_op.create_index("ix_known_verdicts_shop", ["shop_id", "retired_at", "id"], unique=False)

    op.create_table(
        "look_draws",
        sa.Column("id", BIG, nullable=False),
        sa.Column("inspection_id", BIG, nullable=False),
        sa.Column("percent", BIG, nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("roll", BIG, nullable=False),
        sa.Column("drawn", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["inspection_id"], ["inspections.id"], name=op.f("fk_look_draws_inspection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_draws")),
        sa.UniqueConstraint("inspection_id", name=op.f("uq_look_draws_inspection_id")),
    )
    with op.batch_alter_table("look_draws", schema=None) as batch_op:
        batch_op.create_index("ix_look_draws_shop", ["shop_id", "id"], unique=False)

    op.create_table(
        "looks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("number", BIG, nullable=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("submission_id", BIG, nullable=False),
        sa.Column("first_id", BIG, nullable=False),
        sa.Column("known_id", BIG, nullable=True),
        sa.Column("calibration_id", BIG, nullable=True),
        sa.Column("for_id", BIG, nullable=True),
        sa.Column("barred_id", BIG, nullable=True),
        sa.Column("round", BIG, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", BIG, nullable=False),
        sa.Column("held_by", BIG, nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewer_id", BIG, nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("score", BIG, nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("found", JSON, nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("look_s", BIG, nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled", sa.String(), nullable=False),
        sa.Column("settled_codes", JSON, nullable=False),
        sa.Column("settled_by", BIG, nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("(state = 'judged') = (judged_at IS NOT NULL)", name=op.f("ck_looks_judged_at")),
        sa.CheckConstraint("(state = 'judged') = (verdict <> '')", name=op.f("ck_looks_judged_verdict")),
        sa.CheckConstraint("purpose = 'second' OR for_id IS NOT NULL", name=op.f("ck_looks_for_whom")),
        sa.CheckConstraint("purpose IN ('second', 'gold', 'round')", name=op.f("ck_looks_purpose")),
        sa.CheckConstraint(
            "state IN ('planned', 'waiting', 'judged', 'dropped')", name=op.f("ck_looks_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('waiting', 'judged') OR number IS NOT NULL", name=op.f("ck_looks_numbered")
        ),
        sa.CheckConstraint("verdict IN ('', 'accept', 'send_back', 'reject')", name=op.f("ck_looks_verdict")),
        sa.CheckConstraint("reviewer_id IS NULL OR reviewer_id <> barred_id", name=op.f("ck_looks_another")),
        sa.ForeignKeyConstraint(
            ["calibration_id"], ["calibrations.id"], name=op.f("fk_looks_calibration_id")
        ),
        sa.ForeignKeyConstraint(["first_id"], ["inspections.id"], name=op.f("fk_looks_first_id")),
        sa.ForeignKeyConstraint(["known_id"], ["known_verdicts.id"], name=op.f("fk_looks_known_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["accounts.id"], name=op.f("fk_looks_reviewer_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name=op.f("fk_looks_submission_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_looks_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
        sa.UniqueConstraint("number", name=op.f("uq_looks_number")),
    )
    with op.batch_alter_table("looks", schema=None) as batch_op:
        batch_op.create_index("ix_looks_first", ["shop_id", "first_id"], unique=False)
        batch_op.create_index("ix_looks_judged", ["shop_id", "judged_at"], unique=False)
        batch_op.create_index(
            "ix_looks_planned",
            ["shop_id", "opens_at"],
            unique=False,
            sqlite_where=sa.text("state = 'planned'"),
            postgresql_where=sa.text("state = 'planned'"),
        )
        batch_op.create_index("ix_looks_state", ["shop_id", "state", "due_at", "number"], unique=False)
        batch_op.create_index("ix_looks_task", ["shop_id", "task_id"], unique=False)

    _rebuild("inspections", PLAIN, COUNTING)
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
    _rebuild("inspections", COUNTING, PLAIN)


def _rebuild(table, old, new):
    """SQLite forgets the numbers of rows that are gone, unless the table says AUTOINCREMENT: it is made anew.

    Its rows are taken out and put back in one transaction, so that what refers to them does so again before
    the references are looked at. PostgreSQL's sequence gives a number once anyway.
    """
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        return
    said = "SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type {} 'table' AND sql IS NOT NULL"
    (made,) = bind.scalars(sa.text(said.format("=")), {"table": table})
    beside = list(bind.scalars(sa.text(said.format("<>")), {"table": table}))
    body = " ".join(made.split()).replace(" )", ")").replace("( ", "(")
    names = ", ".join(column["name"] for column in sa.inspect(bind).get_columns(table))
    for was, becomes in zip(old, new, strict=True):
        if was not in body:
            raise ValueError(f"{table} does not say {was}")
        body = body.replace(was, becomes, 1) if was else body[: body.rindex(")")] + becomes + ")"
    op.execute("PRAGMA defer_foreign_keys=ON")
    op.execute(f"CREATE TABLE {table}_kept AS SELECT {names} FROM {table}")  # noqa: S608 (our own names)
    op.drop_table(table)
    bind.exec_driver_sql(body)
    op.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}_kept")  # noqa: S608
    op.drop_table(f"{table}_kept")
    for statement in beside:
        bind.exec_driver_sql(statement)
