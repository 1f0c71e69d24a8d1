"""Skills that trust in a kind gives."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("skills", schema=None) as batch_op:
        batch_op.add_column(sa.Column("earned_in", sa.String(), server_default="", nullable=False))


def downgrade():
    with op.batch_alter_table("skills", schema=None) as batch_op:
        batch_op.drop_column("earned_in")
