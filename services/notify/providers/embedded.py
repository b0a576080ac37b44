"""The provider of a demonstration: messages arrive on a pretend telephone in the database."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from services.notify.providers.base import Outgoing, Receipt
from services.notify.tables import handset

OpenTransaction = Callable[[], AbstractContextManager[Connection]]


class Embedded:
    """Writes messages, sealed, where the viewer page shows them; a known id changes nothing."""

    name = "embedded"

    def __init__(self, open_transaction: OpenTransaction) -> None:
        self._open = open_transaction

    def send(self, message: Outgoing) -> Receipt:
        """Let the message arrive."""
        row = {"message_id": message.id, "body": message.body.model_dump(mode="json")}
        with self._open() as db:
            db.execute(insert(handset).values(row).on_conflict_do_nothing())
        return Receipt(reference=str(message.id))
