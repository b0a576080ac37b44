"""benchmarks told between tiers."""

import sqlalchemy as sa
from alembic import op

revision = "0034_pre"
down_revision = "0031_pre"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OWN = "origin IS NULL AND "


def upgrade() -> None:
    # The code before this one goes on writing rows of its own: these are told later.
    for column in (
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("weighs", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("edition", sa.Integer(), server_default="1", nullable=False),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.Column("said_version", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_name", sa.Text(), nullable=True),
        sa.Column("adopted_from", sa.Uuid(), nullable=True),
        sa.Column("adopted_node", sa.Text(), nullable=True),
        sa.Column("adopted_edition", sa.Integer(), nullable=True),
    ):
        op.add_column("benchmarks", column, schema="intake")
    op.create_index(
        "ix_benchmarks_untold",
        "benchmarks",
        ["noted_at"],
        schema="intake",
        postgresql_where=sa.text(f"{OWN}told_at IS NULL"),
    )
    op.create_index(
        "uq_benchmarks_adopted",
        "benchmarks",
        ["adopted_from"],
        unique=True,
        schema="intake",
        postgresql_where=sa.text(f"{OWN}withdrawn_at IS NULL"),
    )


def downgrade() -> None:
    op.execute("DELETE FROM intake.benchmarks WHERE origin IS NOT NULL")
    for name in ("uq_benchmarks_adopted", "ix_benchmarks_untold"):
        op.drop_index(name, table_name="benchmarks", schema="intake")
    for name in (
        *("adopted_edition", "adopted_node", "adopted_from", "confirmed_name", "confirmed_by"),
        *("confirmed_at", "said_version", "told_at", "edition", "weighs", "origin"),
    ):
        op.drop_column("benchmarks", name, schema="intake")
