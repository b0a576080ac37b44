"""The form of a bundle: its head, its foot, how its blocks are bound, and what may be wrong."""

from enum import StrEnum, unique
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.errors import Permanent

WHAT_IT_IS = b"BACKSTOP BUNDLE "
FORM = 1
LENGTH_BYTES = 4


@unique
class Fault(StrEnum):
    """Why a file is not taken."""

    NOT_ONE = "not_a_bundle"
    FORM = "form"
    """Of a later release."""
    SIZE = "size"
    ADDRESSEE = "addressee"
    STRANGER = "no_neighbour"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    SIGNATURE = "signature"
    SEALED = "sealed"
    """For another key than the one that this node has."""


class BadBundle(Permanent):
    """A file that is not taken: `about` names the node or the number that is meant."""

    def __init__(self, fault: Fault, about: str = "") -> None:
        super().__init__(f"{fault}: {about}")
        self.fault = fault
        self.about = about


class Head(BaseModel):
    """What a bundle says about itself before anything else."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    bundle_id: UUID
    sender: str
    addressee: str
    made_at: AwareDatetime
    part: int = Field(ge=1)
    key: str
    """Under which the blocks are sealed, itself sealed for the addressee."""

    @property
    def label(self) -> str:
        """What binds key and blocks to this bundle and part."""
        return f"bundle {self.bundle_id} {self.part}"


class Foot(BaseModel):
    """What stands at the end of a part."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    digest: str
    messages: int = Field(ge=0)
    is_last: bool
    signature: str = ""

    @property
    def signed(self) -> bytes:
        """Exactly what is signed."""
        return f"backstop bundle {self.digest} {self.messages} {self.is_last}".encode()


def binding_of(head: Head, place: int) -> bytes:
    """Return what a block is bound to: bundle, part and place."""
    return f"{head.label} {place}".encode()
