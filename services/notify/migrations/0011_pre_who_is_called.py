"""who is called, because a message would not be read, and who else is told of a case."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011_pre"
down_revision = "0009_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "recipients",
        sa.Column("calls", sa.Boolean(), nullable=False, server_default=sa.false()),
        schema="notify",
    )
    also = postgresql.JSONB(none_as_null=True)
    op.add_column("recipients", sa.Column("also", also), schema="notify")


def downgrade() -> None:
    op.drop_column("recipients", "also", schema="notify")
    op.drop_column("recipients", "calls", schema="notify")
