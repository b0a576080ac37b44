"""who was said to be on duty last, by unit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027_pre"
down_revision = "0026_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty_told",
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("crews", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_code"],
            ["dispatch.units.code"],
            name=op.f("fk_duty_told_unit_code_units"),
        ),
        sa.PrimaryKeyConstraint("unit_code", name=op.f("pk_duty_told")),
        schema="dispatch",
    )


def downgrade() -> None:
    op.drop_table("duty_told", schema="dispatch")
