"""Escapes, alarms and corrective actions; minutes and talks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from base import guards

revision = "0024"
down_revision = "0023"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
branch_labels = None
depends_on = None

TABLES = (
    "escapes",
    "quality_rates",
    "quality_alarms",
    "corrective_actions",
    "minutes",
    "partner_talks",
)


def upgrade():
    op.create_table(
        "minutes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("edition", BIG, nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("notes", JSON, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by", BIG, nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name=op.f("ck_minutes_signed_at")),
        sa.CheckConstraint("kind IN ('week', 'month')", name=op.f("ck_minutes_kind")),
        sa.CheckConstraint("state IN ('draft', 'signed')", name=op.f("ck_minutes_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes")),
        sa.UniqueConstraint(
            "shop_id", "kind", "first", "edition", name=op.f("uq_minutes_shop_id_kind_first_edition")
        ),
    )
    with op.batch_alter_table("minutes", schema=None) as batch_op:
        batch_op.create_index("ix_minutes_latest", ["shop_id", "first", "id"], unique=False)

    op.create_table(
        "quality_alarms",
        sa.Column("id", BIG, nullable=False),
        sa.Column("chart", sa.String(), nullable=False),
        sa.Column("dim", sa.String(), nullable=False),
        sa.Column("dim_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("n", BIG, nullable=False),
        sa.Column("found", BIG, nullable=False),
        sa.Column("centre_ppm", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_by", BIG, nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("chart IN ('p', 'u')", name=op.f("ck_quality_alarms_chart")),
        sa.CheckConstraint(
            "rule IN ('beyond', 'two_of_three', 'nine_above')", name=op.f("ck_quality_alarms_rule")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_alarms")),
        sa.UniqueConstraint(
            "shop_id",
            "chart",
            "dim",
            "dim_id",
            "day",
            name=op.f("uq_quality_alarms_shop_id_chart_dim_dim_id_day"),
        ),
    )
    with op.batch_alter_table("quality_alarms", schema=None) as batch_op:
        batch_op.create_index(
            "ix_quality_alarms_waiting",
            ["shop_id", "at"],
            unique=False,
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )

    op.create_table(
        "quality_rates",
        sa.Column("id", BIG, nullable=False),
        sa.Column("hour", BIG, nullable=False),
        sa.Column("piece", BIG, nullable=False),
        sa.Column("set_by", BIG, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("hour >= 0 AND piece >= 0", name=op.f("ck_quality_rates_won")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_rates")),
        sa.UniqueConstraint("shop_id", name=op.f("uq_quality_rates_shop_id")),
    )
    op.create_table(
        "partner_talks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("agreed", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_signed_by", BIG, nullable=True),
        sa.Column("owner_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("partner_word", sa.String(), nullable=False),
        sa.Column("partner_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "(state = 'draft') = (owner_signed_at IS NULL)", name=op.f("ck_partner_talks_owner_signed")
        ),
        sa.CheckConstraint(
            "(state = 'signed') = (partner_signed_at IS NOT NULL)", name=op.f("ck_partner_talks_both_signed")
        ),
        sa.CheckConstraint("state IN ('draft', 'offered', 'signed')", name=op.f("ck_partner_talks_state")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_partner_talks_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_talks")),
        sa.UniqueConstraint(
            "shop_id", "partner_id", "first", name=op.f("uq_partner_talks_shop_id_partner_id_first")
        ),
    )
    with op.batch_alter_table("partner_talks", schema=None) as batch_op:
        batch_op.create_index("ix_partner_talks_partner", ["shop_id", "partner_id", "id"], unique=False)

    op.create_table(
        "corrective_actions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("sop_id", BIG, nullable=True),
        sa.Column("dim", sa.String(), nullable=False),
        sa.Column("dim_id", BIG, nullable=False),
        sa.Column("owner_id", BIG, nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("alarm_id", BIG, nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("reopened", BIG, nullable=False),
        sa.Column("verdict", JSON, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "(state IN ('done', 'proven')) = (done_on IS NOT NULL)",
            name=op.f("ck_corrective_actions_done_on"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'done', 'proven', 'dropped')", name=op.f("ck_corrective_actions_state")
        ),
        sa.CheckConstraint(
            "way IN ('training', 'sop', 'supplier', 'other')", name=op.f("ck_corrective_actions_way")
        ),
        sa.ForeignKeyConstraint(
            ["alarm_id"], ["quality_alarms.id"], name=op.f("fk_corrective_actions_alarm_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["accounts.id"], name=op.f("fk_corrective_actions_owner_id")),
        sa.ForeignKeyConstraint(["sop_id"], ["sops.id"], name=op.f("fk_corrective_actions_sop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrective_actions")),
    )
    with op.batch_alter_table("corrective_actions", schema=None) as batch_op:
        batch_op.create_index("ix_corrective_actions_state", ["shop_id", "state", "due", "id"], unique=False)

    op.create_table(
        "escapes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("claim_id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("won", BIG, nullable=False),
        sa.Column("tied", sa.String(), nullable=False),
        sa.Column("task_id", BIG, nullable=True),
        sa.Column("partner_id", BIG, nullable=True),
        sa.Column("sop_id", BIG, nullable=True),
        sa.Column("revision_id", BIG, nullable=True),
        sa.Column("inspection_id", BIG, nullable=True),
        sa.Column("reviewer_id", BIG, nullable=True),
        sa.Column("tied_by", BIG, nullable=False),
        sa.Column("tied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "(task_id IS NULL) = (tied IN ('nobody', 'none'))", name=op.f("ck_escapes_tied_task")
        ),
        sa.CheckConstraint("tied IN ('house', 'owner', 'nobody', 'none')", name=op.f("ck_escapes_tied")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_escapes_claim_id")),
        sa.ForeignKeyConstraint(["inspection_id"], ["inspections.id"], name=op.f("fk_escapes_inspection_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_escapes_partner_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_escapes_product_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["accounts.id"], name=op.f("fk_escapes_reviewer_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["sop_revisions.id"], name=op.f("fk_escapes_revision_id")),
        sa.ForeignKeyConstraint(["sop_id"], ["sops.id"], name=op.f("fk_escapes_sop_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_escapes_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escapes")),
        sa.UniqueConstraint("shop_id", "claim_id", name=op.f("uq_escapes_shop_id_claim_id")),
    )
    with op.batch_alter_table("escapes", schema=None) as batch_op:
        batch_op.create_index("ix_escapes_day", ["shop_id", "day", "id"], unique=False)
        batch_op.create_index(
            "ix_escapes_untied",
            ["shop_id", "id"],
            unique=False,
            sqlite_where=sa.text("task_id IS NULL AND tied = 'nobody'"),
            postgresql_where=sa.text("task_id IS NULL AND tied = 'nobody'"),
        )

    # The tallies of causes begin from the rows: a shop without a cursor is counted anew at the next turn.
    walled = op.get_bind().dialect.name == "postgresql"
    op.execute("TRUNCATE tally_cursors" if walled else "DELETE FROM tally_cursors")
    if walled:
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    with op.batch_alter_table("escapes", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_escapes_untied",
            sqlite_where=sa.text("task_id IS NULL AND tied = 'nobody'"),
            postgresql_where=sa.text("task_id IS NULL AND tied = 'nobody'"),
        )
        batch_op.drop_index("ix_escapes_day")

    op.drop_table("escapes")
    with op.batch_alter_table("corrective_actions", schema=None) as batch_op:
        batch_op.drop_index("ix_corrective_actions_state")

    op.drop_table("corrective_actions")
    with op.batch_alter_table("partner_talks", schema=None) as batch_op:
        batch_op.drop_index("ix_partner_talks_partner")

    op.drop_table("partner_talks")
    op.drop_table("quality_rates")
    with op.batch_alter_table("quality_alarms", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_quality_alarms_waiting",
            sqlite_where=sa.text("answered_at IS NULL"),
            postgresql_where=sa.text("answered_at IS NULL"),
        )

    op.drop_table("quality_alarms")
    with op.batch_alter_table("minutes", schema=None) as batch_op:
        batch_op.drop_index("ix_minutes_latest")

    op.drop_table("minutes")
