"""which round its person rated, and how much work a case is."""

import sqlalchemy as sa
from alembic import op

revision = "0016_pre"
down_revision = "0015_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    rated = sa.Column("answered_round", sa.Integer(), server_default="0", nullable=False)
    op.add_column("cases", rated, schema="sla")
    for name in ("complexity", "complexity_before"):
        op.add_column("cases", sa.Column(name, sa.Text()), schema="sla")
    anew = sa.Column("complexity_at", sa.DateTime(timezone=True))
    op.add_column("cases", anew, schema="sla")


def downgrade() -> None:
    op.drop_column("cases", "complexity_at", schema="sla")
    for name in ("complexity_before", "complexity"):
        op.drop_column("cases", name, schema="sla")
    op.drop_column("cases", "answered_round", schema="sla")
