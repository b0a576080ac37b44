"""rounds that their persons have withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0018_pre"
down_revision = "0017_pre"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column(
        "cases",
        sa.Column("withdrawn_round", sa.Integer(), server_default="0", nullable=False),
        schema="review",
    )
    for name in ("close_from", "taken_back_at"):
        op.add_column("cases", sa.Column(name, INSTANT, nullable=True), schema="review")
    op.create_index(
        "ix_cases_close_from",
        "cases",
        ["close_from"],
        schema="review",
        postgresql_where=sa.text("state = 'withdrawn'"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_close_from", table_name="cases", schema="review")
    for name in ("taken_back_at", "close_from", "withdrawn_round"):
        op.drop_column("cases", name, schema="review")
