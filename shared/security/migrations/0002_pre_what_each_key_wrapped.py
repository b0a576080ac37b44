"""what each key wrapped."""

from alembic import op

revision = "0002_pre"
down_revision = "0001_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX ix_case_keys_wrapped_by ON vault.case_keys "
        "(split_part(encode(substr(wrapped, 1, 12), 'escape'), ':', 1), id)"
    )


def downgrade() -> None:
    op.drop_index("ix_case_keys_wrapped_by", table_name="case_keys", schema="vault")
