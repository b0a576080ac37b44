"""how far the limit of an order lets it be extended, and when a case was classified anew."""

import sqlalchemy as sa
from alembic import op

revision = "0029_pre"
down_revision = "0028_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("extensions_most", "extension_days"):
        op.add_column("orders", sa.Column(name, sa.Integer()), schema="dispatch")
    anew = sa.Column("reclassified_at", sa.DateTime(timezone=True))
    op.add_column("cases", anew, schema="dispatch")


def downgrade() -> None:
    op.drop_column("cases", "reclassified_at", schema="dispatch")
    for name in ("extension_days", "extensions_most"):
        op.drop_column("orders", name, schema="dispatch")
