"""telephones under either key."""

import sqlalchemy as sa
from alembic import op

revision = "0008_pre"
down_revision = "0007_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "one_time_codes", sa.Column("earlier_hash", sa.Text(), nullable=True), schema="intake"
    )


def downgrade() -> None:
    op.drop_column("one_time_codes", "earlier_hash", schema="intake")
