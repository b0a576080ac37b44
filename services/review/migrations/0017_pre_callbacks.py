"""callbacks after results."""

import sqlalchemy as sa
from alembic import op

revision = "0017_pre"
down_revision = "0016_pre"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "callbacks",
        sa.Column("callback_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_try_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("solved", sa.Boolean(), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column("truthful", sa.Boolean(), nullable=True),
        sa.Column("note_masked", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["review.cases.case_id"], name=op.f("fk_callbacks_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("callback_id", name=op.f("pk_callbacks")),
        sa.UniqueConstraint("case_id", "round", "by", name=op.f("uq_callbacks_case_id_round_by")),
        schema="review",
    )


def downgrade() -> None:
    op.drop_table("callbacks", schema="review")
