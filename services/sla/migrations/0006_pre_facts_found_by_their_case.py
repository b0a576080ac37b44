"""facts found by their case, ended messages by their end."""

import sqlalchemy as sa
from alembic import op

revision = "0006_pre"
down_revision = "0004_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_outbox_subject_id", "outbox", ["subject_id"], schema="sla")
    ended = sa.text("ended_at IS NOT NULL")
    op.create_index(
        "ix_parked_ended", "parked", ["ended_at"], schema="sla", postgresql_where=ended
    )


def downgrade() -> None:
    op.drop_index("ix_parked_ended", table_name="parked", schema="sla")
    op.drop_index("ix_outbox_subject_id", table_name="outbox", schema="sla")
