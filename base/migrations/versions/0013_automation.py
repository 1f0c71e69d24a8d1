"""Automations, their runs, and the work they opened."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from base import guards

revision = "0013"
down_revision = "0012"
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "automations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("happening", sa.String(), nullable=False),
        sa.Column("clause", JSON, nullable=False),
        sa.Column("place", BIG, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.CheckConstraint("state IN ('off', 'on', 'stopped', 'removed')", name=op.f("ck_automations_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automations")),
    )
    with op.batch_alter_table("automations", schema=None) as batch_op:
        batch_op.create_index(
            "ix_automations_on", ["shop_id", "state", "happening", "place", "id"], unique=False
        )

    op.create_table(
        "automation_runs",
        sa.Column("id", BIG, nullable=False),
        sa.Column("automation_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked", BIG, nullable=False),
        sa.Column("met", BIG, nullable=False),
        sa.Column("opened", BIG, nullable=False),
        sa.Column("depth", BIG, nullable=False),
        sa.Column("cause_id", BIG, nullable=True),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["automation_id"], ["automations.id"], name=op.f("fk_automation_runs_automation_id")
        ),
        sa.ForeignKeyConstraint(["cause_id"], ["tasks.id"], name=op.f("fk_automation_runs_cause_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automation_runs")),
    )
    with op.batch_alter_table("automation_runs", schema=None) as batch_op:
        batch_op.create_index("ix_automation_runs_of", ["shop_id", "automation_id", "id"], unique=False)

    op.create_table(
        "automation_tasks",
        sa.Column("id", BIG, nullable=False),
        sa.Column("task_id", BIG, nullable=False),
        sa.Column("run_id", BIG, nullable=False),
        sa.Column("shop_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["automation_runs.id"], name=op.f("fk_automation_tasks_run_id")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_automation_tasks_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automation_tasks")),
        sa.UniqueConstraint("task_id", name=op.f("uq_automation_tasks_task_id")),
    )
    with op.batch_alter_table("automation_tasks", schema=None) as batch_op:
        batch_op.create_index("ix_automation_tasks_run", ["shop_id", "run_id"], unique=False)

    if op.get_bind().dialect.name == "postgresql":
        for table in ("automations", "automation_runs", "automation_tasks"):
            for statement in guards.row_security(table):
                op.execute(statement)


def downgrade():
    with op.batch_alter_table("automation_tasks", schema=None) as batch_op:
        batch_op.drop_index("ix_automation_tasks_run")

    op.drop_table("automation_tasks")
    with op.batch_alter_table("automation_runs", schema=None) as batch_op:
        batch_op.drop_index("ix_automation_runs_of")

    op.drop_table("automation_runs")
    with op.batch_alter_table("automations", schema=None) as batch_op:
        batch_op.drop_index("ix_automations_on")

    op.drop_table("automations")
