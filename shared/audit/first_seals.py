"""The migration that gave the audits their seals, once for seven schemas: it stays as it is."""

import sqlalchemy as sa
from alembic import op

QUEUEING = """
CREATE FUNCTION {schema}.audit_awaits_seal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS
$$ BEGIN INSERT INTO {schema}.audit_unsealed (audit_id) VALUES (NEW.id); RETURN NULL; END $$
"""
QUEUED = """
CREATE TRIGGER audit_awaits_seal AFTER INSERT ON {schema}.audit
FOR EACH ROW EXECUTE FUNCTION {schema}.audit_awaits_seal()
"""
INDEXES = {
    "ix_audit_action_at": ["action", "at"],
    "ix_audit_at": ["at"],
    "ix_audit_object_id_at": ["object_id", "at"],
}
OBJECTS = "ix_audit_object_kind_object_id"


def upgrade(schema: str) -> None:
    """Add the seals; what was written before them waits to be sealed."""
    _make_tables(schema)
    op.add_column("audit", sa.Column("reason", sa.Text()), schema=schema)
    op.add_column("audit", sa.Column("repeats", sa.Integer()), schema=schema)
    for name, columns in INDEXES.items():
        op.create_index(name, "audit", columns, schema=schema)
    op.drop_index(OBJECTS, table_name="audit", schema=schema)
    not_done = sa.text("outcome <> 'done'")
    op.create_index("ix_audit_not_done", "audit", ["at"], schema=schema, postgresql_where=not_done)
    # The trigger's lock keeps writers away until the commit: no row slips between the two.
    op.execute(QUEUEING.format(schema=schema))
    op.execute(QUEUED.format(schema=schema))
    waiting = f"INSERT INTO {schema}.audit_unsealed SELECT id FROM {schema}.audit"  # noqa: S608
    op.execute(waiting)


def _make_tables(schema: str) -> None:
    op.create_table(
        "audit_seal",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("audit_id", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column(
            "sealed_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_seal"),
        sa.UniqueConstraint("audit_id", name="uq_audit_seal_audit_id"),
        schema=schema,
    )
    op.create_table(
        "audit_unsealed",
        sa.Column("audit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name="pk_audit_unsealed"),
        schema=schema,
    )


def downgrade(schema: str) -> None:
    """Take the seals away again."""
    op.execute(f"DROP TRIGGER audit_awaits_seal ON {schema}.audit")
    op.execute(f"DROP FUNCTION {schema}.audit_awaits_seal()")
    for name in ("ix_audit_not_done", *INDEXES):
        op.drop_index(name, table_name="audit", schema=schema)
    op.create_index(OBJECTS, "audit", ["object_kind", "object_id"], schema=schema)
    op.drop_column("audit", "repeats", schema=schema)
    op.drop_column("audit", "reason", schema=schema)
    op.drop_table("audit_unsealed", schema=schema)
    op.drop_table("audit_seal", schema=schema)
