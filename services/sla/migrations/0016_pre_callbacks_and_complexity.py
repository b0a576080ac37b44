"""which round its person rated, and how much work a case is."""

import sqlalchemy as sa
from alembic import op

revision = "0016_pre"
down_revision = "0014_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    rated = sa.Column("answered_round", sa.Integer(), server_default="0", nullable=False)
    op.add_column("cases", rated, schema="sla")
    op.add_column("cases", sa.Column("complexity", sa.Text()), schema="sla")


def downgrade() -> None:
    op.drop_column("cases", "complexity", schema="sla")
    op.drop_column("cases", "answered_round", schema="sla")
