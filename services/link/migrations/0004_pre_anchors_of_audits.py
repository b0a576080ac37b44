"""anchors of audits."""

import sqlalchemy as sa
from alembic import op

revision = "0004_pre"
down_revision = "0003_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "anchors",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("contradicts", sa.Text(), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_anchors")),
        schema="link",
    )
    op.create_index(
        op.f("ix_anchors_node_digest"), "anchors", ["node", "digest"], unique=True, schema="link"
    )
    op.create_index(
        op.f("ix_anchors_node_position"), "anchors", ["node", "position"], schema="link"
    )
    op.create_table(
        "anchor_answers",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("contradicts", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_anchor_answers")),
        schema="link",
    )
    op.create_index(op.f("ix_anchor_answers_digest"), "anchor_answers", ["digest"], schema="link")


def downgrade() -> None:
    op.drop_table("anchor_answers", schema="link")
    op.drop_table("anchors", schema="link")
