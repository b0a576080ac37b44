"""changes of contacts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021_pre"
down_revision = "0020_pre"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "contact_changes",
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("phone", postgresql.JSONB(), nullable=False),
        sa.Column("masked_phone", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["intake.cases.case_id"],
            name=op.f("fk_contact_changes_case_id_cases"),
        ),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_contact_changes")),
        schema="intake",
    )
    for name in ("case_id", "expires_at"):
        op.create_index(
            op.f(f"ix_contact_changes_{name}"), "contact_changes", [name], schema="intake"
        )


def downgrade() -> None:
    op.drop_table("contact_changes", schema="intake")
