"""parts of orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024_pre"
down_revision = "0023_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "parts",
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("node", sa.Text(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("unit_code", sa.Text(), nullable=True),
        sa.Column("unit_name", sa.Text(), nullable=True),
        sa.Column("task_masked", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_live", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lamp", sa.Text(), nullable=True),
        sa.Column("urged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("urges", sa.Integer(), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decline_ground", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_masked", sa.Text(), nullable=True),
        sa.Column("dissent_reason", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_why", sa.Text(), nullable=True),
        sa.Column("end_note_masked", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("part_id", name=op.f("pk_parts")),
        schema="portal",
    )
    op.create_index(op.f("ix_parts_case_id"), "parts", ["case_id"], schema="portal")
    op.create_index(
        "ix_parts_live_of_unit",
        "parts",
        ["unit_code", "case_id"],
        schema="portal",
        postgresql_where=sa.text("is_live"),
    )
    op.add_column(
        "cases",
        sa.Column(
            "helping_units",
            postgresql.ARRAY(sa.Text()),
            nullable=True,
            comment="have a part in this round; null where there never was one",
        ),
        schema="portal",
    )
    op.add_column(
        "cases",
        sa.Column(
            "overridden_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="finished over a part that was not settled",
        ),
        schema="portal",
    )
    op.create_index(
        "ix_cases_overridden",
        "cases",
        ["overridden_at", "case_id"],
        schema="portal",
        postgresql_where=sa.text("overridden_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_overridden", table_name="cases", schema="portal")
    op.drop_column("cases", "overridden_at", schema="portal")
    op.drop_column("cases", "helping_units", schema="portal")
    op.drop_table("parts", schema="portal")
