"""The provider of a demonstration: messages arrive on a pretend telephone in the database."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from services.notify.providers.base import Answer, Outgoing, Receipt
from services.notify.tables import handset
from shared.db.bulk import insert_new

OpenTransaction = Callable[[], AbstractContextManager[Connection]]


class Embedded:
    """Writes messages, sealed, where the viewer page shows them; a known id changes nothing."""

    name = "embedded"

    def __init__(self, open_transaction: OpenTransaction) -> None:
        self._open = open_transaction

    def send(self, messages: Sequence[Outgoing]) -> Iterable[tuple[Outgoing, Answer]]:
        """Let the messages arrive, all together."""
        rows = [{"message_id": one.id, "body": one.body} for one in messages if one.body]
        if rows:
            with self._open() as db:
                insert_new(db, handset, rows, "message_id")
        return [(message, Receipt(reference=str(message.id))) for message in messages]
