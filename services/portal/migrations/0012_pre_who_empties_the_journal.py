"""only portal empties what was said of an erased case."""

from alembic import op

revision = "0012_pre"
down_revision = "0011_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("REVOKE ALL ON FUNCTION portal.redact_journal(uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION portal.redact_journal(uuid) TO backstop_portal")


def downgrade() -> None:
    op.execute("REVOKE ALL ON FUNCTION portal.redact_journal(uuid) FROM backstop_portal")
    op.execute("GRANT EXECUTE ON FUNCTION portal.redact_journal(uuid) TO PUBLIC")
