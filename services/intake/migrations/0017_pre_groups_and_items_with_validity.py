"""groups of cases, and items with validity."""

import sqlalchemy as sa
from alembic import op

revision = "0017_pre"
down_revision = "0016_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("items", sa.Column("valid_from", sa.Date()), schema="intake")
    op.add_column("items", sa.Column("valid_until", sa.Date()), schema="intake")
    op.create_table(
        "groupings",
        sa.Column("grouping_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("because_masked", sa.Text(), nullable=False),
        sa.Column("grouped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["case_id"], ["intake.cases.case_id"], name=op.f("fk_groupings_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["intake.cases.case_id"], name=op.f("fk_groupings_lead_id")
        ),
        sa.PrimaryKeyConstraint("grouping_id", name=op.f("pk_groupings")),
        schema="intake",
    )
    for name in ("case_id", "lead_id"):
        op.create_index(op.f(f"ix_groupings_{name}"), "groupings", [name], schema="intake")
    op.create_index(
        "uq_groupings_open",
        "groupings",
        ["case_id"],
        unique=True,
        schema="intake",
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("groupings", schema="intake")
    op.drop_column("items", "valid_until", schema="intake")
    op.drop_column("items", "valid_from", schema="intake")
