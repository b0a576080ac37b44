"""which rounds of cases their persons have withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0030_pre"
down_revision = "0029_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "withdrawals",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "said_by", name=op.f("pk_withdrawals")),
        schema="dispatch",
    )


def downgrade() -> None:
    op.drop_table("withdrawals", schema="dispatch")
