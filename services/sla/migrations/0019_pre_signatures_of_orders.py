"""until when the unit of a clock signs for its order, and when it did."""

import sqlalchemy as sa
from alembic import op

revision = "0019_pre"
down_revision = "0016_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("sign_by", "signed_at"):
        op.add_column("clocks", sa.Column(name, sa.DateTime(timezone=True)), schema="sla")
    op.create_table(
        "local_days_told",
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("unit_code", sa.Text(), primary_key=True),
        sa.Column("calendar_version", sa.Text(), nullable=False),
        schema="sla",
    )


def downgrade() -> None:
    op.drop_table("local_days_told", schema="sla")
    for name in ("signed_at", "sign_by"):
        op.drop_column("clocks", name, schema="sla")
