"""Where Alembic starts: on the connection and the schema that `backstop.migrate` gives."""

from alembic import context

settings = context.config.attributes
schema = settings["schema"]


def _own(name: str | None, kind: str, _parents: object) -> bool:
    return name == schema if kind == "schema" else True


def _declared(thing: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    # Partitions are made by the month, and no model names them.
    table = thing if kind == "table" else getattr(thing, "table", None)
    parent = str(getattr(table, "name", name)).rpartition("_")
    return not (reflected and parent[0] == "journal" and parent[2].isdigit())


context.configure(
    connection=settings["connection"],
    target_metadata=settings["target_metadata"],
    version_table=settings["table"],
    version_table_schema=schema,
    include_schemas=True,
    include_name=_own,
    include_object=_declared,
    compare_server_default=True,
    transaction_per_migration=True,
    on_version_apply=settings["applied"],
)
with context.begin_transaction():
    context.run_migrations()
