"""The catalogue: units, the items they own, the places they take."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.dispatch.tables.base import metadata

units = Table(
    "units",
    metadata,
    Column("code", Text, primary_key=True),
    Column("unit_id", Uuid, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("parent", Text, ForeignKey("dispatch.units.code")),
    Column("phone", Text),
    Column("active", Boolean, nullable=False),
    Column("kind", Text, nullable=False, server_default="ordinary"),
    Column("supervised_by", Text),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("successors", ARRAY(Text), nullable=False, server_default="{}"),
)
"""`active` is what was entered; in use is a unit that is active on a day within its validity.
`valid_until` is its last day, `successors` take over from the next one."""

items = Table(
    "items",
    metadata,
    Column("code", Text, primary_key=True),
    Column("item_id", Uuid, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("unit_code", Text, ForeignKey(units.c.code)),
    Column("complexity", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("legal_basis", Text, nullable=False, server_default=""),
    Column("owners", JSONB, nullable=False, server_default="{}"),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("successor", Text),
)
"""`owners` are units by the significant part of a region's code, before `unit_code`, the owner
everywhere else; `complexity` is the class of limits. `valid_until` is the last day, from the next
one on `successor` is meant."""

places = Table(
    "places",
    metadata,
    Column("region", Text, primary_key=True),
    Column("unit_code", Text, ForeignKey(units.c.code), nullable=False),
)
"""Who takes what happened in a region; `region` is the significant part of its code."""
