"""Count the answers an owner called off, so that nobody waits for them."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WALLED = ("tag_sheets", "tasks")
CANCELLED = (
    "UPDATE tag_sheets SET off = (SELECT count(*) FROM tasks WHERE tasks.shop_id = tag_sheets.shop_id"
    " AND tasks.queue = 'tagging' AND tasks.state = 'cancelled'"
    " AND tasks.target = 'album:' || tag_sheets.album_id || '/' || tag_sheets.number)"
)


def upgrade():
    with op.batch_alter_table("tag_sheets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("off", BIG, server_default="0", nullable=False))
    _over_all_shops(CANCELLED)


def downgrade():
    with op.batch_alter_table("tag_sheets", schema=None) as batch_op:
        batch_op.drop_column("off")


def _over_all_shops(statement):
    """PostgreSQL shows even the tables' owner one shop at a time; for this statement it shows all."""
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for table in WALLED if on_postgres else ():
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(statement)
    for table in WALLED if on_postgres else ():
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
