"""accounts that a single sign-on knows."""

import sqlalchemy as sa
from alembic import op

revision = "0011_pre"
down_revision = "0010_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("subject", sa.Text(), nullable=True), schema="portal")
    op.create_unique_constraint("uq_accounts_subject", "accounts", ["subject"], schema="portal")


def downgrade() -> None:
    op.drop_constraint("uq_accounts_subject", "accounts", schema="portal", type_="unique")
    op.drop_column("accounts", "subject", schema="portal")
