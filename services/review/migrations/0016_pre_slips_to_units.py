"""supervision slips that a node gives to a unit of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0016_pre"
down_revision = "0015_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("supervisions", sa.Column("unit_code", sa.Text()), schema="review")


def downgrade() -> None:
    op.drop_column("supervisions", "unit_code", schema="review")
