"""leads keep whom they complain of; a household counts so often a day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015_pre"
down_revision = "0014_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    units: sa.Column[object] = sa.Column(
        "complained_units", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False
    )
    op.add_column("leads", units, schema="review")
    op.create_table(
        "complained_elsewhere",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "case_id", "node", "code", "title", name=op.f("pk_complained_elsewhere")
        ),
        schema="review",
    )
    op.add_column("avoided", sa.Column("asker", sa.Text(), nullable=True), schema="review")


def downgrade() -> None:
    op.drop_column("avoided", "asker", schema="review")
    op.drop_table("complained_elsewhere", schema="review")
    op.drop_column("leads", "complained_units", schema="review")
