"""numbers of leads."""

import sqlalchemy as sa
from alembic import op

revision = "0014_pre"
down_revision = "0013_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("uq_leads_origin_year_serial"), "leads", schema="review")
    op.create_index(
        "uq_leads_own_number",
        "leads",
        ["year", "serial"],
        schema="review",
        unique=True,
        postgresql_where=sa.text("told_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_leads_own_number", table_name="leads", schema="review")
    columns = ["origin", "year", "serial"]
    op.create_unique_constraint(
        op.f("uq_leads_origin_year_serial"), "leads", columns, schema="review"
    )
