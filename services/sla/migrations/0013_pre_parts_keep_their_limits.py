"""parts under way keep the limit under which they were opened, whatever is signed.

Until now their limit was a setting of the node, or the word of the lead; which, nobody wrote down.
"""

from alembic import op

revision = "0013_pre"
down_revision = "0012_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE sla.clocks SET limit_set = -1 WHERE kind = 'co_handle' AND stopped_at IS NULL"
    )


def downgrade() -> None:
    op.execute("UPDATE sla.clocks SET limit_set = 0 WHERE limit_set = -1")
