"""Of each queue: how soon its first open task is promised at the soonest, so that a claim looks into few."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

UNKNOWN = "1970-01-01 00:00:00.000000"


def upgrade():
    front = sa.Column("front", sa.DateTime(timezone=True), server_default=UNKNOWN, nullable=False)
    openings = sa.Column(
        "openings", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), server_default="0", nullable=False
    )
    op.add_column("queues", front)
    op.add_column("queues", openings)
    op.create_index("ix_queues_front", "queues", ["shop_id", "front", "id"])
    op.create_index("ix_passed_due", "passed", ["partner_id", "due_at", "id"])


def downgrade():
    op.drop_index("ix_passed_due", "passed")
    op.drop_index("ix_queues_front", "queues")
    op.drop_column("queues", "openings")
    op.drop_column("queues", "front")
