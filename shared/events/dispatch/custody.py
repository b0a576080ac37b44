"""What two nodes tell each other of the ledger of custody that they share (N4)."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.events.base import Event


class CustodyLine(BaseModel):
    """One case in the ledger of custody that two nodes share, as one of them has it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    case_id: UUID
    number: str = Field(max_length=64)
    epoch: int
    holder: str = Field(max_length=16)
    """The node on whose side of the link the case is; empty for nobody."""
    since: AwareDatetime | None = None
    offered: int = 0
    """The epoch of an offer that nobody has answered."""
    steps: str = Field(max_length=64)
    """A digest of every answered offer between the two."""
    changed_at: AwareDatetime


class CustodyDay(BaseModel):
    """The cases of the shared ledger whose ids were given on one day."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    day: int
    """Days since 1970, as the case id tells it."""
    cases: int
    digest: str


class CustodyTold(Event):
    """What this node's ledger of custody says of the cases shared with a neighbour (N4).

    The whole by one digest, or its days by theirs, or all its lines between two case ids.
    """

    name: ClassVar[str] = "dispatch.custody_told.v1"

    telling_id: UUID
    to_node: str
    number: int
    """Counts what is told to this neighbour."""
    asks: bool = False
    """It wants to be told back."""
    heard_at: AwareDatetime | None = None
    """When the neighbour told the last that was heard of it: what it said before is known."""
    agrees: bool = False
    """The ledger asked about is the same here."""
    digest: str | None = None
    days: tuple[CustodyDay, ...] = ()
    first: UUID | None = None
    last: UUID | None = None
    lines: tuple[CustodyLine, ...] = ()

    @property
    def subject_id(self) -> UUID:
        """What is told."""
        return self.telling_id
