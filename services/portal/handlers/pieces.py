"""Files of exports in pieces: written as they grow, read one after the other, each sealed."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from uuid import UUID

from sqlalchemy import Connection

from services.portal import repository
from services.portal.tables import piece_label
from shared.security.sealing import NodeKeys

PIECE_BYTES = 256 * 1024
"""So much of a file is held in memory, when it is made and when it is fetched."""

Opening = Callable[[], AbstractContextManager[Connection]]


class Sink:
    """What a file is written into, from its beginning to its end: bytes come out in pieces."""

    def __init__(self, keep: Callable[[int, bytes], None], size: int = PIECE_BYTES) -> None:
        self._keep, self._size = keep, size
        self._pending = bytearray()
        self.pieces = 0

    def write(self, data: bytes) -> int:
        """Take what follows; give every whole piece away."""
        self._pending += data
        while len(self._pending) >= self._size:
            self._give(bytes(self._pending[: self._size]))
            del self._pending[: self._size]
        return len(data)

    def flush(self) -> None:
        """Do nothing: a piece is given away when it is whole, or the last."""

    def end(self) -> None:
        """Give away what is left."""
        if self._pending:
            self._give(bytes(self._pending))
            self._pending.clear()

    def _give(self, piece: bytes) -> None:
        self._keep(self.pieces, piece)
        self.pieces += 1


def keeping(opening: Opening, keys: NodeKeys, export_id: UUID) -> Callable[[int, bytes], None]:
    """Return what keeps a piece of the file of an export, each in a transaction of its own."""

    def keep(serial: int, piece: bytes) -> None:
        sealed = keys.seal_bytes(piece, piece_label(export_id, serial))
        with opening() as db:
            repository.add_piece(db, export_id, serial, len(piece), sealed)

    return keep


def pieces_of(opening: Opening, keys: NodeKeys, export_id: UUID, count: int) -> Iterator[bytes]:
    """Yield the pieces of a file; a LookupError where one has been thrown away meanwhile."""
    for serial in range(count):
        with opening() as db:
            sealed = repository.piece_of(db, export_id, serial)
        if sealed is None:
            raise LookupError(f"piece {serial} of export {export_id} is gone")
        yield keys.open_bytes(sealed, piece_label(export_id, serial))
