"""lists of what is late enough for the bulletin or a higher tier; slips to units."""

import sqlalchemy as sa
from alembic import op

revision = "0033_pre"
down_revision = "0032_pre"
branch_labels = None
depends_on = None

LISTS = {
    "bulletin": ("so late that it may be named in a bulletin", "NOT is_at_rest"),
    "raising": ("so late that it should be handed up", "is_open"),
}


def upgrade() -> None:
    for name, (comment, while_) in LISTS.items():
        column = f"{name}_at"
        instant = sa.Column(column, sa.DateTime(timezone=True), comment=comment)
        op.add_column("cases", instant, schema="portal")
        op.create_index(
            f"ix_cases_{name}",
            "cases",
            [column, "case_id"],
            schema="portal",
            postgresql_where=sa.text(f"{column} IS NOT NULL AND {while_}"),
        )
    unit = sa.Column("unit_code", sa.Text(), comment="of the node that is asked, where a unit is")
    op.add_column("supervisions", unit, schema="portal")


def downgrade() -> None:
    op.drop_column("supervisions", "unit_code", schema="portal")
    for name in LISTS:
        op.drop_index(f"ix_cases_{name}", table_name="cases", schema="portal")
        op.drop_column("cases", f"{name}_at", schema="portal")
