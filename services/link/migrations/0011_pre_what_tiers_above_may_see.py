"""what tiers above may see."""

import sqlalchemy as sa
from alembic import op

revision = "0011_pre"
down_revision = "0009_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "held",
        sa.Column(
            "arrived_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        schema="link",
    )
    op.add_column(
        "cases", sa.Column("known_at", sa.DateTime(timezone=True), nullable=True), schema="link"
    )
    op.add_column(
        "cases",
        sa.Column("told_above", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        schema="link",
    )
    op.create_table(
        "disclosures",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_disclosures")),
        schema="link",
    )
    op.create_table(
        "node_facts",
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("fact_id", name=op.f("pk_node_facts")),
        schema="link",
    )
    op.create_index(op.f("ix_node_facts_node_name"), "node_facts", ["node", "name"], schema="link")


def downgrade() -> None:
    op.drop_table("node_facts", schema="link")
    op.drop_table("disclosures", schema="link")
    op.drop_column("cases", "told_above", schema="link")
    op.drop_column("cases", "known_at", schema="link")
    op.drop_column("held", "arrived_at", schema="link")
