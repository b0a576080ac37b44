"""telephones under either key."""

import sqlalchemy as sa
from alembic import op

revision = "0008_pre"
down_revision = "0007_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "one_time_codes", sa.Column("earlier_hash", sa.Text(), nullable=True), schema="intake"
    )
    # The hashes of persons find a telephone, too.
    op.drop_index("ix_cases_complainant_phone", table_name="cases", schema="intake")
    op.drop_index("ix_cases_agent_phone", table_name="cases", schema="intake")


def downgrade() -> None:
    for party in ("complainant", "agent"):
        op.create_index(
            f"ix_cases_{party}_phone",
            "cases",
            [sa.literal_column(f"({party} ->> 'phone_hash')")],
            schema="intake",
            postgresql_where=sa.text("query_code_hash IS NOT NULL"),
        )
    op.drop_column("one_time_codes", "earlier_hash", schema="intake")
