"""items with validity."""

import sqlalchemy as sa
from alembic import op

revision = "0028_pre"
down_revision = "0023_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("items", sa.Column("valid_from", sa.Date()), schema="portal")
    op.add_column("items", sa.Column("valid_until", sa.Date()), schema="portal")


def downgrade() -> None:
    op.drop_column("items", "valid_until", schema="portal")
    op.drop_column("items", "valid_from", schema="portal")
