"""duty telephones of units, and what they are told."""

import sqlalchemy as sa
from alembic import op

revision = "0009_pre"
down_revision = "0007_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty_phones",
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("masked_phone", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("unit_code", name=op.f("pk_duty_phones")),
        schema="notify",
    )
    op.create_table(
        "duty_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_messages")),
        sa.UniqueConstraint(
            "notice_id", "unit_code", name=op.f("uq_duty_messages_notice_id_unit_code")
        ),
        schema="notify",
    )
    op.create_index(
        "ix_duty_messages_due",
        "duty_messages",
        ["next_at"],
        schema="notify",
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
    )
    for columns in (["told_at", "id"], ["case_id"]):
        name = op.f(f"ix_duty_messages_{'_'.join(columns)}")
        op.create_index(name, "duty_messages", columns, schema="notify")


def downgrade() -> None:
    op.drop_table("duty_messages", schema="notify")
    op.drop_table("duty_phones", schema="notify")
