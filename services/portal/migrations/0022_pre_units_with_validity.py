"""units with validity and successors."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022_pre"
down_revision = "0018_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "units",
        sa.Column("kind", sa.Text(), server_default="ordinary", nullable=False),
        schema="portal",
    )
    op.add_column("units", sa.Column("supervised_by", sa.Text()), schema="portal")
    op.add_column("units", sa.Column("valid_from", sa.Date()), schema="portal")
    op.add_column("units", sa.Column("valid_until", sa.Date()), schema="portal")
    op.add_column(
        "units",
        sa.Column("successors", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        schema="portal",
    )


def downgrade() -> None:
    for name in ("successors", "valid_until", "valid_from", "supervised_by", "kind"):
        op.drop_column("units", name, schema="portal")
