"""parts that the lead itself asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0028_pre"
down_revision = "0027_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "parts",
        sa.Column("by_lead", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="dispatch",
    )


def downgrade() -> None:
    op.drop_column("parts", "by_lead", schema="dispatch")
