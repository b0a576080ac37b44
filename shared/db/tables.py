"""How tables are declared: a schema per service, named constraints, rights as data."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BindParameter, MetaData, Table, Text, literal

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
ALL_RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")


def new_metadata(schema: str) -> MetaData:
    """Return the catalogue of one service's tables, every constraint named."""
    return MetaData(schema=schema, naming_convention=NAMES)


def written_out(value: str) -> BindParameter[str]:
    """Return a text that stands in the statement itself, not among its parameters.

    A prepared plan serves any parameter: it cannot use a partial index for a value it does not
    know, and it takes a rare value for a common one. So this is for words of ours of which there
    are few: states, lamps, codes; never for what people typed.
    """
    return literal(value, Text, literal_execute=True)


def insert_only(service: str) -> dict[str, Any]:
    """Return the `info` of a table whose rows its own service may add and read, nothing else."""
    return {"grants": {service: ("SELECT", "INSERT")}}


def grants_of(table: Table) -> Mapping[str, tuple[str, ...]]:
    """Return which service may do what with a table; all of it by its owner unless it says so."""
    declared: Mapping[str, tuple[str, ...]] | None = table.info.get("grants")
    if declared is not None:
        return declared
    return {str(table.schema): ALL_RIGHTS}
