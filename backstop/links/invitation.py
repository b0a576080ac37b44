"""The file that a parent gives a child: sealed under a code that is spoken, for it holds a key.

Whoever has the file and the code may ask to be let in until the invitation ends, and may do
nothing else; whether they are let in is decided by the fingerprint that they read out.
"""

import json
import secrets
from base64 import b64decode, b64encode
from datetime import datetime
from typing import Self

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from backstop.links.books import Address
from shared.security.identifiers import plain
from shared.security.letters import Card
from shared.security.sealing import KEY_BYTES, SealBroken, decrypt, encrypt

FORM = "backstop-invitation-1"
SALT_BYTES = 16
# 2^15 x 8 x 128 bytes = 32 MB and a tenth of a second for each guess at 45 bits.
SCRYPT_WORK, SCRYPT_BLOCK, SCRYPT_LANES = 2**15, 8, 1


class NoInvitation(Exception):
    """The file is no invitation, or not one that this code opens."""


class Cover(BaseModel):
    """What can be read without the code: for whom it is, from whom, and until when."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    form: str
    id: str
    parent: str
    parent_name: str
    child: str
    ends_at: AwareDatetime


class Inside(BaseModel):
    """What only the code opens."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    card: str
    """The parent's card, as JSON."""
    address: Address
    authorities: str
    """Certificates that vouch for the parent's broker, PEM."""
    pair: str = Field(repr=False)
    """Key and certificate for the one asking, PEM."""

    @property
    def parent_card(self) -> Card:
        """The card of the parent."""
        return Card.from_json(self.card, "the invitation")


class Sealed(BaseModel):
    """The file."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    cover: Cover
    salt: str
    sealed: str

    @classmethod
    def under(cls, code: str, cover: Cover, inside: Inside) -> Self:
        """Seal an invitation."""
        salt = secrets.token_bytes(SALT_BYTES)
        sealed = encrypt(_key(code, salt), inside.model_dump_json().encode(), _binding(cover))
        return cls(cover=cover, salt=_text(salt), sealed=_text(sealed))

    @classmethod
    def read(cls, blob: bytes) -> Self:
        """Read a file; NoInvitation if it is another thing."""
        try:
            sealed = cls.model_validate_json(blob)
        except ValidationError as error:
            raise NoInvitation("not the file of an invitation") from error
        if sealed.cover.form != FORM:
            raise NoInvitation(f"an invitation of form {sealed.cover.form}, not {FORM}")
        return sealed

    def open(self, code: str) -> Inside:
        """Open it with the spoken code; NoInvitation if it does not fit or a byte was changed."""
        try:
            key = _key(code, b64decode(self.salt, validate=True))
            plain = decrypt(key, b64decode(self.sealed, validate=True), _binding(self.cover))
            return Inside.model_validate_json(plain)
        except (SealBroken, ValueError) as error:
            raise NoInvitation("the code does not open it") from error

    def as_file(self) -> bytes:
        """Return the file."""
        return self.model_dump_json(indent=1).encode() + b"\n"


def cover_of(invited: str, node: Card, child: str, ends_at: datetime) -> Cover:
    """Return the cover of the invitation with this id from the node of a card."""
    who = {"parent": node.code, "parent_name": node.name, "child": child}
    return Cover(form=FORM, id=invited, ends_at=ends_at, **who)


def _key(code: str, salt: bytes) -> bytes:
    stretch = Scrypt(salt, KEY_BYTES, SCRYPT_WORK, SCRYPT_BLOCK, SCRYPT_LANES)
    return stretch.derive(plain(code).encode())


def _binding(cover: Cover) -> bytes:
    return json.dumps(cover.model_dump(mode="json"), sort_keys=True).encode()


def _text(blob: bytes) -> str:
    return b64encode(blob).decode("ascii")
