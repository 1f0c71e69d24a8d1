"""Skills, teams, wishes, offers and batches: what dispatch looks at besides the promise."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from base import guards

revision = "0019"
down_revision = "0018"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
WHEN = sa.DateTime(timezone=True)
branch_labels = None
depends_on = None

TABLES = ("skills", "partner_skills", "teams", "team_members", "objections", "task_offers")
INDEXES = {
    "ix_partners_waiting": ("partners", ["shop_id", "waiting_since"], "waiting_since IS NOT NULL"),
    "ix_tasks_taken": ("tasks", ["shop_id", "holder_id", "claimed_at"], "claimed_at IS NOT NULL"),
    "ix_tasks_offered": ("tasks", ["shop_id", "offered_until"], "offered_until IS NOT NULL"),
}
REFERENCES = (("sops", "team_id", "teams"), ("queues", "sop_id", "sops"), ("queues", "team_id", "teams"))
PLAIN = (
    ("partners", "day_limit", BIG),
    ("partners", "waiting_since", WHEN),
    ("sops", "asks", JSON),
    ("tasks", "batch_id", BIG),
    ("tasks", "offered_until", WHEN),
)


def _table(name, *columns, unique, refers=()):
    op.create_table(
        name,
        sa.Column("id", BIG, nullable=False),
        *columns,
        sa.Column("shop_id", BIG, nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{name}_{column}"))
            for column, to in refers
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(*unique, name=op.f(f"uq_{name}_{'_'.join(unique)}")),
    )


def _id(name, nullable=False):
    return sa.Column(name, BIG, nullable=nullable)


def _text(name):
    return sa.Column(name, sa.String(), nullable=False)


def _at(name, nullable=False):
    return sa.Column(name, WHEN, nullable=nullable)


def _people():
    _table("skills", _text("name"), _id("made_by"), _at("made_at"), unique=("shop_id", "name"))
    _table(
        "partner_skills",
        *(_id("partner_id"), _id("skill_id"), _id("granted_by"), _at("granted_at")),
        unique=("partner_id", "skill_id"),
        refers=(("partner_id", "partners"), ("skill_id", "skills")),
    )
    _table(
        "teams",
        *(_text("name"), _text("focus"), _id("lead_id", nullable=True), _id("made_by"), _at("made_at")),
        unique=("shop_id", "name"),
        refers=(("lead_id", "partners"),),
    )
    _table(
        "team_members",
        *(_id("team_id"), _id("partner_id"), _at("since")),
        unique=("team_id", "partner_id"),
        refers=(("team_id", "teams"), ("partner_id", "partners")),
    )
    _table(
        "objections",
        *(_id("partner_id"), _text("kind"), _at("at")),
        unique=("partner_id", "kind"),
        refers=(("partner_id", "partners"),),
    )
    _table(
        "task_offers",
        *(_id("task_id"), _id("partner_id"), _at("until"), _id("offered_by"), _at("at")),
        _at("declined_at", nullable=True),
        unique=("task_id", "partner_id"),
        refers=(("task_id", "tasks"), ("partner_id", "partners")),
    )
    for table in ("partner_skills", "team_members", "objections"):
        op.create_index(f"ix_{table}_shop", table, ["shop_id", "partner_id"], unique=False)
    op.create_index(
        "ix_task_offers_partner", "task_offers", ["shop_id", "partner_id", "task_id"], unique=False
    )


def upgrade():
    postgres = op.get_bind().dialect.name == "postgresql"
    _people()
    for table, column, type_ in PLAIN:
        op.add_column(table, sa.Column(column, type_, nullable=True))
    # Said in SQL: SQLite takes a reference with the column, and would copy the table to add it afterwards.
    for table, column, to in REFERENCES:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} {'BIGINT' if postgres else 'INTEGER'}"
            f" CONSTRAINT fk_{table}_{column} REFERENCES {to} (id)"
        )
    for name, (table, columns, condition) in INDEXES.items():
        where = sa.text(condition)
        op.create_index(name, table, columns, unique=False, sqlite_where=where, postgresql_where=where)
    for table in TABLES if postgres else ():
        for statement in guards.row_security(table):
            op.execute(statement)


def downgrade():
    for name, (table, _columns, _where) in INDEXES.items():
        op.drop_index(name, table_name=table)
    for table, column, _to in REFERENCES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table, column, _type in PLAIN:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in reversed(TABLES):
        op.drop_table(table)
