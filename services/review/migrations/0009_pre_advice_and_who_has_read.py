"""advice and who has read."""

import sqlalchemy as sa
from alembic import op

revision = "0009_pre"
down_revision = "0007_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disclosures",
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_disclosures")),
        schema="review",
    )
    op.add_column(
        "supervisions",
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        schema="review",
    )

    op.add_column(
        "custodies",
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        schema="review",
    )
    op.add_column(
        "custodies",
        sa.Column("shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="review",
    )


def downgrade() -> None:
    op.drop_column("custodies", "shared", schema="review")
    op.drop_column("custodies", "registered_at", schema="review")
    op.drop_column("supervisions", "read_at", schema="review")
    op.drop_table("disclosures", schema="review")
