"""persons found by hash."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007_pre"
down_revision = "0006_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "cases",
        sa.Column(
            "person_hashes", postgresql.ARRAY(sa.Text()), server_default="{=}", nullable=False
        ),
        schema="intake",
    )
    op.create_index(
        op.f("ix_cases_person_hashes"),
        "cases",
        ["person_hashes"],
        unique=False,
        schema="intake",
        postgresql_using="gin",
    )
    op.create_index(
        op.f("ix_audit_looks"),
        "audit",
        ["at", "actor_id"],
        unique=False,
        schema="intake",
        postgresql_where=sa.text("action IN ('person.reveal', 'person.search')"),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_audit_looks"), table_name="audit", schema="intake")
    op.drop_index(op.f("ix_cases_person_hashes"), table_name="cases", schema="intake")
    op.drop_column("cases", "person_hashes", schema="intake")
