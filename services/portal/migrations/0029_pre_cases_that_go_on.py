"""cases that go on without a result."""

import sqlalchemy as sa
from alembic import op

revision = "0029_pre"
down_revision = "0028_pre"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)
OF_ORDERS = (
    ("tracked_at", Instant),
    ("tracking_serial", sa.Integer()),
    ("tracking_on", sa.Date()),
    ("tracking_masked", sa.Text()),
    ("tracking_ground", sa.Text()),
    ("consent_at", Instant),
)


def upgrade() -> None:
    for name, kind in OF_ORDERS:
        op.add_column("orders", sa.Column(name, kind), schema="portal")
    told = "since when further tracking waits for consent"
    op.add_column("cases", sa.Column("consent_at", Instant, comment=told), schema="portal")
    op.create_index(
        "ix_cases_consent",
        "cases",
        ["consent_at", "case_id"],
        schema="portal",
        postgresql_where=sa.text("consent_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_consent", table_name="cases", schema="portal")
    op.drop_column("cases", "consent_at", schema="portal")
    for name, _kind in reversed(OF_ORDERS):
        op.drop_column("orders", name, schema="portal")
