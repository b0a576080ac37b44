"""When the certificates of a node's links end, for whoever has to be told in time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from backstop.links.books import read_books
from backstop.links.places import Places
from backstop.links.site import pair_in

LATE = 1 / 6
"""So much of a life is left when a renewal, which is due at a third, has plainly not worked."""


@dataclass(frozen=True, slots=True)
class Ending:
    """One certificate and its life."""

    what: str
    begins_at: datetime
    ends_at: datetime

    def left(self, now: datetime) -> float:
        """Return which part of its life is left, from 1 to 0."""
        whole = (self.ends_at - self.begins_at).total_seconds()
        return max(0.0, min(1.0, (self.ends_at - now).total_seconds() / whole))


def endings(places: Places) -> Iterator[Ending]:
    """Yield what a node shows and vouches with, and what the children show that it let in.

    Trouble for files that cannot be read.
    """
    books = read_books(places.books)
    if books.own is not None:
        yield _of("authority", places.authority)
        yield _of("server", places.server)
    if books.parent is not None:
        yield _of("own", places.own)
    for code, child in books.children.items():
        yield Ending(code, child.vouched_at, child.ends_at)


def _of(what: str, file: Path) -> Ending:
    certificate = pair_in(file).certificate
    return Ending(what, certificate.not_valid_before_utc, certificate.not_valid_after_utc)
