"""For which claim goods and customers are watched."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("sampling_watches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("claim_id", BIG, nullable=True))
        batch_op.create_index("ix_sampling_watches_claim", ["claim_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_sampling_watches_claim_id"), "claims", ["claim_id"], ["id"]
        )


def downgrade():
    with op.batch_alter_table("sampling_watches", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_sampling_watches_claim_id"), type_="foreignkey")
        batch_op.drop_index("ix_sampling_watches_claim")
        batch_op.drop_column("claim_id")
