"""authority and simulations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012_pre"
down_revision = "0011_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "authority",
        sa.Column("item_code", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "item_code", "tier", "region", "valid_from", name=op.f("pk_authority")
        ),
        schema="dispatch",
    )
    op.create_table(
        "reference_items",
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("authority", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("own_code", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("node", "code", name=op.f("pk_reference_items")),
        schema="dispatch",
    )
    op.create_index(
        op.f("ix_reference_items_own_code"),
        "reference_items",
        ["own_code"],
        unique=False,
        schema="dispatch",
    )
    op.create_table(
        "simulations",
        sa.Column("simulation_id", sa.Uuid(), nullable=False),
        sa.Column("catalogue_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("after_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("after_id", sa.Uuid(), nullable=True),
        sa.Column("tally", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["catalogue_id"],
            ["dispatch.catalogues.catalogue_id"],
            name=op.f("fk_simulations_catalogue_id"),
        ),
        sa.PrimaryKeyConstraint("simulation_id", name=op.f("pk_simulations")),
        schema="dispatch",
    )
    op.create_index(
        op.f("ix_simulations_catalogue_id"),
        "simulations",
        ["catalogue_id"],
        unique=False,
        schema="dispatch",
    )
    op.create_index(
        "ix_simulations_running",
        "simulations",
        ["asked_at"],
        unique=False,
        schema="dispatch",
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index(
        "ix_cases_accepted_at",
        "cases",
        ["accepted_at", "case_id"],
        unique=False,
        schema="dispatch",
    )


def downgrade() -> None:
    op.drop_index("ix_cases_accepted_at", table_name="cases", schema="dispatch")
    op.drop_index(
        "ix_simulations_running",
        table_name="simulations",
        schema="dispatch",
        postgresql_where=sa.text("state = 'running'"),
    )
    op.drop_index(op.f("ix_simulations_catalogue_id"), table_name="simulations", schema="dispatch")
    op.drop_table("simulations", schema="dispatch")
    op.drop_table("reference_items", schema="dispatch")
    op.drop_table("authority", schema="dispatch")
