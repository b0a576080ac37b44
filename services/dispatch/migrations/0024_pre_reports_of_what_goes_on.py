"""reports of what goes on, what is said to them from above, and which days are worked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024_pre"
down_revision = "0023_pre"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "tracking_reports",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("explanation", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("explanation_masked", sa.Text(), nullable=False),
        sa.Column("ground_masked", sa.Text(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["dispatch.orders.order_id"],
            name=op.f("fk_tracking_reports_order_id_orders"),
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_tracking_reports")),
        sa.UniqueConstraint(
            "order_id", "serial", name=op.f("uq_tracking_reports_order_id_serial")
        ),
        schema="dispatch",
    )
    op.create_table(
        "tracking_consents",
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["dispatch.orders.order_id"],
            name=op.f("fk_tracking_consents_order_id_orders"),
        ),
        sa.PrimaryKeyConstraint("consent_id", name=op.f("pk_tracking_consents")),
        schema="dispatch",
    )
    op.create_index(
        op.f("ix_tracking_consents_order_id"), "tracking_consents", ["order_id"], schema="dispatch"
    )
    op.create_table(
        "worked_years",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("told_at", Instant, nullable=False),
        sa.Column("worked", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_worked_years")),
        schema="dispatch",
    )


def downgrade() -> None:
    op.drop_table("worked_years", schema="dispatch")
    op.drop_table("tracking_consents", schema="dispatch")
    op.drop_table("tracking_reports", schema="dispatch")
