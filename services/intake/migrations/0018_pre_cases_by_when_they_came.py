"""cases by when they came."""

import sqlalchemy as sa
from alembic import op

revision = "0018_pre"
down_revision = "0016_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_cases_registered_here",
        "cases",
        ["registered_at"],
        schema="intake",
        postgresql_where=sa.text("origin IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_registered_here", table_name="cases", schema="intake")
