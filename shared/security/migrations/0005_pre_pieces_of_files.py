"""pieces of files."""

import sqlalchemy as sa
from alembic import op

revision = "0005_pre"
down_revision = "0004_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pieces",
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("box", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("way", "peer", "file_id", "number", name=op.f("pk_pieces")),
        schema="vault",
    )
    op.create_index(op.f("ix_pieces_case_id"), "pieces", ["case_id"], unique=False, schema="vault")
    op.create_index(
        op.f("ix_pieces_way_peer_position"),
        "pieces",
        ["way", "peer", "position"],
        unique=False,
        schema="vault",
    )


def downgrade() -> None:
    op.drop_table("pieces", schema="vault")
