"""The HTTP edge that every service's `api` stands on: doors, actors, problems, idempotency."""

from shared.http.door import Door, NodeFacts, Who, door_of
from shared.http.idempotency import IdempotencyKey, Once, idempotency_table
from shared.http.paging import Cursor, Page, cursor_after
from shared.http.problems import FieldProblem, install_problems
from shared.http.text import Code, LongText, ShortText

__all__ = [
    "Code",
    "Cursor",
    "Door",
    "FieldProblem",
    "IdempotencyKey",
    "LongText",
    "NodeFacts",
    "Once",
    "Page",
    "ShortText",
    "Who",
    "cursor_after",
    "door_of",
    "idempotency_table",
    "install_problems",
]
