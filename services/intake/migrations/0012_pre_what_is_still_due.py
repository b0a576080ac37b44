"""what is still due."""

import sqlalchemy as sa
from alembic import op

revision = "0012_pre"
down_revision = "0011_pre"
branch_labels = None
depends_on = None

RESTED = "event IN ('review.case_closed.v1', 'intake.case_declined.v1')"
RESTING = ["at", "case_id"]


def upgrade() -> None:
    passed: sa.Column[bool] = sa.Column(
        "passed", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("timeline", passed, schema="intake")
    op.drop_index("ix_timeline_rested", table_name="timeline", schema="intake")
    still = sa.text(f"{RESTED} AND NOT passed")
    op.create_index(
        "ix_timeline_rested", "timeline", RESTING, schema="intake", postgresql_where=still
    )
    looked_at = sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("data_orders", looked_at, schema="intake")
    op.create_index(
        "ix_data_orders_done",
        "data_orders",
        [sa.text("looked_at NULLS FIRST")],
        schema="intake",
        postgresql_where=sa.text("kind = 'erasure' AND state = 'done'"),
    )
    op.create_index("ix_outbox_subject_id", "outbox", ["subject_id"], schema="intake")
    ended = sa.text("ended_at IS NOT NULL")
    op.create_index(
        "ix_parked_ended", "parked", ["ended_at"], schema="intake", postgresql_where=ended
    )


def downgrade() -> None:
    op.drop_index("ix_parked_ended", table_name="parked", schema="intake")
    op.drop_index("ix_outbox_subject_id", table_name="outbox", schema="intake")
    op.drop_index("ix_data_orders_done", table_name="data_orders", schema="intake")
    op.drop_column("data_orders", "looked_at", schema="intake")
    op.drop_index("ix_timeline_rested", table_name="timeline", schema="intake")
    rested = sa.text(RESTED)
    op.create_index(
        "ix_timeline_rested", "timeline", RESTING, schema="intake", postgresql_where=rested
    )
    op.drop_column("timeline", "passed", schema="intake")
