"""Which columns a card shows: those of its fields."""

from dataclasses import fields
from typing import Any

from sqlalchemy import Column, Table


def columns_of(card: type[Any], table: Table) -> list[Column[Any]]:
    """Return the columns that a card shows, in its order."""
    return [table.c[shown.name] for shown in fields(card) if not shown.metadata.get("beside")]
