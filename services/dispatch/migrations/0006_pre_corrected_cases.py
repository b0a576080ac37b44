"""corrected cases."""

import sqlalchemy as sa
from alembic import op

revision = "0006_pre"
down_revision = "0005_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "cases",
        sa.Column("amendment", sa.Integer(), server_default="0", nullable=False),
        schema="dispatch",
    )


def downgrade() -> None:
    op.drop_column("cases", "amendment", schema="dispatch")
