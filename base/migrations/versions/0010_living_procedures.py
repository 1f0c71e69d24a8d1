"""Procedures take effect on a day, show pictures, and are read and practised by partners."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from base import guards

revision = "0010"
down_revision = "0009"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
branch_labels = None
depends_on = None

OLD_STATES = "state IN ('draft', 'published', 'retired')"
NEW_STATES = "state IN ('draft', 'scheduled', 'published', 'retired')"
IN_FORCE = "state NOT IN ('scheduled', 'published') OR effective_at IS NOT NULL"
KEPT = "id, sop_id, number, state, items, rubric, made_by, made_at, published_at, version, shop_id"
#: Their row security hides the rows from the owner of the tables as well; the migration looks past it.
READ = ("sop_revisions", "tasks", "partners")


def upgrade():
    if op.get_bind().dialect.name == "postgresql":
        _change_on_postgres()
    else:
        _rebuild(
            sa.Column("effective_at", sa.DateTime(timezone=True)), states=NEW_STATES, told="published_at"
        )
    _index("scheduled", "uq_sop_revisions_scheduled", ["sop_id"], unique=True)
    _index("scheduled", "ix_sop_revisions_coming", ["shop_id", "effective_at"], unique=False)
    _new_tables()
    _remember_who_worked_by_what()


def downgrade():
    op.drop_table("sop_practices")
    op.drop_table("sop_pictures")
    op.drop_index("ix_sop_revisions_coming", table_name="sop_revisions")
    op.drop_index("uq_sop_revisions_scheduled", table_name="sop_revisions")
    if op.get_bind().dialect.name == "postgresql":
        _past_the_guard("UPDATE sop_revisions SET state = 'draft' WHERE state = 'scheduled'")
        op.drop_constraint(op.f("ck_sop_revisions_in_force_since"), "sop_revisions")
        op.drop_constraint(op.f("ck_sop_revisions_state"), "sop_revisions")
        op.create_check_constraint(op.f("ck_sop_revisions_state"), "sop_revisions", OLD_STATES)
        op.drop_column("sop_revisions", "effective_at")
    else:
        op.execute("UPDATE sop_revisions SET state = 'draft' WHERE state = 'scheduled'")
        _rebuild(states=OLD_STATES)


def _change_on_postgres():
    op.add_column("sop_revisions", sa.Column("effective_at", sa.DateTime(timezone=True)))
    _past_the_guard("UPDATE sop_revisions SET effective_at = published_at")
    op.drop_constraint(op.f("ck_sop_revisions_state"), "sop_revisions")
    op.create_check_constraint(op.f("ck_sop_revisions_state"), "sop_revisions", NEW_STATES)
    op.create_check_constraint(op.f("ck_sop_revisions_in_force_since"), "sop_revisions", IN_FORCE)


def _past_the_guard(statement):
    for table in READ:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(statement)
    for table in READ:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _rebuild(*more, states, told=""):
    """SQLite changes no constraint: the table is made anew under its name.

    Its rows are taken out and put back in one transaction, so that what refers to them does so again before
    the references are looked at.
    """
    op.execute("PRAGMA defer_foreign_keys=ON")
    op.execute("CREATE TABLE sop_revisions_kept AS SELECT * FROM sop_revisions")
    op.drop_table("sop_revisions")
    checks = [sa.CheckConstraint(states, name=op.f("ck_sop_revisions_state"))]
    if more:
        checks.append(sa.CheckConstraint(IN_FORCE, name=op.f("ck_sop_revisions_in_force_since")))
    op.create_table(
        "sop_revisions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sop_id", BIG, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("items", JSON, nullable=False),
        sa.Column("rubric", JSON, nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        *more,
        sa.Column("version", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        *checks,
        sa.ForeignKeyConstraint(["sop_id"], ["sops.id"], name=op.f("fk_sop_revisions_sop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sop_revisions")),
        sa.UniqueConstraint(
            "shop_id", "sop_id", "number", name=op.f("uq_sop_revisions_shop_id_sop_id_number")
        ),
    )
    into, from_ = (f"{KEPT}, effective_at", f"{KEPT}, {told}") if more else (KEPT, KEPT)
    op.execute(f"INSERT INTO sop_revisions ({into}) SELECT {from_} FROM sop_revisions_kept")  # noqa: S608 (our own names)
    op.drop_table("sop_revisions_kept")
    _index("draft", "uq_sop_revisions_draft", ["sop_id"], unique=True)
    _index("published", "uq_sop_revisions_published", ["sop_id"], unique=True)


def _index(state, name, columns, *, unique):
    where = sa.text(f"state = '{state}'")
    op.create_index(name, "sop_revisions", columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _new_tables():
    op.create_table(
        "sop_pictures",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("width", BIG, nullable=False),
        sa.Column("height", BIG, nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("by", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sop_pictures")),
        sa.UniqueConstraint("shop_id", "sha256", name=op.f("uq_sop_pictures_shop_id_sha256")),
    )
    op.create_table(
        "sop_practices",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("revision_id", BIG, nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clean", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("clean >= 0", name=op.f("ck_sop_practices_clean")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_sop_practices_partner_id")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["sop_revisions.id"], name=op.f("fk_sop_practices_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sop_practices")),
        sa.UniqueConstraint(
            "partner_id", "revision_id", name=op.f("uq_sop_practices_partner_id_revision_id")
        ),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("sop_pictures", "sop_practices"):
            for statement in guards.row_security(table):
                op.execute(statement)


def _remember_who_worked_by_what():
    """Whoever works by an edition has read it, and what they handed in under it counts as the rule was."""
    statement = (
        "INSERT INTO sop_practices (shop_id, partner_id, revision_id, read_at, clean)"
        " SELECT shop_id, holder_id, sop_revision_id, min(claimed_at), count(submitted_at) FROM tasks"
        " WHERE holder_id IS NOT NULL GROUP BY shop_id, holder_id, sop_revision_id"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE sop_practices NO FORCE ROW LEVEL SECURITY")
        _past_the_guard(statement)
        op.execute("ALTER TABLE sop_practices FORCE ROW LEVEL SECURITY")
    else:
        op.execute(statement)
