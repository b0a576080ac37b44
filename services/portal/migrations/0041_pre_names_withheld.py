"""whose names are withheld, what is done for persons who need care, and who helps them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041_pre"
down_revision = "0040_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("name_withheld", sa.Boolean()), schema="portal")
    measures = postgresql.ARRAY(sa.Text())
    op.add_column("cases", sa.Column("measures", measures), schema="portal")
    op.add_column("cases", sa.Column("others", measures), schema="portal")
    op.add_column("cases", sa.Column("authority", postgresql.JSONB()), schema="portal")
    op.add_column("cases", sa.Column("helper_login", sa.Text()), schema="portal")
    op.add_column("cases", sa.Column("helper_name", sa.Text()), schema="portal")


def downgrade() -> None:
    for name in ("helper_name", "helper_login", "authority", "others", "measures"):
        op.drop_column("cases", name, schema="portal")
    op.drop_column("cases", "name_withheld", schema="portal")
