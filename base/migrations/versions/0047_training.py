"""Training: modules and their editions, what was read and answered, samples, and pilots."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from base import guards

revision = "0047"
down_revision = "0046"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
branch_labels = None
depends_on = None

APPEND_ONLY = ("training_tries", "training_assignments", "training_sample_tries")
OLD = (
    "kind IN ('message', 'mention', 'sent_back', 'rejected', 'remark', 'lease', 'announcement',"
    " 'appeal', 'appealed', 'unreviewed', 'standing', 'alarm', 'action_due', 'offered', 'assigned',"
    " 'round_ended', 'paper', 'papers', 'leaving', 'going')"
)
NEW = OLD.replace(")", ", 'training')")
TABLES = (
    "training_modules",
    "training_pictures",
    "training_samples",
    "training_editions",
    "training_assignments",
    "training_pilots",
    "training_readings",
    "training_sample_tries",
    "training_tries",
)


def upgrade():
    op.create_table(
        "training_modules",
        sa.Column("id", BIG, nullable=False),
        sa.Column("whom", sa.String(), nullable=False),
        sa.Column("on_drop", sa.Boolean(), nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("whom IN ('all', 'chosen')", name=op.f("ck_training_modules_whom")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_modules")),
    )
    with op.batch_alter_table("training_modules", schema=None) as batch_op:
        batch_op.create_index("ix_training_modules_shop", ["shop_id", "id"], unique=False)

    op.create_table(
        "training_pictures",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("width", BIG, nullable=False),
        sa.Column("height", BIG, nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("by", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_pictures")),
        sa.UniqueConstraint("shop_id", "sha256", name=op.f("uq_training_pictures_shop_id_sha256")),
    )
    op.create_table(
        "training_samples",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("story", sa.String(), nullable=False),
        sa.Column("sop_id", BIG, nullable=False),
        sa.Column("items", JSON, nullable=False),
        sa.Column("gold", JSON, nullable=False),
        sa.Column("pass_pct", BIG, nullable=False),
        sa.Column("from_id", BIG, nullable=True),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_samples")),
    )
    with op.batch_alter_table("training_samples", schema=None) as batch_op:
        batch_op.create_index("ix_training_samples_shop", ["shop_id", "id"], unique=False)

    op.create_table(
        "training_editions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("module_id", BIG, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("asks_again", sa.Boolean(), nullable=False),
        sa.Column("holds_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", BIG, nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "(published_at IS NULL) = (holds_from IS NULL)", name=op.f("ck_training_editions_holds_from")
        ),
        sa.ForeignKeyConstraint(
            ["module_id"], ["training_modules.id"], name=op.f("fk_training_editions_module_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_editions")),
        sa.UniqueConstraint("module_id", "number", name=op.f("uq_training_editions_module_id_number")),
    )
    with op.batch_alter_table("training_editions", schema=None) as batch_op:
        batch_op.create_index("ix_training_editions_shop", ["shop_id", "module_id"], unique=False)
        batch_op.create_index(
            "uq_training_editions_draft",
            ["module_id"],
            unique=True,
            sqlite_where=sa.text("published_at IS NULL"),
            postgresql_where=sa.text("published_at IS NULL"),
        )

    op.create_table(
        "training_assignments",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("module_id", BIG, nullable=False),
        sa.Column("after_id", BIG, nullable=False),
        sa.Column("holds_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("cause_id", BIG, nullable=True),
        sa.Column("by", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "cause IN ('owner', 'action', 'standing', 'tries')", name=op.f("ck_training_assignments_cause")
        ),
        sa.ForeignKeyConstraint(
            ["module_id"], ["training_modules.id"], name=op.f("fk_training_assignments_module_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_training_assignments_partner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_assignments")),
    )
    with op.batch_alter_table("training_assignments", schema=None) as batch_op:
        batch_op.create_index("ix_training_assignments_cause", ["shop_id", "cause", "cause_id"], unique=False)
        batch_op.create_index(
            "ix_training_assignments_partner", ["shop_id", "partner_id", "module_id", "id"], unique=False
        )

    op.create_table(
        "training_pilots",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("held", BIG, nullable=False),
        sa.Column("goal", BIG, nullable=False),
        sa.Column("before", BIG, nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", BIG, nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_training_pilots_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_pilots")),
    )
    with op.batch_alter_table("training_pilots", schema=None) as batch_op:
        batch_op.create_index("ix_training_pilots_shop", ["shop_id", "partner_id"], unique=False)
        batch_op.create_index(
            "uq_training_pilots_open",
            ["partner_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "training_readings",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("done", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["training_editions.id"], name=op.f("fk_training_readings_edition_id")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_training_readings_partner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_readings")),
        sa.UniqueConstraint(
            "partner_id", "edition_id", name=op.f("uq_training_readings_partner_id_edition_id")
        ),
    )
    with op.batch_alter_table("training_readings", schema=None) as batch_op:
        batch_op.create_index("ix_training_readings_shop", ["shop_id", "partner_id"], unique=False)

    op.create_table(
        "training_sample_tries",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("sample_id", BIG, nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("hits", BIG, nullable=False),
        sa.Column("asked", BIG, nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("hits >= 0 AND hits <= asked", name=op.f("ck_training_sample_tries_hits")),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name=op.f("fk_training_sample_tries_partner_id")
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["training_samples.id"], name=op.f("fk_training_sample_tries_sample_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_sample_tries")),
    )
    with op.batch_alter_table("training_sample_tries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_training_sample_tries_partner", ["shop_id", "partner_id", "sample_id", "id"], unique=False
        )

    op.create_table(
        "training_tries",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("module_id", BIG, nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("edition", BIG, nullable=False),
        sa.Column("picked", JSON, nullable=False),
        sa.Column("hits", BIG, nullable=False),
        sa.Column("asked", BIG, nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("hits >= 0 AND hits <= asked", name=op.f("ck_training_tries_hits")),
        sa.CheckConstraint("passed OR ends_at IS NULL", name=op.f("ck_training_tries_ends_at")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["training_editions.id"], name=op.f("fk_training_tries_edition_id")
        ),
        sa.ForeignKeyConstraint(
            ["module_id"], ["training_modules.id"], name=op.f("fk_training_tries_module_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_training_tries_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_tries")),
    )
    with op.batch_alter_table("training_tries", schema=None) as batch_op:
        batch_op.create_index("ix_training_tries_module", ["shop_id", "module_id", "id"], unique=False)
        batch_op.create_index(
            "ix_training_tries_partner", ["shop_id", "partner_id", "module_id", "id"], unique=False
        )
    _say(OLD, NEW)
    dialect = op.get_bind().dialect.name
    for table in APPEND_ONLY:
        for statement in guards.statements(dialect, table):
            op.execute(statement)
    for statement in guards.decided(dialect, "training_editions"):
        op.execute(statement)
    if dialect == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:  # the owner goes past the shops' borders here
        op.execute("ALTER TABLE notices NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM notices WHERE kind = 'training'")
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
