"""Pictures of partners' papers."""

import sqlalchemy as sa
from alembic import op

from base import guards

revision = "0046"
down_revision = "0045"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "documents",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("item_id", BIG, nullable=False),
        sa.Column("partner_id", BIG, nullable=False),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("by", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_by", BIG, nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("(gone_at IS NULL) = (file_key <> '')", name=op.f("ck_documents_gone")),
        sa.ForeignKeyConstraint(["by"], ["accounts.id"], name=op.f("fk_documents_by")),
        sa.ForeignKeyConstraint(["item_id"], ["check_items.id"], name=op.f("fk_documents_item_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_documents_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("uid", name=op.f("uq_documents_uid")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index(
            "ix_documents_new",
            ["shop_id", "id"],
            unique=False,
            sqlite_where=sa.text("looked_at IS NULL AND gone_at IS NULL"),
            postgresql_where=sa.text("looked_at IS NULL AND gone_at IS NULL"),
        )
        batch_op.create_index("ix_documents_partner", ["shop_id", "partner_id", "id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for statement in guards.row_security("documents"):
            op.execute(statement)


def downgrade():
    op.drop_table("documents")
