"""who asks for more time, and since when a case is pooled."""

import sqlalchemy as sa
from alembic import op

revision = "0018_pre"
down_revision = "0015_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("extensions", sa.Column("asked_by", sa.Text()), schema="dispatch")
    op.add_column("cases", sa.Column("pooled_at", sa.DateTime(timezone=True)), schema="dispatch")


def downgrade() -> None:
    op.drop_column("cases", "pooled_at", schema="dispatch")
    op.drop_column("extensions", "asked_by", schema="dispatch")
