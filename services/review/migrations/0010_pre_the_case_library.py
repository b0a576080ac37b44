"""the case library."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010_pre"
down_revision = "0009_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "precedents",
        sa.Column("precedent_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=True),
        sa.Column("item_name", sa.Text(), nullable=True),
        sa.Column("regions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("policy", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("keywords", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("source_case", sa.Uuid(), nullable=True),
        sa.Column("source_number", sa.Text(), nullable=True),
        sa.Column("writers", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("drafted_at", moment, nullable=False),
        sa.Column("published_at", moment, nullable=True),
        sa.Column("withdrawn_at", moment, nullable=True),
        sa.Column("check_since", moment, nullable=True),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.Column("brevity", sa.REAL(), nullable=False),
        sa.PrimaryKeyConstraint("precedent_id", "edition", name=op.f("pk_precedents")),
        schema="review",
    )
    op.create_index(
        "ix_precedents_published",
        "precedents",
        ["precedent_id"],
        unique=True,
        schema="review",
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_index(
        "ix_precedents_words", "precedents", ["words"], schema="review", postgresql_using="gin"
    )
    op.create_index(
        op.f("ix_precedents_source_case"), "precedents", ["source_case"], schema="review"
    )
    op.create_index(
        op.f("ix_precedents_drafted_at_precedent_id"),
        "precedents",
        ["drafted_at", "precedent_id"],
        schema="review",
    )
    op.create_table(
        "lexicon",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("precedents", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_lexicon")),
        schema="review",
    )
    op.create_table(
        "avoided",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("precedent_id", sa.Uuid(), nullable=False),
        sa.Column("at_desk", sa.Boolean(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_avoided")),
        schema="review",
    )
    op.create_index(op.f("ix_avoided_precedent_id"), "avoided", ["precedent_id"], schema="review")


def downgrade() -> None:
    op.drop_table("avoided", schema="review")
    op.drop_table("lexicon", schema="review")
    op.drop_table("precedents", schema="review")
