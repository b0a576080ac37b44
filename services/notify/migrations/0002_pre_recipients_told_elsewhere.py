"""recipients told elsewhere."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002_pre"
down_revision = "0001_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recipients", sa.Column("told_by", sa.Text(), nullable=True), schema="notify")
    op.alter_column(
        "recipients",
        "query_code",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        nullable=True,
        schema="notify",
    )


def downgrade() -> None:
    op.alter_column(
        "recipients",
        "query_code",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        nullable=False,
        schema="notify",
    )
    op.drop_column("recipients", "told_by", schema="notify")
