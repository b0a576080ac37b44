"""files that are seen count as looks."""

import sqlalchemy as sa
from alembic import op

revision = "0010_pre"
down_revision = "0009_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _renew("action IN ('person.reveal', 'attachment.read', 'person.search')")


def downgrade() -> None:
    _renew("action IN ('person.reveal', 'person.search')")


def _renew(counted: str) -> None:
    op.drop_index("ix_audit_looks", table_name="audit", schema="intake")
    op.create_index(
        "ix_audit_looks",
        "audit",
        ["at", "actor_id"],
        schema="intake",
        postgresql_where=sa.text(counted),
    )
