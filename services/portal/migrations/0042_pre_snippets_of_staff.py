"""texts that staff use again and again."""

import sqlalchemy as sa
from alembic import op

revision = "0042_pre"
down_revision = "0041_pre"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "snippets",
        sa.Column("snippet_id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("abbreviation", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("snippet_id", name=op.f("pk_snippets")),
        schema="portal",
    )
    op.create_index(
        "uq_snippets_abbreviation",
        "snippets",
        ["owner", "abbreviation"],
        unique=True,
        schema="portal",
    )
    op.create_index(
        "ix_snippets_unit",
        "snippets",
        ["unit"],
        schema="portal",
        postgresql_where=sa.text("unit IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("snippets", schema="portal")
