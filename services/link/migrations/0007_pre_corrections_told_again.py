"""corrections are told again."""

import sqlalchemy as sa
from alembic import op

revision = "0007_pre"
down_revision = "0006_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_facts_orders", table_name="facts", schema="link")
    op.create_index(
        "ix_facts_orders",
        "facts",
        ["fact_id"],
        unique=False,
        schema="link",
        postgresql_where=sa.text(
            "name IN ('intake.case_amended.v1', 'intake.case_erased.v1',"
            " 'link.order_passed_on.v1')"
        ),
    )


def downgrade() -> None:
    op.drop_index("ix_facts_orders", table_name="facts", schema="link")
    op.create_index(
        "ix_facts_orders",
        "facts",
        ["fact_id"],
        unique=False,
        schema="link",
        postgresql_where=sa.text("name IN ('intake.case_erased.v1', 'link.order_passed_on.v1')"),
    )
