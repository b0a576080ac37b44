"""lessons of ended orders.

What ended before is due at once: it is learned in pieces, while the node works.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021_pre"
down_revision = "0020_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lessons",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("features", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "unit_code", name=op.f("pk_lessons")),
        schema="dispatch",
    )
    op.create_index(
        "ix_lessons_features",
        "lessons",
        ["features"],
        unique=False,
        schema="dispatch",
        postgresql_using="gin",
    )
    op.create_table(
        "lesson_counts",
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("lessons", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("feature", "unit_code", name=op.f("pk_lesson_counts")),
        schema="dispatch",
    )
    op.create_table(
        "lessons_due",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_lessons_due")),
        schema="dispatch",
    )
    op.create_table(
        "suggestion_tracks",
        sa.Column("odds", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked", sa.Double(), nullable=False),
        sa.Column("right", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("odds", name=op.f("pk_suggestion_tracks")),
        schema="dispatch",
    )
    op.create_table(
        "order_suggestions",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("counted", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("alike", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["dispatch.orders.order_id"], name=op.f("fk_order_suggestions_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_suggestions")),
        schema="dispatch",
    )
    op.execute(
        "INSERT INTO dispatch.lessons_due SELECT DISTINCT case_id FROM dispatch.orders"
        " WHERE state IN ('finished', 'returned')"
    )


def downgrade() -> None:
    op.drop_table("order_suggestions", schema="dispatch")
    op.drop_table("suggestion_tracks", schema="dispatch")
    op.drop_table("lessons_due", schema="dispatch")
    op.drop_table("lesson_counts", schema="dispatch")
    op.drop_index("ix_lessons_features", table_name="lessons", schema="dispatch")
    op.drop_table("lessons", schema="dispatch")
