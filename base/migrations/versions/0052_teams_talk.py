"""Teams talk: their messages, and announcements and notices that are a team's."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0052"
down_revision = "0051"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None

REFERRING = ("announcements", "notices")


def upgrade():
    postgres = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "team_messages",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("team_id", BIG, nullable=False),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("role IN ('owner', 'partner')", name=op.f("ck_team_messages_role")),
        sa.ForeignKeyConstraint(["author_id"], ["accounts.id"], name=op.f("fk_team_messages_author_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_messages_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_messages")),
        sa.UniqueConstraint("uid", name=op.f("uq_team_messages_uid")),
    )
    op.create_index("ix_team_messages_team", "team_messages", ["shop_id", "team_id", "id"], unique=False)
    # Said in SQL: SQLite takes a reference with the column, and would copy the table to add it afterwards.
    for table in REFERRING:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN team_id {'BIGINT' if postgres else 'INTEGER'}"
            f" CONSTRAINT fk_{table}_team_id REFERENCES teams (id)"
        )
    for statement in guards.row_security("team_messages") if postgres else ():
        op.execute(statement)


def downgrade():
    for table in REFERRING:
        op.execute(f"ALTER TABLE {table} DROP COLUMN team_id")
    op.drop_table("team_messages")
