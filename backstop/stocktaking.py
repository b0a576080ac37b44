"""Does every row of a file have its bytes in the store, and are they what they were?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain
from types import MappingProxyType

from cryptography.hazmat.primitives import hashes
from sqlalchemy import Engine

from services.dispatch.repository.outside import BOOK as OF_PARTIES
from services.intake.repository.stored import BOOK as OF_CASES
from shared.db import transaction
from shared.store import SHELVES, Lost, Store
from shared.store.loose import Book

BOOKS: Mapping[str, Book] = MappingProxyType({"intake": OF_CASES, "dispatch": OF_PARTIES})
"""Service that keeps files → what it writes down of their bytes."""
PIECE_BYTES = 1_048_576
AT_ONCE = 16
"""So many shelves are compared together."""


class State(Enum):
    """How the bytes of a row are."""

    WHOLE = auto()
    MISSING = auto()
    WRONG = auto()


@dataclass(frozen=True, slots=True)
class Stock:
    """How many files rows tell of, the addresses where none or others lie, and how many no row.

    What is loose already, and only waits to be dropped, is not counted.
    """

    told: int
    missing: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    extra: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether every row has its bytes."""
        return not (self.missing or self.wrong)


def take_stock(engine: Engine, stores: Mapping[str, Store]) -> Stock:
    """Compare the rows of a node, which may run, with what lies in its store, byte by byte."""
    shelves = [
        shelf for service, store in stores.items() for shelf in _shelves(engine, service, store)
    ]
    return Stock(
        told=sum(each.told for each in shelves),
        missing=tuple(address for each in shelves for address in each.missing),
        wrong=tuple(address for each in shelves for address in each.wrong),
        extra=sum(each.extra for each in shelves),
    )


def digest_of(pieces: Iterable[bytes]) -> str:
    """Return the address that these bytes have."""
    digest = hashes.Hash(hashes.SM3())
    for piece in pieces:
        digest.update(piece)
    return digest.finalize().hex()


def _shelves(engine: Engine, service: str, store: Store) -> Iterator[Stock]:
    book = BOOKS[service]
    for first in range(0, SHELVES, AT_ONCE):
        last = first + AT_ONCE - 1
        with transaction(engine, service) as db:
            told = book.told_between(db, first, last)
        bad = {each: state for each in told if (state := _state(store, each)) is not State.WHOLE}
        lying = chain.from_iterable(store.shelf(number) for number in range(first, last + 1))
        others = set(lying) - told
        if bad or others:
            with transaction(engine, service) as db:
                # What was erased, or came, while we looked is in order.
                bad = {each: bad[each] for each in book.in_use(db, bad)}
                others -= book.known(db, others)
        yield Stock(len(told), _in(bad, State.MISSING), _in(bad, State.WRONG), len(others))


def _in(bad: Mapping[str, State], state: State) -> tuple[str, ...]:
    return tuple(sorted(each for each, its in bad.items() if its is state))


def _state(store: Store, address: str) -> State:
    try:
        is_whole = digest_of(store.read(address, PIECE_BYTES)) == address
    except Lost:
        return State.MISSING
    return State.WHOLE if is_whole else State.WRONG
