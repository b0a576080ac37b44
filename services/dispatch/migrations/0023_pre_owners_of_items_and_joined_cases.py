"""items with owners by region, legal basis and validity; cases joined to another."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023_pre"
down_revision = "0022_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("items", "unit_code", nullable=True, schema="dispatch")
    op.add_column(
        "items",
        sa.Column("legal_basis", sa.Text(), server_default="", nullable=False),
        schema="dispatch",
    )
    op.add_column(
        "items",
        sa.Column("owners", postgresql.JSONB(), server_default="{}", nullable=False),
        schema="dispatch",
    )
    op.add_column("items", sa.Column("valid_from", sa.Date()), schema="dispatch")
    op.add_column("items", sa.Column("valid_until", sa.Date()), schema="dispatch")
    op.add_column("items", sa.Column("successor", sa.Text()), schema="dispatch")
    op.create_index(
        "ix_cases_item",
        "cases",
        ["item_code", "accepted_at"],
        schema="dispatch",
        postgresql_where=sa.text("item_code IS NOT NULL"),
    )
    op.add_column("cases", sa.Column("joined_to", sa.Uuid()), schema="dispatch")
    op.create_index(
        "ix_cases_joined",
        "cases",
        ["joined_to"],
        schema="dispatch",
        postgresql_where=sa.text("state = 'joined'"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_joined", table_name="cases", schema="dispatch")
    op.drop_column("cases", "joined_to", schema="dispatch")
    op.drop_index("ix_cases_item", table_name="cases", schema="dispatch")
    for name in ("successor", "valid_until", "valid_from", "owners", "legal_basis"):
        op.drop_column("items", name, schema="dispatch")
    op.execute("DELETE FROM dispatch.items WHERE unit_code IS NULL")
    op.alter_column("items", "unit_code", nullable=False, schema="dispatch")
