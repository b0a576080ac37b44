"""whose names are withheld from those who work on their cases."""

import sqlalchemy as sa
from alembic import op

revision = "0041_pre"
down_revision = "0036_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("name_withheld", sa.Boolean()), schema="portal")


def downgrade() -> None:
    op.drop_column("cases", "name_withheld", schema="portal")
