"""corrections."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011_pre"
down_revision = "0010_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "cases",
        sa.Column("amendment", sa.Integer(), server_default="0", nullable=False),
        schema="intake",
    )
    op.add_column(
        "data_orders",
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=True),
        schema="intake",
    )
    for name in ("proposed", "changes"):
        column = sa.Column(
            name,
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
        )
        op.add_column("data_orders", column, schema="intake")
    op.add_column(
        "data_orders", sa.Column("amendment", sa.Integer(), nullable=True), schema="intake"
    )
    op.create_index(
        "uq_data_orders_asked_correction",
        "data_orders",
        ["case_id"],
        unique=True,
        schema="intake",
        postgresql_where=sa.text("kind = 'correction' AND state = 'asked'"),
    )


def downgrade() -> None:
    op.drop_index("uq_data_orders_asked_correction", table_name="data_orders", schema="intake")
    for name in ("amendment", "changes", "proposed", "fields"):
        op.drop_column("data_orders", name, schema="intake")
    op.drop_column("cases", "amendment", schema="intake")
