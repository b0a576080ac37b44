"""which persons are to be called back, and which cases were classified anew."""

import sqlalchemy as sa
from alembic import op

revision = "0038_pre"
down_revision = "0036_pre"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
COLUMNS = (
    ("callback_at", "until when the unit calls the person back"),
    ("centre_callback_at", "until when the centre does"),
    ("reclassified_at", "when the complexity was put right"),
)


def upgrade() -> None:
    for name, comment in COLUMNS:
        column = sa.Column(name, INSTANT, nullable=True, comment=comment)
        op.add_column("cases", column, schema="portal")
    for name, columns in (
        ("callback", ["unit_code", "callback_at", "case_id"]),
        ("centre_callback", ["centre_callback_at", "case_id"]),
    ):
        op.create_index(
            f"ix_cases_{name}",
            "cases",
            columns,
            schema="portal",
            postgresql_where=sa.text(f"{name}_at IS NOT NULL"),
        )


def downgrade() -> None:
    for name in ("centre_callback", "callback"):
        op.drop_index(f"ix_cases_{name}", table_name="cases", schema="portal")
    for name, _comment in reversed(COLUMNS):
        op.drop_column("cases", name, schema="portal")
