"""what channels say beside a report, under which ids they know it, and appeals against a no."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022_pre"
down_revision = "0021_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "cases",
        sa.Column("channel_fields", postgresql.JSONB(none_as_null=True), nullable=True),
        schema="intake",
    )
    op.add_column("cases", sa.Column("declined_by", sa.Text(), nullable=True), schema="intake")
    op.create_table(
        "appeals",
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("because", postgresql.JSONB(), nullable=False),
        sa.Column("because_masked", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=True),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_name", sa.Text(), nullable=True),
        sa.Column("words_masked", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["intake.cases.case_id"], name=op.f("fk_appeals_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("appeal_id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("case_id", name=op.f("uq_appeals_case_id")),
        schema="intake",
    )
    op.create_index(
        op.f("ix_appeals_state_decide_by"),
        "appeals",
        ["state", "decide_by"],
        schema="intake",
    )
    op.create_table(
        "outside_ids",
        sa.Column("id_hash", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_outside_ids")),
        schema="intake",
    )


def downgrade() -> None:
    op.drop_table("outside_ids", schema="intake")
    op.drop_table("appeals", schema="intake")
    op.drop_column("cases", "declined_by", schema="intake")
    op.drop_column("cases", "channel_fields", schema="intake")
