"""facts that wait for a release."""

import sqlalchemy as sa
from alembic import op

revision = "0016_pre"
down_revision = "0013_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    said: sa.Column[bool] = sa.Column(
        "said", sa.Boolean(), server_default=sa.true(), nullable=False
    )
    op.add_column("node_facts", said, schema="link")
    # The release before read these and no others.
    op.execute(
        "UPDATE link.node_facts SET said = false WHERE via IS NOT NULL AND name NOT IN"
        " ('link.disclosure_set.v1', 'portal.day_counted.v1',"
        " 'review.lead_raised.v1', 'review.lead_answered.v1')"
    )
    op.create_index(
        "ix_node_facts_unsaid",
        "node_facts",
        ["name"],
        schema="link",
        postgresql_where=sa.text("NOT said"),
    )


def downgrade() -> None:
    op.drop_index("ix_node_facts_unsaid", table_name="node_facts", schema="link")
    op.drop_column("node_facts", "said", schema="link")
