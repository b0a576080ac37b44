"""seals of the audit."""

from shared.audit import first_seals

revision = "0003_pre"
down_revision = "0002_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    first_seals.upgrade("link")


def downgrade() -> None:
    first_seals.downgrade("link")
