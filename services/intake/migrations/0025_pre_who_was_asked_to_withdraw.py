"""what people say of being asked to withdraw."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025_pre"
down_revision = "0022_pre"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "pressures",
        sa.Column("pressure_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("text", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("text_masked", sa.Text(), nullable=False),
        sa.Column("told_at", INSTANT, nullable=False),
        sa.Column("take_back_by", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["intake.cases.case_id"], name=op.f("fk_pressures_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("pressure_id", name=op.f("pk_pressures")),
        schema="intake",
    )
    op.create_index(op.f("ix_pressures_case_id"), "pressures", ["case_id"], schema="intake")


def downgrade() -> None:
    op.drop_index(op.f("ix_pressures_case_id"), table_name="pressures", schema="intake")
    op.drop_table("pressures", schema="intake")
