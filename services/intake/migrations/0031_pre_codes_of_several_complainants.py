"""codes of several complainants."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0031_pre"
down_revision = "0030_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    beside = sa.Column("beside", JSONB(none_as_null=True), nullable=True)
    op.add_column("one_time_codes", beside, schema="intake")
    whose = sa.Column("complainant", sa.SmallInteger(), nullable=True)
    op.add_column("contact_changes", whose, schema="intake")


def downgrade() -> None:
    op.drop_column("contact_changes", "complainant", schema="intake")
    op.drop_column("one_time_codes", "beside", schema="intake")
