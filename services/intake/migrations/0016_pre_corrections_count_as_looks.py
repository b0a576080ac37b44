"""askings for corrections count as looks."""

import sqlalchemy as sa
from alembic import op

revision = "0016_pre"
down_revision = "0014_pre"
branch_labels = None
depends_on = None

BEFORE = "'person.reveal', 'attachment.read', 'person.search'"


def upgrade() -> None:
    _renew(f"action IN ({BEFORE}, 'correction.ask')")


def downgrade() -> None:
    _renew(f"action IN ({BEFORE})")


def _renew(counted: str) -> None:
    op.drop_index("ix_audit_looks", table_name="audit", schema="intake")
    op.create_index(
        "ix_audit_looks",
        "audit",
        ["at", "actor_id"],
        schema="intake",
        postgresql_where=sa.text(counted),
    )
