"""what replays have counted, way by way; what dispatchers made of suggestions.

A replay that is under way begins anew with the release that counts into rows.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026_pre"
down_revision = "0024_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "simulation_ways",
        sa.Column("simulation_id", sa.Uuid(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("examples", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.ForeignKeyConstraint(
            ["simulation_id"],
            ["dispatch.simulations.simulation_id"],
            name=op.f("fk_simulation_ways_simulation_id"),
        ),
        sa.PrimaryKeyConstraint(
            "simulation_id", "before", "after", name=op.f("pk_simulation_ways")
        ),
        schema="dispatch",
    )
    op.create_table(
        "suggestion_choices",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken", sa.Text(), nullable=False),
        sa.Column("band", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["dispatch.orders.order_id"], name=op.f("fk_suggestion_choices_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_suggestion_choices")),
        schema="dispatch",
    )
    op.create_index(
        op.f("ix_suggestion_choices_chosen_at"),
        "suggestion_choices",
        ["chosen_at"],
        schema="dispatch",
    )


def downgrade() -> None:
    op.drop_table("suggestion_choices", schema="dispatch")
    op.drop_table("simulation_ways", schema="dispatch")
