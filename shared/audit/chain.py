"""How rows are chained: each head is the SM3 of the head before it and of the row.

A row is written as JSON with its keys in order and without what is empty, so that a column added
later changes no older row. `printf '%s%s' "$head" "$row" | openssl sm3` makes the same.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from shared.security.sealing import sm3

_ENCODE = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), check_circular=False
).encode


def first_head(node: str, schema: str) -> str:
    """Return what stands before the first row of a chain, so that no chain passes for another."""
    return sm3(f"backstop audit {node}/{schema}".encode())


def canonical(row: Mapping[str, Any]) -> str:
    """Return a row as it is hashed and exported."""
    return _ENCODE({key: _plain(value) for key, value in row.items() if value is not None})


def next_head(head: str, row: str) -> str:
    """Return the head after a canonical row."""
    return sm3((head + row).encode())


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
