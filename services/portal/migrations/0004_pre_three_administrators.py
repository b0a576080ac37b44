"""three administrators in place of one."""

from alembic import op

revision = "0004_pre"
down_revision = "0003_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Who administers does nothing else, and so does who inspects: what they had beside it goes.
    op.execute(
        "UPDATE portal.accounts SET roles = ARRAY['administrator'] "
        "WHERE 'administrator' = ANY(roles)"
    )
    op.execute(
        "UPDATE portal.accounts SET roles = ARRAY['inspector'] WHERE 'inspector' = ANY(roles)"
    )
    op.execute(
        "UPDATE portal.accounts SET roles = "
        "array_replace(roles, 'administrator', 'system_administrator')"
    )


def downgrade() -> None:
    # The other two have no earlier role: their accounts end up without one.
    op.execute(
        "UPDATE portal.accounts SET roles = array_remove(array_remove(array_replace(roles, "
        "'system_administrator', 'administrator'), 'security_administrator'), "
        "'audit_administrator')"
    )
