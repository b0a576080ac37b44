"""cases joined to another, and items with validity."""

import sqlalchemy as sa
from alembic import op

revision = "0028_pre"
down_revision = "0024_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("items", sa.Column("valid_from", sa.Date()), schema="portal")
    op.add_column("items", sa.Column("valid_until", sa.Date()), schema="portal")
    for name in ("round", "epoch", "version"):
        op.add_column("cases", sa.Column(f"joined_{name}", sa.BigInteger()), schema="portal")


def downgrade() -> None:
    for name in ("joined_version", "joined_epoch", "joined_round"):
        op.drop_column("cases", name, schema="portal")
    op.drop_column("items", "valid_until", schema="portal")
    op.drop_column("items", "valid_from", schema="portal")
