"""Where Alembic starts: on the connection and the schema that `backstop.migrate` gives."""

from alembic import context

settings = context.config.attributes
schema = settings["schema"]


def _own(name: str | None, kind: str, _parents: object) -> bool:
    return name == schema if kind == "schema" else True


context.configure(
    connection=settings["connection"],
    target_metadata=settings["target_metadata"],
    version_table=settings["table"],
    version_table_schema=schema,
    include_schemas=True,
    include_name=_own,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
