"""who needs care, what is done for them, how many there were; by which right agents speak."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026_pre"
down_revision = "0025_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sealed = postgresql.JSONB(none_as_null=True)
    op.add_column("cases", sa.Column("care", sealed), schema="intake")
    op.add_column("cases", sa.Column("measures", postgresql.ARRAY(sa.Text())), schema="intake")
    op.add_column("cases", sa.Column("authority", sealed), schema="intake")
    op.add_column("cases", sa.Column("others", sealed), schema="intake")
    op.create_table(
        "care_counts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "ground", name=op.f("pk_care_counts")),
        schema="intake",
    )


def downgrade() -> None:
    op.drop_table("care_counts", schema="intake")
    op.drop_column("cases", "others", schema="intake")
    op.drop_column("cases", "authority", schema="intake")
    op.drop_column("cases", "measures", schema="intake")
    op.drop_column("cases", "care", schema="intake")
