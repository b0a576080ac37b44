"""items with validity."""

import sqlalchemy as sa
from alembic import op

revision = "0017_pre"
down_revision = "0016_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("items", sa.Column("valid_from", sa.Date()), schema="intake")
    op.add_column("items", sa.Column("valid_until", sa.Date()), schema="intake")


def downgrade() -> None:
    op.drop_column("items", "valid_until", schema="intake")
    op.drop_column("items", "valid_from", schema="intake")
