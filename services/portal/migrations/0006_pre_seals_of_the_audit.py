"""seals of the audit."""

from shared.audit import first_seals

revision = "0006_pre"
down_revision = "0005_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    first_seals.upgrade("portal")


def downgrade() -> None:
    first_seals.downgrade("portal")
