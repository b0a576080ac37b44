"""cases that their persons have withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0040_pre"
down_revision = "0038_pre"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
COLUMNS = (
    ("withdrawn_at", INSTANT, "when its person withdrew it last"),
    ("withdrawn_round", sa.Integer(), None),
    ("withdrawn_why", sa.Text(), None),
    ("withdrawn_by", sa.Text(), "citizen, or the role of who did it for them"),
    ("take_back_by", INSTANT, None),
    ("taken_back_at", INSTANT, "when they took that back, which they may once"),
    ("pressed_at", INSTANT, "when they last said that they were asked to"),
    ("pressed_masked", sa.Text(), "for supervisors alone"),
    ("taken_back_round", sa.Integer(), "null where nobody had accepted it yet"),
)


def upgrade() -> None:
    for name, kind, comment in COLUMNS:
        column = sa.Column(name, kind, nullable=True, comment=comment)
        op.add_column("cases", column, schema="portal")
    op.create_index(
        "ix_cases_withdrawn",
        "cases",
        ["withdrawn_at", "case_id"],
        schema="portal",
        postgresql_where=sa.text("status = 'withdrawn'"),
    )
    op.create_index(
        "ix_cases_pressed",
        "cases",
        ["pressed_at", "case_id"],
        schema="portal",
        postgresql_where=sa.text("pressed_at IS NOT NULL AND closed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_cases_pressed", table_name="cases", schema="portal")
    op.drop_index("ix_cases_withdrawn", table_name="cases", schema="portal")
    for name, _kind, _comment in reversed(COLUMNS):
        op.drop_column("cases", name, schema="portal")
