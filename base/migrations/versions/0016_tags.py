"""Vocabularies, albums of pictures, and the tags that stand on products."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from base import guards

revision = "0016"
down_revision = "0015"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
branch_labels = None
depends_on = None

TABLES = (
    "tags",
    "vocabularies",
    "tag_words",
    "vocabulary_editions",
    "product_tags",
    "tag_albums",
    "tag_known",
    "tag_extras",
    "tag_pictures",
    "tag_sheets",
    "tag_answers",
)


def upgrade():
    op.create_table(
        "tags",
        sa.Column("id", BIG, nullable=False),
        sa.Column("vocabulary_id", BIG, nullable=False),
        sa.Column("attribute", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("names", JSON, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint(
            "shop_id",
            "vocabulary_id",
            "attribute",
            "key",
            name=op.f("uq_tags_shop_id_vocabulary_id_attribute_key"),
        ),
    )
    op.create_table(
        "vocabularies",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("edition", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vocabularies")),
        sa.UniqueConstraint("shop_id", "name", name=op.f("uq_vocabularies_shop_id_name")),
    )
    op.create_table(
        "tag_words",
        sa.Column("id", BIG, nullable=False),
        sa.Column("tag_id", BIG, nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_tag_words_tag_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_words")),
        sa.UniqueConstraint("tag_id", "word", name=op.f("uq_tag_words_tag_id_word")),
    )
    with op.batch_alter_table("tag_words", schema=None) as batch_op:
        batch_op.create_index("ix_tag_words_word", ["shop_id", "word"], unique=False)

    op.create_table(
        "vocabulary_editions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("vocabulary_id", BIG, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("words", JSON, nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["vocabulary_id"], ["vocabularies.id"], name=op.f("fk_vocabulary_editions_vocabulary_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vocabulary_editions")),
        sa.UniqueConstraint(
            "vocabulary_id", "number", name=op.f("uq_vocabulary_editions_vocabulary_id_number")
        ),
    )
    op.create_table(
        "product_tags",
        sa.Column("id", BIG, nullable=False),
        sa.Column("product_id", BIG, nullable=False),
        sa.Column("picture_id", BIG, nullable=False),
        sa.Column("tag_id", BIG, nullable=False),
        sa.Column("sure", BIG, nullable=False),
        sa.Column("answers", BIG, nullable=False),
        sa.Column("place", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("sure BETWEEN 0 AND 1000", name=op.f("ck_product_tags_sure")),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["product_pictures.id"], name=op.f("fk_product_tags_picture_id")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_product_tags_product_id")),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_product_tags_tag_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_tags")),
    )
    with op.batch_alter_table("product_tags", schema=None) as batch_op:
        batch_op.create_index("ix_product_tags_picture", ["shop_id", "picture_id"], unique=False)
        batch_op.create_index("ix_product_tags_product", ["shop_id", "product_id"], unique=False)
        batch_op.create_index("ix_product_tags_tag", ["shop_id", "tag_id", "product_id"], unique=False)

    op.create_table(
        "tag_albums",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("edition_id", BIG, nullable=False),
        sa.Column("answers", BIG, nullable=False),
        sa.Column("most", BIG, nullable=False),
        sa.Column("enough", BIG, nullable=False),
        sa.Column("methods", JSON, nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "1 <= answers AND answers <= most AND most <= 25", name=op.f("ck_tag_albums_answers")
        ),
        sa.CheckConstraint("enough BETWEEN 50 AND 100", name=op.f("ck_tag_albums_enough")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["vocabulary_editions.id"], name=op.f("fk_tag_albums_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_albums")),
    )
    with op.batch_alter_table("tag_albums", schema=None) as batch_op:
        batch_op.create_index("ix_tag_albums_shop", ["shop_id", "id"], unique=False)

    op.create_table(
        "tag_known",
        sa.Column("id", BIG, nullable=False),
        sa.Column("vocabulary_id", BIG, nullable=False),
        sa.Column("picture_id", BIG, nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("by", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["product_pictures.id"], name=op.f("fk_tag_known_picture_id")
        ),
        sa.ForeignKeyConstraint(
            ["vocabulary_id"], ["vocabularies.id"], name=op.f("fk_tag_known_vocabulary_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_known")),
        sa.UniqueConstraint(
            "vocabulary_id", "picture_id", name=op.f("uq_tag_known_vocabulary_id_picture_id")
        ),
    )
    with op.batch_alter_table("tag_known", schema=None) as batch_op:
        batch_op.create_index("ix_tag_known_shop", ["shop_id", "vocabulary_id"], unique=False)

    op.create_table(
        "tag_extras",
        sa.Column("id", BIG, nullable=False),
        sa.Column("album_id", BIG, nullable=False),
        sa.Column("sheet", BIG, nullable=False),
        sa.Column("slot", BIG, nullable=False),
        sa.Column("pictures", JSON, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["album_id"], ["tag_albums.id"], name=op.f("fk_tag_extras_album_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_extras")),
        sa.UniqueConstraint("album_id", "sheet", "slot", name=op.f("uq_tag_extras_album_id_sheet_slot")),
    )
    with op.batch_alter_table("tag_extras", schema=None) as batch_op:
        batch_op.create_index("ix_tag_extras_shop", ["shop_id"], unique=False)

    op.create_table(
        "tag_pictures",
        sa.Column("id", BIG, nullable=False),
        sa.Column("album_id", BIG, nullable=False),
        sa.Column("picture_id", BIG, nullable=False),
        sa.Column("sheet", BIG, nullable=False),
        sa.Column("place", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("found", JSON, nullable=False),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'disputed', 'decided')", name=op.f("ck_tag_pictures_state")),
        sa.ForeignKeyConstraint(["album_id"], ["tag_albums.id"], name=op.f("fk_tag_pictures_album_id")),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["product_pictures.id"], name=op.f("fk_tag_pictures_picture_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_pictures")),
        sa.UniqueConstraint("album_id", "picture_id", name=op.f("uq_tag_pictures_album_id_picture_id")),
    )
    with op.batch_alter_table("tag_pictures", schema=None) as batch_op:
        batch_op.create_index(
            "ix_tag_pictures_sheet", ["shop_id", "album_id", "sheet", "place"], unique=False
        )
        batch_op.create_index("ix_tag_pictures_state", ["shop_id", "state", "album_id", "id"], unique=False)

    op.create_table(
        "tag_sheets",
        sa.Column("id", BIG, nullable=False),
        sa.Column("album_id", BIG, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("asked", BIG, nullable=False),
        sa.Column("got", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["album_id"], ["tag_albums.id"], name=op.f("fk_tag_sheets_album_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_sheets")),
        sa.UniqueConstraint("album_id", "number", name=op.f("uq_tag_sheets_album_id_number")),
    )
    with op.batch_alter_table("tag_sheets", schema=None) as batch_op:
        batch_op.create_index("ix_tag_sheets_shop", ["shop_id"], unique=False)

    op.create_table(
        "tag_answers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("album_id", BIG, nullable=False),
        sa.Column("album_picture_id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["album_id"], ["tag_albums.id"], name=op.f("fk_tag_answers_album_id")),
        sa.ForeignKeyConstraint(
            ["album_picture_id"], ["tag_pictures.id"], name=op.f("fk_tag_answers_album_picture_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_tag_answers_partner_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_tag_answers_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_answers")),
        sa.UniqueConstraint(
            "task_id", "album_picture_id", name=op.f("uq_tag_answers_task_id_album_picture_id")
        ),
    )
    with op.batch_alter_table("tag_answers", schema=None) as batch_op:
        batch_op.create_index("ix_tag_answers_album", ["shop_id", "album_id", "id"], unique=False)
        batch_op.create_index("ix_tag_answers_picture", ["album_picture_id"], unique=False)

    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
