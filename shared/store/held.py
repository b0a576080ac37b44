"""A store in memory, for tests and for processes that keep no bytes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from shared.security.sealing import sm3
from shared.store import Lost, checked, mark_of


@dataclass(frozen=True, slots=True)
class HeldStore:
    """Address → bytes."""

    held: dict[str, bytes] = field(default_factory=dict, repr=False)

    def put(self, pieces: Iterable[bytes]) -> str:
        """Keep these pieces as one."""
        data = b"".join(pieces)
        address = sm3(data)
        self.held[address] = data
        return address

    def read(self, address: str, piece: int) -> Iterator[bytes]:
        """Yield pieces of so many bytes."""
        data = self.held.get(checked(address))
        if data is None:
            raise Lost(address)
        for start in range(0, len(data), piece):
            yield data[start : start + piece]

    def drop(self, address: str) -> None:
        """Keep it no longer."""
        self.held.pop(checked(address), None)

    def shelf(self, number: int) -> Iterator[str]:
        """Yield the addresses on a shelf."""
        yield from [each for each in self.held if each.startswith(mark_of(number))]

    def tidy(self, before: datetime) -> None:
        """Do nothing: what is here is finished."""
