"""The shop's card, posters and applications; all stages of a partner's way."""

import sqlalchemy as sa
from alembic import op

from base import guards
from base.constraints import recheck

revision = "0029"
down_revision = "0028"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None

TABLES = ("posters", "shop_cards", "applications")
OLD_STATES = "state IN ('active', 'paused', 'left')"
NEW_STATES = "state IN ('checking', 'agreed', 'training', 'sample', 'pilot', 'active', 'paused', 'left')"
KINDS = "kind IN ('person', 'business', 'employee')"


def upgrade():
    op.create_table(
        "posters",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posters")),
        sa.UniqueConstraint("shop_id", "code", name=op.f("uq_posters_shop_id_code")),
    )
    op.create_table(
        "shop_cards",
        sa.Column("id", BIG, nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("business_no", sa.String(), nullable=False),
        sa.Column("mail_order_no", sa.String(), nullable=False),
        sa.Column("mail_order_free", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("edited_by", BIG, nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_cards")),
        sa.UniqueConstraint("shop_id", name=op.f("uq_shop_cards_shop_id")),
    )
    op.create_table(
        "applications",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("poster_id", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("login_blind", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_by", BIG, nullable=True),
        sa.Column("partner_id", BIG, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_how", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint(
            "(state = 'left') = (ended_at IS NOT NULL)", name=op.f("ck_applications_ended_at")
        ),
        sa.CheckConstraint("(state = 'left') = (ended_how <> '')", name=op.f("ck_applications_ended")),
        sa.CheckConstraint(
            "ended_how IN ('', 'refused', 'withdrawn')", name=op.f("ck_applications_ended_how")
        ),
        sa.CheckConstraint("kind IN ('person', 'business')", name=op.f("ck_applications_kind")),
        sa.CheckConstraint(
            "partner_id IS NULL OR state = 'checking'", name=op.f("ck_applications_partner_id")
        ),
        sa.CheckConstraint("state IN ('applied', 'checking', 'left')", name=op.f("ck_applications_state")),
        sa.ForeignKeyConstraint(["looked_by"], ["accounts.id"], name=op.f("fk_applications_looked_by")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_applications_partner_id")),
        sa.ForeignKeyConstraint(["poster_id"], ["posters.id"], name=op.f("fk_applications_poster_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_applications_token_hash")),
        sa.UniqueConstraint("uid", name=op.f("uq_applications_uid")),
    )
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.create_index("ix_applications_login", ["shop_id", "login_blind"], unique=False)
        batch_op.create_index("ix_applications_state", ["shop_id", "state", "id"], unique=False)

    op.add_column("partners", sa.Column("kind", sa.String(), server_default="person", nullable=False))
    recheck("partners", "state", old=OLD_STATES, new=NEW_STATES)
    recheck("partners", "kind", old="", new=KINDS)
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    op.drop_table("applications")
    op.drop_table("shop_cards")
    op.drop_table("posters")
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute("ALTER TABLE partners NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE partners SET state = 'paused' WHERE state NOT IN ('active', 'paused', 'left')")
    if postgres:
        op.execute("ALTER TABLE partners FORCE ROW LEVEL SECURITY")
    recheck("partners", "kind", old=KINDS, new="")
    recheck("partners", "state", old=NEW_STATES, new=OLD_STATES)
    op.drop_column("partners", "kind")
