"""notices to staff, and who is on duty to be told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032_pre"
down_revision = "0029_pre"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_notices_of_account", ["login", "told_at", "notice_id"], None),
    ("ix_notices_unread", ["login"], "read_at IS NULL"),
    ("ix_notices_case_id", ["case_id"], "case_id IS NOT NULL"),
    ("ix_notices_told_at", ["told_at"], None),
)


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid()),
        sa.Column("unit_name", sa.Text()),
        sa.Column("about_at", sa.DateTime(timezone=True)),
        sa.Column("ref", sa.Uuid()),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("notice_id", "login", name=op.f("pk_notices")),
        schema="portal",
        comment="notice_id is the fact; unit_name who acted; about_at the moment that matters",
    )
    for name, columns, where in INDEXES:
        told = None if where is None else sa.text(where)
        op.create_index(name, "notices", columns, schema="portal", postgresql_where=told)
    op.create_table(
        "unit_duty",
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("crews", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("has_phone", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("unit_code", name=op.f("pk_unit_duty")),
        schema="portal",
        comment="who is on duty now, by account; whether notify has a telephone of the unit",
    )


def downgrade() -> None:
    op.drop_table("unit_duty", schema="portal")
    op.drop_table("notices", schema="portal")
