"""A store whose bytes and failures are counted."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from shared.metrics import STORE_BYTES, STORE_FAILURES
from shared.store import Lost, Store, StoreAway

WAYS = ("put", "read")
DOINGS = ("put", "read", "drop", "look", "lost")


class MeasuredStore:
    """Counts for one node what goes through another store."""

    def __init__(self, inner: Store, node: str) -> None:
        self._inner = inner
        self._node = node
        for way in WAYS:  # seen at 0 before the first: a rate needs a beginning
            STORE_BYTES.labels(node=node, way=way)
        for doing in DOINGS:
            STORE_FAILURES.labels(node=node, doing=doing)

    def put(self, pieces: Iterable[bytes]) -> str:
        """Keep these pieces as one."""
        with self._counted("put"):
            return self._inner.put(self._told("put", pieces))

    def read(self, address: str, piece: int) -> Iterator[bytes]:
        """Yield pieces of so many bytes."""
        with self._counted("read"):
            yield from self._told("read", self._inner.read(address, piece))

    def drop(self, address: str) -> None:
        """Keep it no longer."""
        with self._counted("drop"):
            self._inner.drop(address)

    def shelf(self, number: int) -> Iterator[str]:
        """Yield the addresses on a shelf."""
        with self._counted("look"):
            yield from self._inner.shelf(number)

    def tidy(self, before: datetime) -> None:
        """Throw away what nobody has gone on writing since then."""
        with self._counted("drop"):
            self._inner.tidy(before)

    def _told(self, way: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            STORE_BYTES.labels(node=self._node, way=way).inc(len(piece))
            yield piece

    @contextmanager
    def _counted(self, doing: str) -> Iterator[None]:
        try:
            yield
        except (Lost, StoreAway) as error:
            what = "lost" if isinstance(error, Lost) else doing
            STORE_FAILURES.labels(node=self._node, doing=what).inc()
            raise
