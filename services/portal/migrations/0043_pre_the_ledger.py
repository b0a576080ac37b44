"""the ledger: its indexes, views, runs over many cases, files of exports in pieces."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0043_pre"
down_revision = "0042_pre"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
INDEXES = (
    ("registered_of_item", "item_code", "is_ours"),
    ("registered_in_region", "region", "is_ours"),
    ("registered_by_channel", "channel", "is_ours"),
    ("registered_in_status", "status", "is_ours AND status NOT IN ('closed', 'declined')"),
)


def upgrade() -> None:
    for name, column, where in INDEXES:
        op.create_index(
            f"ix_cases_{name}",
            "cases",
            [column, "registered_at", "case_id"],
            schema="portal",
            postgresql_where=sa.text(where),
        )
    _views()
    _runs()
    op.add_column(
        "exports",
        sa.Column("moved_at", INSTANT, comment="when its making last went on"),
        schema="portal",
    )
    op.alter_column(
        "exports",
        "file",
        comment="of the release before: now it lies in pieces",
        schema="portal",
    )
    op.create_table(
        "export_pieces",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False, comment="bytes before it was sealed"),
        sa.Column("piece", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"],
            ["portal.exports.export_id"],
            name=op.f("fk_export_pieces_export_id_exports"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("export_id", "serial", name=op.f("pk_export_pieces")),
        schema="portal",
    )


def _views() -> None:
    op.create_table(
        "ledger_views",
        sa.Column("view_id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("owner_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shared", sa.Text(), nullable=False, comment="own, unit or node"),
        sa.Column("unit_code", sa.Text(), comment="of the owner when it was shared in the unit"),
        sa.Column(
            "asked",
            sa.Text(),
            nullable=False,
            comment="filters, order and columns as an address",
        ),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("view_id", name=op.f("pk_ledger_views")),
        schema="portal",
    )
    op.create_index(op.f("ix_ledger_views_owner"), "ledger_views", ["owner"], schema="portal")
    op.create_index(
        "ix_ledger_views_shared",
        "ledger_views",
        ["shared", "unit_code"],
        schema="portal",
        postgresql_where=sa.text("shared <> 'own'"),
    )
    op.create_table(
        "ledger_firsts",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("view_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["view_id"],
            ["portal.ledger_views.view_id"],
            name=op.f("fk_ledger_firsts_view_id_ledger_views"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_ledger_firsts")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_ledger_firsts_view_id"), "ledger_firsts", ["view_id"], schema="portal"
    )


def _runs() -> None:
    op.create_table(
        "bulk_runs",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column(
            "told",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="what was chosen for all; words masked",
        ),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_bulk_runs")),
        schema="portal",
    )
    op.create_index(
        op.f("ix_bulk_runs_login_began_at"), "bulk_runs", ["login", "began_at"], schema="portal"
    )
    op.create_index(op.f("ix_bulk_runs_began_at"), "bulk_runs", ["began_at"], schema="portal")
    op.create_table(
        "bulk_lines",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("said", sa.Text(), comment="why it was refused, in a sentence of the house"),
        sa.Column("tried_at", INSTANT),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["portal.bulk_runs.run_id"],
            name=op.f("fk_bulk_lines_run_id_bulk_runs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "serial", name=op.f("pk_bulk_lines")),
        schema="portal",
    )


def downgrade() -> None:
    for table in ("export_pieces", "bulk_lines", "bulk_runs", "ledger_firsts", "ledger_views"):
        op.drop_table(table, schema="portal")
    op.alter_column("exports", "file", comment=None, schema="portal")
    op.drop_column("exports", "moved_at", schema="portal")
    for name, _column, _where in reversed(INDEXES):
        op.drop_index(f"ix_cases_{name}", table_name="cases", schema="portal")
