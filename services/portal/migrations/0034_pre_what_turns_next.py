"""when clocks turn, and what is asked of those that run."""

import sqlalchemy as sa
from alembic import op

revision = "0034_pre"
down_revision = "0033_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    for name, comment in (
        ("turns_at", "its next lamp; null also where nobody told"),
        ("rests_until", "null of a clock that does not rest"),
    ):
        column = sa.Column(name, instant, comment=comment)
        op.add_column("clocks", column, schema="portal")
    op.create_index(
        "ix_clocks_running",
        "clocks",
        ["due_at", "case_id"],
        schema="portal",
        postgresql_where=sa.text("stopped_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_clocks_running", "clocks", schema="portal")
    op.drop_column("clocks", "rests_until", schema="portal")
    op.drop_column("clocks", "turns_at", schema="portal")
