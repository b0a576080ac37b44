"""what persons do with their cases, and who has looked since."""

import sqlalchemy as sa
from alembic import op

revision = "0036_pre"
down_revision = "0034_pre"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
COLUMNS = (
    ("urges", sa.Integer(), "in this round; null where it was not urged"),
    ("urged_round", sa.Integer(), None),
    ("urged_at", INSTANT, None),
    ("urged_often_at", INSTANT, "when it was urged so often that leaders look"),
    ("said_at", INSTANT, "when this node last heard something of the person"),
)


def upgrade() -> None:
    for name, kind, comment in COLUMNS:
        column = sa.Column(name, kind, nullable=True, comment=comment)
        op.add_column("cases", column, schema="portal")
    op.create_index(
        "ix_cases_urged",
        "cases",
        ["urges", "case_id"],
        schema="portal",
        postgresql_where=sa.text("(is_open OR is_away) AND urges IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_urged_often",
        "cases",
        ["urged_often_at", "case_id"],
        schema="portal",
        postgresql_where=sa.text("(is_open OR is_away) AND urged_often_at IS NOT NULL"),
    )
    op.create_table(
        "case_looks",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("looked_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("account", "case_id", name=op.f("pk_case_looks")),
        schema="portal",
    )
    op.create_index(op.f("ix_case_looks_case_id"), "case_looks", ["case_id"], schema="portal")


def downgrade() -> None:
    op.drop_table("case_looks", schema="portal")
    op.drop_index("ix_cases_urged_often", table_name="cases", schema="portal")
    op.drop_index("ix_cases_urged", table_name="cases", schema="portal")
    for name, _kind, _comment in reversed(COLUMNS):
        op.drop_column("cases", name, schema="portal")
