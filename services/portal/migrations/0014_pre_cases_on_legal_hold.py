"""cases on legal hold."""

import sqlalchemy as sa
from alembic import op

revision = "0014_pre"
down_revision = "0013_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    since = "a legal hold stands since, at this node"
    held_at = sa.Column("held_at", sa.DateTime(timezone=True), comment=since)
    op.add_column("cases", held_at, schema="portal")
    held_by = sa.Column("held_by", sa.Text(), comment="the role of who set it")
    op.add_column("cases", held_by, schema="portal")
    op.add_column("cases", sa.Column("held_because", sa.Text()), schema="portal")
    op.add_column("cases", sa.Column("hold_review_on", sa.Date()), schema="portal")
    op.create_index("ix_outbox_subject_id", "outbox", ["subject_id"], schema="portal")
    ended = sa.text("ended_at IS NOT NULL")
    op.create_index(
        "ix_parked_ended", "parked", ["ended_at"], schema="portal", postgresql_where=ended
    )
    done = sa.text("state IN ('refused', 'failed', 'fetched', 'expired')")
    op.create_index(
        "ix_exports_ended", "exports", ["asked_at"], schema="portal", postgresql_where=done
    )


def downgrade() -> None:
    op.drop_index("ix_exports_ended", table_name="exports", schema="portal")
    op.drop_index("ix_parked_ended", table_name="parked", schema="portal")
    op.drop_index("ix_outbox_subject_id", table_name="outbox", schema="portal")
    for name in ("hold_review_on", "held_because", "held_by", "held_at"):
        op.drop_column("cases", name, schema="portal")
