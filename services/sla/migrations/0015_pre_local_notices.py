"""notices of a region or a unit, and whose clocks are gone through after one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015_pre"
down_revision = "0014_pre"
branch_labels = None
depends_on = None

SIGNED = sa.text("state = 'signed'")
SCOPED = ("notices", "recomputes")


def upgrade() -> None:
    for table in SCOPED:
        for name in ("region", "unit_code"):
            column = sa.Column(name, sa.Text(), nullable=False, server_default="")
            op.add_column(table, column, schema="sla")
    weeks = postgresql.JSONB(astext_type=sa.Text())
    op.add_column(
        "notices", sa.Column("weeks", weeks, nullable=False, server_default="[]"), schema="sla"
    )
    op.drop_index("uq_notices_signed", table_name="notices", schema="sla")
    _one_of(["year", "region", "unit_code"])


def downgrade() -> None:
    op.execute("DELETE FROM sla.notices WHERE region <> '' OR unit_code <> ''")
    op.drop_index("uq_notices_signed", table_name="notices", schema="sla")
    _one_of(["year"])
    op.drop_column("notices", "weeks", schema="sla")
    for table in SCOPED:
        for name in ("unit_code", "region"):
            op.drop_column(table, name, schema="sla")


def _one_of(columns: list[str]) -> None:
    op.create_index(
        "uq_notices_signed",
        "notices",
        columns,
        unique=True,
        schema="sla",
        postgresql_where=SIGNED,
    )
