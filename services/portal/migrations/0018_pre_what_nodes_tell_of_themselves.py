"""what nodes tell of themselves."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018_pre"
down_revision = "0015_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "node_facts",
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("fact_id", name=op.f("pk_node_facts")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_node_facts_name_about"), "node_facts", ["name", "about"], schema="portal"
    )
    op.add_column(
        "supervisions",
        sa.Column(
            "reached",
            postgresql.JSONB(none_as_null=True),
            nullable=True,
            comment="by node: when it came there",
        ),
        schema="portal",
    )
    op.add_column("supervisions", sa.Column("read_from", sa.Text()), schema="portal")
    op.add_column(
        "supervisions", sa.Column("read_at", sa.DateTime(timezone=True)), schema="portal"
    )


def downgrade() -> None:
    op.drop_column("supervisions", "read_at", schema="portal")
    op.drop_column("supervisions", "read_from", schema="portal")
    op.drop_column("supervisions", "reached", schema="portal")
    op.drop_table("node_facts", schema="portal")
