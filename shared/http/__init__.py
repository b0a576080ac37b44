"""The HTTP edge that every service's `api` stands on: doors, actors, problems, idempotency."""

from shared.http.door import Books, Door, NodeFacts, Who, door_of
from shared.http.idempotency import IdempotencyKey
from shared.http.moments import Day, Moment
from shared.http.paging import Cursor, Page, cursor_after
from shared.http.problems import FieldProblem, install_problems
from shared.http.reading import ApiRoute
from shared.http.text import Code, LongText, ShortText
from shared.idempotency import Once

__all__ = [
    "ApiRoute",
    "Books",
    "Code",
    "Cursor",
    "Day",
    "Door",
    "FieldProblem",
    "IdempotencyKey",
    "LongText",
    "Moment",
    "NodeFacts",
    "Once",
    "Page",
    "ShortText",
    "Who",
    "cursor_after",
    "door_of",
    "install_problems",
]
