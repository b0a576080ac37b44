"""What intake says of the files of a case: had, given to neighbours, shown to single units."""

from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.events.base import CaseEvent
from shared.events.words import By


class FileAdded(CaseEvent):
    """A photograph or document was added to a case; what it is called stays sealed where it is."""

    name: ClassVar[str] = "intake.file_added.v1"

    file_id: UUID
    kind: str
    """The ending of its name, told from its bytes."""
    bytes: int
    by_staff: bool


class ReleaseTold(BaseModel):
    """To which unit a single file of a person whose name is withheld was released (ADR 56)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    release_id: UUID
    unit_node: str
    unit_code: str
    unit_name: str


class FileOffered(CaseEvent):
    """A neighbour that shares the case may ask for a file of it, which lies here whole."""

    name: ClassVar[str] = "intake.file_offered.v1"
    in_journal: ClassVar[bool] = False
    for_one: ClassVar[bool] = True

    to_node: str
    file_id: UUID
    kind: str
    bytes: int
    pieces: int
    """So many beside piece 0, which says what it is called and its digest."""
    from_node: str
    """Where it was added."""
    added_at: AwareDatetime
    by_staff: bool
    release: ReleaseTold | None = None
    """Of a case whose name is withheld: it is for this unit, and for no other."""


class FileAsked(CaseEvent):
    """A node lacks these pieces of a file that it was offered."""

    name: ClassVar[str] = "intake.file_asked.v1"
    in_journal: ClassVar[bool] = False
    for_one: ClassVar[bool] = True

    to_node: str
    file_id: UUID
    pieces: tuple[int, ...]


@unique
class FileFault(StrEnum):
    """Why a file of another node is not kept."""

    TOO_LARGE = "too_large"
    FULL = "full"
    """The case has as many files here as it may have."""
    KIND = "kind"
    """Its bytes are not of the kind that was told, or of none that is taken."""
    ACTIVE = "active"
    """It holds what runs, hides or leads elsewhere."""
    PICTURE = "picture"
    """A picture that does not open, or with more in it than its pixels."""
    BROKEN = "broken"
    """Again and again it was not what its digest says."""


class FileSettled(CaseEvent):
    """A file that a neighbour gave arrived whole, which its digest says; or it is not kept."""

    name: ClassVar[str] = "intake.file_settled.v1"
    in_journal: ClassVar[bool] = False
    for_one: ClassVar[bool] = True

    to_node: str
    file_id: UUID
    fault: FileFault | None = None


class FileReleased(CaseEvent):
    """Somebody looked at a file of a person whose name is withheld, and lets one unit see it."""

    name: ClassVar[str] = "intake.file_released.v1"

    release_id: UUID
    file_id: UUID
    kind: str
    redacted: bool
    """The unit sees a copy in which something was made unreadable."""
    unit_node: str
    unit_code: str
    unit_name: str
    because_masked: str
    by: By


class FileReleaseEnded(CaseEvent):
    """A file was shown to a unit, and is no longer."""

    name: ClassVar[str] = "intake.file_release_ended.v1"

    release_id: UUID
    file_id: UUID
    unit_code: str
    unit_name: str
    because_masked: str
    by: By


class FileRecalled(CaseEvent):
    """A file that a neighbour was given for one of its units is not to lie there any more."""

    name: ClassVar[str] = "intake.file_recalled.v1"
    in_journal: ClassVar[bool] = False
    for_one: ClassVar[bool] = True

    to_node: str
    file_id: UUID
    release_id: UUID
