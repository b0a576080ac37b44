"""Personal data as it travels: ciphertext that only the vault of the sealing node can open.

No key and no cryptography is here: every service may read events without being able to read
people.
"""

from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.events.words import Language

SM4_GCM = "SM4-GCM"
WITHHELD = "withheld"
NAME_WITHHELD = "要求保密"
"""Read instead of a name that is to be known to nobody who works on the case."""


class Sealed(BaseModel):
    """One text, encrypted under the data key of its case."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key_id: UUID
    """The row of the data key in the vault of the node that sealed it."""

    field: str = Field(max_length=64)
    """What the text is (`name`, `phone`, …); authenticated, so it cannot be shown as another."""

    data: str
    """Nonce, ciphertext and tag, base64url without padding."""

    algorithm: str = SM4_GCM
    """Open for later ones; a reader refuses what it does not know."""

    @classmethod
    def withheld(cls, field: str) -> Self:
        """Return what stands for a text that is not told to another node: nothing opens it."""
        return cls(key_id=UUID(int=0), field=field, data="", algorithm=WITHHELD)


class SealedName(BaseModel):
    """The name of a person whom a case complains of; its hashes are this node's own."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: Sealed
    name_hash: str | None = None
    """Every hash by which the person is known again, separated by spaces: name, staff number,
    account."""

    @property
    def hashes(self) -> frozenset[str]:
        """The same, each by itself."""
        return frozenset((self.name_hash or "").split())


class PartyKind(StrEnum):
    """Who appeals."""

    PERSON = "person"
    ENTERPRISE = "enterprise"
    COOP = "coop"
    OTHER = "other"


class PartyRole(StrEnum):
    """In which quality a party stands in a case."""

    COMPLAINANT = "complainant"
    AGENT = "agent"


class SealedParty(BaseModel):
    """A person or body of a case: sealed, findable by hash, and as much of it as everyone may see.

    The hashes are keyed with a key of the node that sealed them: meaningless at another node.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    role: PartyRole = PartyRole.COMPLAINANT
    kind: PartyKind = PartyKind.PERSON
    name: Sealed
    name_hash: str | None = None
    phone: Sealed | None = None
    phone_hash: str | None = None
    id_number: Sealed | None = None
    id_hash: str | None = None
    address: Sealed | None = None
    masked_name: str
    masked_phone: str | None = None
    withheld: bool = False
    """The person wants not to be known to who works on the case: what is masked tells nothing."""
    language: Language = Language.ZH
    """Of the messages to them."""
