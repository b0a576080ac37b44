"""logout by the provider."""

import sqlalchemy as sa
from alembic import op

revision = "0015_pre"
down_revision = "0014_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "sessions", sa.Column("provider_session", sa.Text(), nullable=True), schema="portal"
    )
    op.create_table(
        "logout_tokens",
        sa.Column("token_id", sa.Text(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_logout_tokens")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_logout_tokens_shown_at"),
        "logout_tokens",
        ["shown_at"],
        unique=False,
        schema="portal",
    )


def downgrade() -> None:
    op.drop_table("logout_tokens", schema="portal")
    op.drop_column("sessions", "provider_session", schema="portal")
