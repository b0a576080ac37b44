"""what other regions can do."""

import sqlalchemy as sa
from alembic import op

revision = "0029_pre"
down_revision = "0028_pre"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "benchmarks",
        sa.Column("benchmark_id", sa.Uuid(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=True),
        sa.Column("item_name", sa.Text(), nullable=False),
        sa.Column("normal_title", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("evidence_masked", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("noted_at", INSTANT, nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.Column("noted_name", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_because_masked", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("benchmark_id", name=op.f("pk_benchmarks")),
        schema="intake",
    )
    op.create_index(
        "ix_benchmarks_in_use",
        "benchmarks",
        ["normal_title"],
        schema="intake",
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("benchmarks", schema="intake")
