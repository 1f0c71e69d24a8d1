"""Pictures that are known, mixed into albums, and what every hand was shown."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from base import guards

revision = "0027"
down_revision = "0026"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
branch_labels = None
depends_on = None

TABLES = ("tag_mixed", "tag_shown")


def upgrade():
    op.create_table(
        "tag_mixed",
        sa.Column("id", BIG, nullable=False),
        sa.Column("album_id", BIG, nullable=False),
        sa.Column("album_picture_id", BIG, nullable=False),
        sa.Column("picture_id", BIG, nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["album_id"], ["tag_albums.id"], name=op.f("fk_tag_mixed_album_id")),
        sa.ForeignKeyConstraint(
            ["album_picture_id"], ["tag_pictures.id"], name=op.f("fk_tag_mixed_album_picture_id")
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["product_pictures.id"], name=op.f("fk_tag_mixed_picture_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_mixed")),
        sa.UniqueConstraint("album_picture_id", name=op.f("uq_tag_mixed_album_picture_id")),
    )
    with op.batch_alter_table("tag_mixed", schema=None) as batch_op:
        batch_op.create_index("ix_tag_mixed_album", ["shop_id", "album_id"], unique=False)
        batch_op.create_index("ix_tag_mixed_picture", ["shop_id", "picture_id"], unique=False)

    op.create_table(
        "tag_shown",
        sa.Column("id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("album_picture_id", BIG, nullable=False),
        sa.Column("picture_id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("spared", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["album_picture_id"], ["tag_pictures.id"], name=op.f("fk_tag_shown_album_picture_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_tag_shown_partner_id")),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["product_pictures.id"], name=op.f("fk_tag_shown_picture_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_tag_shown_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_shown")),
        sa.UniqueConstraint(
            "task_id", "album_picture_id", name=op.f("uq_tag_shown_task_id_album_picture_id")
        ),
    )
    with op.batch_alter_table("tag_shown", schema=None) as batch_op:
        batch_op.create_index("ix_tag_shown_hand", ["shop_id", "partner_id", "at"], unique=False)
        batch_op.create_index("ix_tag_shown_picture", ["shop_id", "picture_id", "partner_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
