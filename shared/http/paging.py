"""Pages by cursor: where the last one ended, never how many there are."""

import base64
import binascii
import json
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

from shared.errors import Refused

MOST_PER_PAGE = 100

T = TypeVar("T")

Cursor = Annotated[str | None, Query(max_length=400, description="`next` of the page before")]
"""The query parameter that says where a page begins."""


class Page(BaseModel, Generic[T]):
    """One page of a list; `next` is the cursor of the following page, null on the last."""

    items: list[T]
    next: str | None = None


def cursor_for(*key: Any) -> str:
    """Pack the sort key of the last row into an opaque cursor."""
    packed = json.dumps(key, default=str, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def cursor_after(cursor: str | None, fields: int) -> tuple[str, ...] | None:
    """Unpack a cursor of so many fields; raise Refused (`bad_cursor`) on a foreign one."""
    if cursor is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise Refused("bad_cursor", field="cursor") from error
    if not isinstance(key, list) or len(key) != fields:
        raise Refused("bad_cursor", field="cursor")
    return tuple(str(part) for part in key)
