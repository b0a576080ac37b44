"""single files of persons whose names are withheld, shown to units."""

import sqlalchemy as sa
from alembic import op

revision = "0030_pre"
down_revision = "0029_pre"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("attachments", sa.Column("replaces", sa.Uuid()), schema="intake")
    op.create_table(
        "file_releases",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("shown_id", sa.Uuid(), nullable=False),
        sa.Column("unit_node", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("unit_name", sa.Text(), nullable=False),
        sa.Column("released_at", INSTANT, nullable=False),
        sa.Column("released_by", sa.Text(), nullable=False),
        sa.Column("because_masked", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_because_masked", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["intake.cases.case_id"], name=op.f("fk_file_releases_case_id")
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_file_releases")),
        schema="intake",
    )
    for name in ("case_id", "shown_id"):
        op.create_index(op.f(f"ix_file_releases_{name}"), "file_releases", [name], schema="intake")


def downgrade() -> None:
    op.drop_table("file_releases", schema="intake")
    op.drop_column("attachments", "replaces", schema="intake")
