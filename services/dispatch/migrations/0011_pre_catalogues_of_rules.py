"""catalogues of rules."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011_pre"
down_revision = "0009_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalogues",
        sa.Column("catalogue_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("based_on", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edition", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_by", sa.Text(), nullable=True),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_by", sa.Text(), nullable=True),
        sa.Column("second_name", sa.Text(), nullable=True),
        sa.Column("second_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("live_from", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("catalogue_id", name=op.f("pk_catalogues")),
        sa.UniqueConstraint("number", name=op.f("uq_catalogues_number")),
        schema="dispatch",
    )
    op.create_index(
        "ix_catalogues_live_from", "catalogues", ["live_from"], unique=False, schema="dispatch"
    )
    op.create_index(
        "uq_catalogues_draft",
        "catalogues",
        ["state"],
        unique=True,
        schema="dispatch",
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        "catalogue_rules",
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("catalogue_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("conditions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("co_units", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("urgency", sa.Text(), nullable=True),
        sa.Column("complexity", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["catalogue_id"],
            ["dispatch.catalogues.catalogue_id"],
            name=op.f("fk_catalogue_rules_catalogue_id"),
        ),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_catalogue_rules")),
        sa.UniqueConstraint(
            "catalogue_id", "code", name=op.f("uq_catalogue_rules_catalogue_id_code")
        ),
        schema="dispatch",
    )
    op.create_index(
        op.f("ix_catalogue_rules_catalogue_id"),
        "catalogue_rules",
        ["catalogue_id"],
        unique=False,
        schema="dispatch",
    )
    op.create_table(
        "catalogue_tests",
        sa.Column("test_id", sa.Uuid(), nullable=False),
        sa.Column("catalogue_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("matter", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["catalogue_id"],
            ["dispatch.catalogues.catalogue_id"],
            name=op.f("fk_catalogue_tests_catalogue_id"),
        ),
        sa.PrimaryKeyConstraint("test_id", name=op.f("pk_catalogue_tests")),
        schema="dispatch",
    )
    op.create_index(
        op.f("ix_catalogue_tests_catalogue_id"),
        "catalogue_tests",
        ["catalogue_id"],
        unique=False,
        schema="dispatch",
    )
    op.create_table(
        "order_rules",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("catalogue", sa.Integer(), nullable=False),
        sa.Column("rule_code", sa.Text(), nullable=False),
        sa.Column("rule_title", sa.Text(), nullable=False),
        sa.Column("met", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("co_units", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=True),
        sa.Column("complexity", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["dispatch.orders.order_id"], name=op.f("fk_order_rules_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_rules")),
        schema="dispatch",
    )
    op.add_column("cases", sa.Column("channel", sa.Text(), nullable=True), schema="dispatch")
    op.add_column("cases", sa.Column("party", sa.Text(), nullable=True), schema="dispatch")


def downgrade() -> None:
    op.drop_column("cases", "party", schema="dispatch")
    op.drop_column("cases", "channel", schema="dispatch")
    op.drop_table("order_rules", schema="dispatch")
    op.drop_index(
        op.f("ix_catalogue_tests_catalogue_id"), table_name="catalogue_tests", schema="dispatch"
    )
    op.drop_table("catalogue_tests", schema="dispatch")
    op.drop_index(
        op.f("ix_catalogue_rules_catalogue_id"), table_name="catalogue_rules", schema="dispatch"
    )
    op.drop_table("catalogue_rules", schema="dispatch")
    op.drop_index(
        "uq_catalogues_draft",
        table_name="catalogues",
        schema="dispatch",
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.drop_index("ix_catalogues_live_from", table_name="catalogues", schema="dispatch")
    op.drop_table("catalogues", schema="dispatch")
