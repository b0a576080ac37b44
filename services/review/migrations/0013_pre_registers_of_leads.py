"""registers of leads."""

import sqlalchemy as sa
from alembic import op

revision = "0013_pre"
down_revision = "0009_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "units",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_units")),
        schema="review",
    )
    op.create_table("leads", *_columns_of_leads(), schema="review")
    op.create_index("ix_leads_listed", "leads", ["year", "lead_id"], schema="review")
    op.create_index(
        "ix_leads_unit",
        "leads",
        ["unit_code"],
        schema="review",
        postgresql_where=sa.text("state = 'routed'"),
    )
    _cases_and_steps()


def _columns_of_leads() -> list[sa.Column[object] | sa.Constraint]:
    return [
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title_masked", sa.Text(), nullable=False),
        sa.Column("text_masked", sa.Text(), nullable=False),
        sa.Column("item_name", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=True),
        sa.Column("raised", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answer_masked", sa.Text(), nullable=True),
        sa.Column("answer_document", sa.Text(), nullable=True),
        sa.Column("in_force_from", sa.Date(), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_node", sa.Text(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cases_told", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_leads")),
        sa.UniqueConstraint("origin", "year", "serial", name=op.f("uq_leads_origin_year_serial")),
    ]


def _cases_and_steps() -> None:
    op.create_table(
        "lead_cases",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("is_source", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["review.leads.lead_id"], name=op.f("fk_lead_cases_lead_id_leads")
        ),
        sa.PrimaryKeyConstraint("lead_id", "case_id", name=op.f("pk_lead_cases")),
        schema="review",
    )
    op.create_index(op.f("ix_lead_cases_case_id"), "lead_cases", ["case_id"], schema="review")
    op.create_table(
        "lead_steps",
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("whom", sa.Text(), nullable=True),
        sa.Column("words_masked", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["review.leads.lead_id"], name=op.f("fk_lead_steps_lead_id_leads")
        ),
        sa.PrimaryKeyConstraint("step_id", name=op.f("pk_lead_steps")),
        schema="review",
    )
    op.create_index(op.f("ix_lead_steps_lead_id"), "lead_steps", ["lead_id"], schema="review")


def downgrade() -> None:
    for table in ("lead_steps", "lead_cases", "leads", "units"):
        op.drop_table(table, schema="review")
