"""parts of orders."""

import sqlalchemy as sa
from alembic import op

revision = "0019_pre"
down_revision = "0018_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "parts",
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("task_masked", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sign_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("urged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("urges", sa.Integer(), server_default="0", nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decline_ground", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answer_masked", sa.Text(), nullable=True),
        sa.Column("dissent_reason", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_why", sa.Text(), nullable=True),
        sa.Column("end_note_masked", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["dispatch.cases.case_id"], name=op.f("fk_parts_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["dispatch.orders.order_id"], name=op.f("fk_parts_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["dispatch.units.code"], name=op.f("fk_parts_unit_code")
        ),
        sa.PrimaryKeyConstraint("part_id", name=op.f("pk_parts")),
        schema="dispatch",
    )
    op.create_index(op.f("ix_parts_case_id"), "parts", ["case_id"], schema="dispatch")
    op.create_index(op.f("ix_parts_order_id"), "parts", ["order_id"], schema="dispatch")
    op.create_index("ix_parts_unit", "parts", ["unit_code", "part_id"], schema="dispatch")
    op.create_index(
        "uq_parts_unsettled",
        "parts",
        ["order_id", "unit_code", "kind"],
        unique=True,
        schema="dispatch",
        postgresql_where=sa.text("state IN ('open', 'dissenting')"),
    )
    op.add_column("work_log", sa.Column("part_id", sa.Uuid(), nullable=True), schema="dispatch")
    op.create_foreign_key(
        op.f("fk_work_log_part_id"),
        "work_log",
        "parts",
        ["part_id"],
        ["part_id"],
        source_schema="dispatch",
        referent_schema="dispatch",
    )
    op.create_index(op.f("ix_work_log_part_id"), "work_log", ["part_id"], schema="dispatch")
    for name in ("override_reason", "override_masked"):
        op.add_column("orders", sa.Column(name, sa.Text(), nullable=True), schema="dispatch")


def downgrade() -> None:
    for name in ("override_masked", "override_reason"):
        op.drop_column("orders", name, schema="dispatch")
    op.drop_index(op.f("ix_work_log_part_id"), table_name="work_log", schema="dispatch")
    op.drop_constraint(
        op.f("fk_work_log_part_id"), "work_log", schema="dispatch", type_="foreignkey"
    )
    op.drop_column("work_log", "part_id", schema="dispatch")
    op.drop_table("parts", schema="dispatch")
