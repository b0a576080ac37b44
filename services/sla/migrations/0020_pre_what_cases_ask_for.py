"""what cases ask for."""

import sqlalchemy as sa
from alembic import op

revision = "0020_pre"
down_revision = "0019_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("demand", sa.Text(), nullable=True), schema="sla")


def downgrade() -> None:
    op.drop_column("cases", "demand", schema="sla")
