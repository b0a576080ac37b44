"""versions of the limits, their replays, and which row of which version decided a clock."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011_pre"
down_revision = "0009_pre"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name in ("region", "channel", "item_code", "urgency"):
        op.add_column("cases", sa.Column(name, sa.Text()), schema="sla")
    op.add_column("cases", sa.Column("accepted_at", Instant), schema="sla")
    op.add_column("clocks", sa.Column("limit_set", sa.Integer()), schema="sla")
    op.add_column("clocks", sa.Column("limit_row", sa.Text()), schema="sla")
    op.add_column("terms", sa.Column("complexity", sa.Text()), schema="sla")
    op.add_column(
        "calendar",
        sa.Column("limit_sets", postgresql.ARRAY(sa.Uuid()), nullable=False, server_default="{}"),
        schema="sla",
    )
    moved = sa.Column("moved_to", sa.Integer(), nullable=False, server_default="0")
    op.add_column("calendar", moved, schema="sla")
    _make_sets()
    _make_replays()


def _make_sets() -> None:
    op.create_table(
        "limit_sets",
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("based_on", sa.Uuid(), nullable=True),
        sa.Column("opened_at", Instant, nullable=False),
        sa.Column("edition", sa.Integer(), server_default="0", nullable=False),
        sa.Column("moves", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("first_by", sa.Text(), nullable=True),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("first_at", Instant, nullable=True),
        sa.Column("second_by", sa.Text(), nullable=True),
        sa.Column("second_name", sa.Text(), nullable=True),
        sa.Column("second_at", Instant, nullable=True),
        sa.Column("live_from", Instant, nullable=True),
        sa.Column("moved_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("set_id", name=op.f("pk_limit_sets")),
        sa.UniqueConstraint("number", name=op.f("uq_limit_sets_number")),
        schema="sla",
    )
    op.create_index(
        "uq_limit_sets_draft",
        "limit_sets",
        ["state"],
        unique=True,
        schema="sla",
        postgresql_where=sa.text("state = 'draft'"),
    )


def _make_replays() -> None:
    op.create_table(
        "limit_replays",
        sa.Column("replay_id", sa.Uuid(), nullable=False),
        sa.Column("set_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.Column("until", Instant, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_name", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("after_id", sa.Uuid(), nullable=True),
        sa.Column("tally", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ended_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("replay_id", name=op.f("pk_limit_replays")),
        schema="sla",
    )
    op.create_index(op.f("ix_limit_replays_set_id"), "limit_replays", ["set_id"], schema="sla")
    op.create_index(
        "ix_limit_replays_running",
        "limit_replays",
        ["asked_at"],
        schema="sla",
        postgresql_where=sa.text("state = 'running'"),
    )


def downgrade() -> None:
    op.drop_table("limit_replays", schema="sla")
    op.drop_table("limit_sets", schema="sla")
    op.drop_column("calendar", "moved_to", schema="sla")
    op.drop_column("calendar", "limit_sets", schema="sla")
    op.drop_column("terms", "complexity", schema="sla")
    op.drop_column("clocks", "limit_row", schema="sla")
    op.drop_column("clocks", "limit_set", schema="sla")
    for name in ("accepted_at", "urgency", "item_code", "channel", "region"):
        op.drop_column("cases", name, schema="sla")
