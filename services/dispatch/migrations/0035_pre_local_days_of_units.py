"""on which days units work otherwise than the country, as sla tells it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035_pre"
down_revision = "0030_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "local_years",
        sa.Column("unit_code", sa.Text(), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days", postgresql.JSONB(), nullable=False),
        schema="dispatch",
    )


def downgrade() -> None:
    op.drop_table("local_years", schema="dispatch")
