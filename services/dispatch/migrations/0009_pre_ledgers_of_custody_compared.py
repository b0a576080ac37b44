"""ledgers of custody compared."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009_pre"
down_revision = "0007_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_hand_overs_peer", "hand_overs", ["peer", "case_id"], unique=False, schema="dispatch"
    )
    op.create_table(
        "custody_talks",
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("told", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("compared_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("peer", name=op.f("pk_custody_talks")),
        schema="dispatch",
    )
    op.create_table(
        "custody_differences",
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("differs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("epoch_here", sa.Integer(), nullable=True),
        sa.Column("epoch_there", sa.Integer(), nullable=True),
        sa.Column("holder_here", sa.Text(), nullable=True),
        sa.Column("holder_there", sa.Text(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("peer", "case_id", name=op.f("pk_custody_differences")),
        schema="dispatch",
    )


def downgrade() -> None:
    op.drop_table("custody_differences", schema="dispatch")
    op.drop_table("custody_talks", schema="dispatch")
    op.drop_index("ix_hand_overs_peer", table_name="hand_overs", schema="dispatch")
