"""files of neighbours."""

import sqlalchemy as sa
from alembic import op

revision = "0014_pre"
down_revision = "0013_pre"
branch_labels = None
depends_on = None

TAKERS = """
INSERT INTO intake.legs (case_id, node)
SELECT DISTINCT case_id, params ->> 'to_node'
FROM intake.timeline
WHERE event = 'dispatch.case_handed_over.v1'
  AND params ->> 'kind' IN ('up', 'down')
  AND params ->> 'node' IS NULL AND params ->> 'to_node' IS NOT NULL
"""
"""What was handed over from here before: files that are added from now on go there as well."""


GIVERS = """
INSERT INTO intake.legs (case_id, node)
SELECT case_id, origin FROM intake.cases WHERE origin IS NOT NULL
ON CONFLICT DO NOTHING
"""
"""Who gave a case is known only of those that its origin gave."""


def upgrade() -> None:
    op.add_column("attachments", sa.Column("content", sa.Text(), nullable=True), schema="intake")
    op.add_column("attachments", sa.Column("origin", sa.Text(), nullable=True), schema="intake")
    op.create_table(
        "legs",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["intake.cases.case_id"], name=op.f("fk_legs_case_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "node", name=op.f("pk_legs")),
        schema="intake",
    )
    op.execute(TAKERS)
    op.execute(GIVERS)
    op.create_table(
        "coming_files",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_staff", sa.Boolean(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("here", sa.Integer(), server_default="0", nullable=False),
        sa.Column("asked_to", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wrong", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["intake.cases.case_id"], name=op.f("fk_coming_files_case_id")
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_coming_files")),
        schema="intake",
    )
    op.create_index(
        op.f("ix_coming_files_case_id"),
        "coming_files",
        ["case_id"],
        unique=False,
        schema="intake",
    )
    op.create_index(
        op.f("ix_coming_files_next_at"),
        "coming_files",
        ["next_at"],
        unique=False,
        schema="intake",
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("coming_files", schema="intake")
    op.drop_table("legs", schema="intake")
    op.drop_column("attachments", "origin", schema="intake")
    op.drop_column("attachments", "content", schema="intake")
