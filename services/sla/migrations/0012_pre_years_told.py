"""by which calendar the node was told which days of a year are worked."""

import sqlalchemy as sa
from alembic import op

revision = "0012_pre"
down_revision = "0011_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "years_told",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("calendar_version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_years_told")),
        schema="sla",
    )


def downgrade() -> None:
    op.drop_table("years_told", schema="sla")
