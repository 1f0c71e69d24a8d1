"""How far partners can be trusted, kind by kind."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0018"
down_revision = "0017"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None

TABLES = ("standings", "standing_changes")


def upgrade():
    op.create_table(
        "standing_changes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("task_id", BIG, nullable=True),
        sa.Column("n", BIG, nullable=False),
        sa.Column("share", BIG, nullable=False),
        sa.Column("low", BIG, nullable=False),
        sa.Column("high", BIG, nullable=False),
        sa.Column("wanted", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", BIG, nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_at IS NOT NULL)", name=op.f("ck_standing_changes_answered_at")
        ),
        sa.CheckConstraint(
            "(state = 'told') = (asked_at IS NULL)", name=op.f("ck_standing_changes_asked_at")
        ),
        sa.CheckConstraint("state IN ('told', 'asked', 'answered')", name=op.f("ck_standing_changes_state")),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["accounts.id"], name=op.f("fk_standing_changes_answered_by")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_standing_changes_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_changes")),
    )
    with op.batch_alter_table("standing_changes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_standing_changes_asked",
            ["shop_id", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )
        batch_op.create_index("ix_standing_changes_partner", ["shop_id", "partner_id", "id"], unique=False)

    op.create_table(
        "standings",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("n", BIG, nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("good", sa.Double(), nullable=False),
        sa.Column("squares", sa.Double(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("band IN ('watched', 'new', 'steady', 'trusted')", name=op.f("ck_standings_band")),
        sa.CheckConstraint("n >= 0 AND good <= weight", name=op.f("ck_standings_results")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_standings_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standings")),
        sa.UniqueConstraint(
            "shop_id", "partner_id", "kind", name=op.f("uq_standings_shop_id_partner_id_kind")
        ),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    op.drop_table("standings")
    with op.batch_alter_table("standing_changes", schema=None) as batch_op:
        batch_op.drop_index("ix_standing_changes_partner")
        batch_op.drop_index(
            "ix_standing_changes_asked",
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )

    op.drop_table("standing_changes")
