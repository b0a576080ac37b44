"""bytes of what outside parties send lie in the store beside the database."""

import sqlalchemy as sa
from alembic import op

revision = "0036_pre"
down_revision = "0035_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outside_files", sa.Column("parts", sa.SmallInteger()), schema="dispatch")
    op.add_column("outside_files", sa.Column("address", sa.Text()), schema="dispatch")
    op.create_unique_constraint(
        op.f("uq_outside_files_address"), "outside_files", ["address"], schema="dispatch"
    )
    op.create_index(
        "ix_outside_files_in_rows",
        "outside_files",
        ["file_id"],
        schema="dispatch",
        postgresql_where=sa.text("sealed IS NOT NULL"),
    )
    op.create_table(
        "loose_bytes",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("drop_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_loose_bytes")),
        schema="dispatch",
    )
    op.create_index(op.f("ix_loose_bytes_drop_at"), "loose_bytes", ["drop_at"], schema="dispatch")


def downgrade() -> None:
    op.drop_table("loose_bytes", schema="dispatch")
    op.drop_index("ix_outside_files_in_rows", table_name="outside_files", schema="dispatch")
    op.drop_constraint("uq_outside_files_address", "outside_files", schema="dispatch")
    op.drop_column("outside_files", "address", schema="dispatch")
    op.drop_column("outside_files", "parts", schema="dispatch")
