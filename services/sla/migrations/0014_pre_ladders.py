"""ladders of a version of the limits, and the steps that clocks have taken on them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014_pre"
down_revision = "0013_pre"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    ladders = sa.Column("ladders", postgresql.JSONB(astext_type=sa.Text()))
    op.add_column("limit_sets", ladders, schema="sla")
    level = sa.Column("level", sa.SmallInteger(), nullable=False, server_default="0")
    op.add_column("clocks", level, schema="sla")
    op.create_table(
        "steps_taken",
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("whom", sa.Text(), nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("taken_at", Instant, nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("clock_id", "level", name=op.f("pk_steps_taken")),
        schema="sla",
    )
    op.create_index(op.f("ix_steps_taken_case_id"), "steps_taken", ["case_id"], schema="sla")
    # A clock that is red has shown its last lamp: its ladder begins with the next sweep.
    op.execute(
        "UPDATE sla.clocks SET next_step_at = due_at "
        "WHERE stopped_at IS NULL AND next_step_at IS NULL AND lamp = 'red'"
    )


def downgrade() -> None:
    op.drop_table("steps_taken", schema="sla")
    op.drop_column("clocks", "level", schema="sla")
    op.drop_column("limit_sets", "ladders", schema="sla")
