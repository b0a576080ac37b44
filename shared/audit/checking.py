"""Is a chain what it says? Told of rows and seals in the order of the seals, wherever they lie.

Pure: the rows come from a database or from an export, and what is compared with them are heads
that somebody kept elsewhere.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique

from shared.audit.chain import next_head


@unique
class Fault(StrEnum):
    """What is wrong with a chain."""

    REMOVED = "removed"
    """A row that was sealed is gone."""
    CHANGED = "changed"
    """A row, or its seal, is not what was sealed."""
    REORDERED = "reordered"
    """It was sealed before one that stands before it."""
    SEAL_REMOVED = "seal_removed"
    """A seal is gone."""
    UNSEALED = "unsealed"
    """A row that is not sealed and does not wait to be: it was put there, or its seal is gone."""
    LATE = "late"
    """A row waits for its seal for longer than it may: nobody seals."""
    CONTRADICTED = "contradicted"
    """The chain is whole, but an anchor kept elsewhere holds another head: it was made anew."""
    SHORTENED = "shortened"
    """An anchor kept elsewhere holds a seal that lies beyond the end: rows and seals are gone."""


@dataclass(frozen=True, slots=True)
class Link:
    """A seal, and the row that it seals in canonical form; None where that is gone."""

    seq: int
    audit_id: int
    head: str
    row: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that is wrong with a chain."""

    fault: Fault
    schema: str
    seq: int | None = None
    audit_id: int | None = None
    told: str = ""
    """The anchor that tells, or how long a row waits."""

    def __str__(self) -> str:
        """Return it for the operator's terminal, and for the audit."""
        numbers = {"seal": self.seq, "row": self.audit_id}
        places = [f"{name} {number}" for name, number in numbers.items() if number is not None]
        return " ".join(filter(None, (f"{self.schema}: {self.fault}", *places, self.told)))


@dataclass(slots=True)
class Walk:
    """How far a chain has been gone through: from where, up to where, and what was wrong first."""

    schema: str
    seq: int
    """The last seal that was good."""
    head: str
    anchored: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """Number of a seal → heads it has by anchors → which anchor says so."""
    finding: Finding | None = None
    rows: int = 0
    met: int = 0
    """How many anchors agreed."""

    def go(self, links: Iterable[Link]) -> bool:
        """Follow a chain; False at the first link that is wrong, after which nothing counts."""
        for link, following in _with_next(links):
            if self.finding is None:
                self._step(link, following)
            if self.finding is not None:
                return False
        return True

    def begin(self) -> None:
        """Say what is wrong if an anchor has another head where the chain is taken up."""
        self._anchor(self.seq, self.head, None)

    def end(self) -> None:
        """Say what is wrong if the chain ends before an anchor does."""
        beyond = min((seq for seq in self.anchored if seq > self.seq), default=None)
        if self.finding is None and beyond is not None:
            told = ", ".join(self.anchored[beyond].values())
            self._find(Fault.SHORTENED, beyond, None, told)

    def miss(self, seq: int) -> None:
        """Say that the seal of this number should be there and is not."""
        self._find(Fault.SEAL_REMOVED, seq, None)

    def _step(self, link: Link, following: Link | None) -> None:
        if link.seq != self.seq + 1:
            self._find(Fault.SEAL_REMOVED, self.seq + 1, None)
        elif link.row is None:
            self._find(Fault.REMOVED, link.seq, link.audit_id)
        elif next_head(self.head, link.row) != link.head:
            self._find(self._change(link, following), link.seq, link.audit_id)
        else:
            self._anchor(link.seq, link.head, link.audit_id)
            self.seq, self.head = link.seq, link.head
            self.rows += 1

    def _change(self, link: Link, following: Link | None) -> Fault:
        if following is None or following.row is None:
            return Fault.CHANGED
        is_next = next_head(self.head, following.row) == link.head
        return Fault.REORDERED if is_next else Fault.CHANGED

    def _anchor(self, seq: int, head: str, audit_id: int | None) -> None:
        for kept, anchor in self.anchored.get(seq, {}).items():
            if kept != head:
                self._find(Fault.CONTRADICTED, seq, audit_id, anchor)
                return
            self.met += 1

    def _find(self, fault: Fault, seq: int | None, audit_id: int | None, told: str = "") -> None:
        self.finding = Finding(fault, self.schema, seq, audit_id, told)


def _with_next(links: Iterable[Link]) -> Iterator[tuple[Link, Link | None]]:
    before: Link | None = None
    for link in links:
        if before is not None:
            yield before, link
        before = link
    if before is not None:
        yield before, None
