"""reports taken apart into several cases."""

import sqlalchemy as sa
from alembic import op

revision = "0020_pre"
down_revision = "0018_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("promised_from", sa.DateTime(timezone=True)), schema="intake")
    op.create_table(
        "splits",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.SmallInteger(), nullable=False),
        sa.Column("split_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["intake.cases.case_id"], name=op.f("fk_splits_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["intake.cases.case_id"], name=op.f("fk_splits_first_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_splits")),
        schema="intake",
    )
    op.create_index(op.f("ix_splits_first_id"), "splits", ["first_id"], schema="intake")


def downgrade() -> None:
    op.drop_table("splits", schema="intake")
    op.drop_column("cases", "promised_from", schema="intake")
