"""what tiers above may see."""

import sqlalchemy as sa
from alembic import op

revision = "0011_pre"
down_revision = "0006_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "held",
        sa.Column(
            "arrived_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        schema="link",
    )


def downgrade() -> None:
    op.drop_column("held", "arrived_at", schema="link")
