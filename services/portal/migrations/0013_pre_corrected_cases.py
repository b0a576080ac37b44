"""corrected cases."""

import sqlalchemy as sa
from alembic import op

revision = "0013_pre"
down_revision = "0012_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "cases",
        sa.Column(
            "amendment",
            sa.Integer(),
            nullable=True,
            comment="the last correction that is shown",
        ),
        schema="portal",
    )


def downgrade() -> None:
    op.drop_column("cases", "amendment", schema="portal")
