"""notices of the calendar, and the clocks that move with them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007_pre"
down_revision = "0006_pre"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("clocks", sa.Column("limit_rule", sa.Text()), schema="sla")
    op.create_index(
        "ix_clocks_running_due_at",
        "clocks",
        ["due_at", "id"],
        schema="sla",
        postgresql_where=sa.text("stopped_at IS NULL"),
    )
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("days", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("from_node", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("drafted_by", sa.Text(), nullable=False),
        sa.Column("drafted_name", sa.Text(), nullable=False),
        sa.Column("drafted_at", Instant, nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=True),
        sa.Column("reviewed_name", sa.Text(), nullable=True),
        sa.Column("reviewed_at", Instant, nullable=True),
        sa.Column("signed_by", sa.Text(), nullable=True),
        sa.Column("signed_name", sa.Text(), nullable=True),
        sa.Column("signed_at", Instant, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_name", sa.Text(), nullable=True),
        sa.Column("ended_at", Instant, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("told_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notices")),
        schema="sla",
    )
    op.create_index(
        "uq_notices_signed",
        "notices",
        ["year"],
        unique=True,
        schema="sla",
        postgresql_where=sa.text("state = 'signed'"),
    )
    op.create_index(
        "uq_notices_open",
        "notices",
        ["year", "digest"],
        unique=True,
        schema="sla",
        postgresql_where=sa.text("state IN ('drafted', 'reviewed', 'arrived')"),
    )
    calendar = op.create_table(
        "calendar",
        sa.Column("only", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("digests", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("changed_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_calendar")),
        schema="sla",
    )
    op.bulk_insert(calendar, [{"only": 1, "digests": [], "changed_at": None}])
    op.create_table(
        "recomputes",
        sa.Column("recompute_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("due_from", Instant, nullable=False),
        sa.Column("after_due", Instant, nullable=True),
        sa.Column("after_id", sa.Uuid(), nullable=True),
        sa.Column("to_examine", sa.Integer(), nullable=False),
        sa.Column("examined", sa.Integer(), server_default="0", nullable=False),
        sa.Column("moved", sa.Integer(), server_default="0", nullable=False),
        sa.Column("started_at", Instant, nullable=False),
        sa.Column("ended_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("recompute_id", name=op.f("pk_recomputes")),
        schema="sla",
    )
    op.create_index(
        "ix_recomputes_open",
        "recomputes",
        ["started_at"],
        schema="sla",
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("recomputes", schema="sla")
    op.drop_table("calendar", schema="sla")
    op.drop_table("notices", schema="sla")
    op.drop_index("ix_clocks_running_due_at", table_name="clocks", schema="sla")
    op.drop_column("clocks", "limit_rule", schema="sla")
