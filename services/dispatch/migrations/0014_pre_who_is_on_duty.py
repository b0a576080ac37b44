"""who is on duty."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014_pre"
down_revision = "0013_pre"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _people()
    _posts()
    _shifts()
    _absences()
    _gaps()


def _people() -> None:
    op.create_table(
        "duty_people",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("duties", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("phone", sa.LargeBinary()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["dispatch.units.code"], name=op.f("fk_duty_people_unit_code_units")
        ),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_duty_people")),
        schema="dispatch",
    )
    op.create_index(
        op.f("ix_duty_people_unit_code"), "duty_people", ["unit_code"], schema="dispatch"
    )


def _posts() -> None:
    op.create_table(
        "duty_posts",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("weekdays", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("open_on", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("closed_on", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_code"], ["dispatch.units.code"], name=op.f("fk_duty_posts_unit_code_units")
        ),
        sa.PrimaryKeyConstraint("kind", "unit_code", name=op.f("pk_duty_posts")),
        schema="dispatch",
    )


def _shifts() -> None:
    op.create_table(
        "shifts",
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("begins", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("substitutes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["login"], ["dispatch.duty_people.login"], name=op.f("fk_shifts_login_duty_people")
        ),
        sa.ForeignKeyConstraint(
            ["kind", "unit_code"],
            ["dispatch.duty_posts.kind", "dispatch.duty_posts.unit_code"],
            name=op.f("fk_shifts_kind_unit_code_duty_posts"),
        ),
        sa.PrimaryKeyConstraint("shift_id", name=op.f("pk_shifts")),
        schema="dispatch",
    )
    op.create_index("ix_shifts_post", "shifts", ["kind", "unit_code", "begins"], schema="dispatch")
    op.create_index("ix_shifts_ends", "shifts", ["ends"], schema="dispatch")


def _absences() -> None:
    op.create_table(
        "absences",
        sa.Column("absence_id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("begins", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["login"], ["dispatch.duty_people.login"], name=op.f("fk_absences_login_duty_people")
        ),
        sa.PrimaryKeyConstraint("absence_id", name=op.f("pk_absences")),
        schema="dispatch",
    )
    op.create_index(op.f("ix_absences_login"), "absences", ["login"], schema="dispatch")
    op.create_index(op.f("ix_absences_ends"), "absences", ["ends"], schema="dispatch")


def _gaps() -> None:
    op.create_table(
        "duty_gaps",
        sa.Column("gap_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("begins", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("filled", sa.Boolean()),
        sa.PrimaryKeyConstraint("gap_id", name=op.f("pk_duty_gaps")),
        schema="dispatch",
    )
    op.create_index(
        "uq_duty_gaps_open",
        "duty_gaps",
        ["kind", "unit_code", "begins", "ends"],
        unique=True,
        schema="dispatch",
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    for name in ("duty_gaps", "absences", "shifts", "duty_posts", "duty_people"):
        op.drop_table(name, schema="dispatch")
