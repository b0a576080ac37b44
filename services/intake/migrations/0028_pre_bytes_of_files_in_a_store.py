"""bytes of files in a store outside the database, and uploads that can be resumed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028_pre"
down_revision = "0026_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment_bytes",
        sa.Column("attachment_id", sa.Uuid(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["intake.attachments.attachment_id"],
            name=op.f("fk_attachment_bytes_attachment_id"),
        ),
        sa.PrimaryKeyConstraint("attachment_id", "variant", name=op.f("pk_attachment_bytes")),
        sa.UniqueConstraint("address", name=op.f("uq_attachment_bytes_address")),
        schema="intake",
    )
    op.create_table(
        "loose_bytes",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("drop_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_loose_bytes")),
        schema="intake",
    )
    op.create_index(op.f("ix_loose_bytes_drop_at"), "loose_bytes", ["drop_at"], schema="intake")
    op.create_table(
        "uploads",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        sa.Column("keep_place", sa.Boolean(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), server_default="0", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["intake.cases.case_id"], name=op.f("fk_uploads_case_id")
        ),
        sa.PrimaryKeyConstraint("upload_id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_uploads_secret_hash")),
        schema="intake",
    )
    op.create_index(op.f("ix_uploads_case_id"), "uploads", ["case_id"], schema="intake")
    op.create_index(op.f("ix_uploads_expires_at"), "uploads", ["expires_at"], schema="intake")
    op.create_table(
        "upload_parts",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["intake.uploads.upload_id"], name=op.f("fk_upload_parts_upload_id")
        ),
        sa.PrimaryKeyConstraint("upload_id", "start", name=op.f("pk_upload_parts")),
        sa.UniqueConstraint("address", name=op.f("uq_upload_parts_address")),
        schema="intake",
    )


def downgrade() -> None:
    op.drop_table("upload_parts", schema="intake")
    op.drop_table("uploads", schema="intake")
    op.drop_table("loose_bytes", schema="intake")
    op.drop_table("attachment_bytes", schema="intake")
