"""Threads on tasks, who has read how far, announcements, notices, and what people chose."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from base import guards

revision = "0014"
down_revision = "0013"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
branch_labels = None
depends_on = None

TABLES = (
    "talk_rules",
    "announcements",
    "notice_choices",
    "read_receipts",
    "messages",
    "notices",
    "read_up_to",
)


def upgrade():
    op.create_table(
        "talk_rules",
        sa.Column("id", BIG, nullable=False),
        sa.Column("quiet_from", sa.String(), nullable=False),
        sa.Column("quiet_to", sa.String(), nullable=False),
        sa.Column("phrases", JSON, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_rules")),
        sa.UniqueConstraint("shop_id", name=op.f("uq_talk_rules_shop_id")),
    )
    op.create_table(
        "announcements",
        sa.Column("id", BIG, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("audience IN ('all', 'some')", name=op.f("ck_announcements_audience")),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_announcements_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    with op.batch_alter_table("announcements", schema=None) as batch_op:
        batch_op.create_index("ix_announcements_shop", ["shop_id", "id"], unique=False)

    op.create_table(
        "notice_choices",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unmailed", JSON, nullable=False),
        sa.Column("quiet_from", sa.String(), nullable=False),
        sa.Column("quiet_to", sa.String(), nullable=False),
        sa.Column("urgent_through", sa.Boolean(), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("role IN ('owner', 'reviewer', 'partner')", name=op.f("ck_notice_choices_role")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_notice_choices_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_choices")),
        sa.UniqueConstraint(
            "shop_id", "account_id", "role", name=op.f("uq_notice_choices_shop_id_account_id_role")
        ),
    )
    op.create_table(
        "read_receipts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("announcement_id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcements.id"], name=op.f("fk_read_receipts_announcement_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_read_receipts_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_receipts")),
        sa.UniqueConstraint(
            "announcement_id", "partner_id", name=op.f("uq_read_receipts_announcement_id_partner_id")
        ),
    )
    with op.batch_alter_table("read_receipts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_read_receipts_partner", ["shop_id", "partner_id", "announcement_id"], unique=False
        )

    op.create_table(
        "messages",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("side_id", BIG, nullable=True),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("marks", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("role <> 'partner' OR side_id IS NOT NULL", name=op.f("ck_messages_side")),
        sa.CheckConstraint("role IN ('owner', 'reviewer', 'partner')", name=op.f("ck_messages_role")),
        sa.ForeignKeyConstraint(["author_id"], ["accounts.id"], name=op.f("fk_messages_author_id")),
        sa.ForeignKeyConstraint(["side_id"], ["partners.id"], name=op.f("fk_messages_side_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_messages_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("uid", name=op.f("uq_messages_uid")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("ix_messages_task", ["shop_id", "task_id", "id"], unique=False)

    op.create_table(
        "notices",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("task_id", BIG, nullable=True),
        sa.Column("announcement_id", BIG, nullable=True),
        sa.Column("count", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", BIG, nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "kind IN ('message', 'mention', 'sent_back', 'rejected', 'remark', 'lease', 'announcement')",
            name=op.f("ck_notices_kind"),
        ),
        sa.CheckConstraint("role IN ('owner', 'reviewer', 'partner')", name=op.f("ck_notices_role")),
        sa.CheckConstraint("(task_id IS NULL) <> (announcement_id IS NULL)", name=op.f("ck_notices_about")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_notices_account_id")),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcements.id"], name=op.f("fk_notices_announcement_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_notices_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "shop_id", "account_id", "role", "key", name=op.f("uq_notices_shop_id_account_id_role_key")
        ),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notices_person", ["shop_id", "account_id", "role", "at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_notices_told",
            ["shop_id", "kind", "id"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )
        batch_op.create_index(
            "ix_notices_unread",
            ["shop_id", "account_id", "role", "id"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )

    op.create_table(
        "read_up_to",
        sa.Column("id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("role IN ('owner', 'reviewer', 'partner')", name=op.f("ck_read_up_to_role")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_read_up_to_account_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_read_up_to_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_up_to")),
        sa.UniqueConstraint(
            "task_id", "account_id", "role", name=op.f("uq_read_up_to_task_id_account_id_role")
        ),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    op.drop_table("read_up_to")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_notices_unread",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_notices_told",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )
        batch_op.drop_index("ix_notices_person")

    op.drop_table("notices")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index("ix_messages_task")

    op.drop_table("messages")
    with op.batch_alter_table("read_receipts", schema=None) as batch_op:
        batch_op.drop_index("ix_read_receipts_partner")

    op.drop_table("read_receipts")
    op.drop_table("notice_choices")
    with op.batch_alter_table("announcements", schema=None) as batch_op:
        batch_op.drop_index("ix_announcements_shop")

    op.drop_table("announcements")
    op.drop_table("talk_rules")
