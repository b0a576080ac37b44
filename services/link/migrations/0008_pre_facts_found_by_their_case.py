"""facts found by their case, ended messages by their end."""

import sqlalchemy as sa
from alembic import op

revision = "0008_pre"
down_revision = "0007_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_outbox_subject_id", "outbox", ["subject_id"], schema="link")
    ended = sa.text("ended_at IS NOT NULL")
    op.create_index(
        "ix_parked_ended", "parked", ["ended_at"], schema="link", postgresql_where=ended
    )
    op.create_index("ix_refused_at", "refused", ["at"], schema="link")


def downgrade() -> None:
    op.drop_index("ix_refused_at", table_name="refused", schema="link")
    op.drop_index("ix_parked_ended", table_name="parked", schema="link")
    op.drop_index("ix_outbox_subject_id", table_name="outbox", schema="link")
