"""What intake says of the files of a case: had, offered to a neighbour, asked for, settled."""

from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from shared.events.base import CaseEvent


class FileAdded(CaseEvent):
    """A photograph or document was added to a case; what it is called stays sealed where it is."""

    name: ClassVar[str] = "intake.file_added.v1"

    file_id: UUID
    kind: str
    """The ending of its name, told from its bytes."""
    bytes: int
    by_staff: bool


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
