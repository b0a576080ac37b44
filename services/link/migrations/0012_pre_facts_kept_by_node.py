"""facts kept by node."""

import sqlalchemy as sa
from alembic import op

revision = "0012_pre"
down_revision = "0011_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("pk_node_facts"), "node_facts", schema="link")
    op.create_primary_key(op.f("pk_node_facts"), "node_facts", ["node", "fact_id"], schema="link")
    op.add_column("disclosures", sa.Column("told_to", sa.Text(), nullable=True), schema="link")


def downgrade() -> None:
    op.drop_column("disclosures", "told_to", schema="link")
    op.drop_constraint(op.f("pk_node_facts"), "node_facts", schema="link")
    op.create_primary_key(op.f("pk_node_facts"), "node_facts", ["fact_id"], schema="link")
