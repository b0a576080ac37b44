"""in which language who is told of a case reads."""

import sqlalchemy as sa
from alembic import op

revision = "0014_pre"
down_revision = "0011_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recipients", sa.Column("language", sa.Text()), schema="notify")


def downgrade() -> None:
    op.drop_column("recipients", "language", schema="notify")
