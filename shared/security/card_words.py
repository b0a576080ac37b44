"""What a node says of its own card: that another one follows it, or that those before ended.

A word that another card follows is signed under the card before it, and under the new one, too:
nobody announces keys that they do not have. Nothing else makes a card known without people who
compare its fingerprint, so each card vouches for the next, and none for one that was before.
"""

from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from datetime import datetime
from enum import StrEnum, unique
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared.security.letters import (
    PUBLIC_BYTES,
    Card,
    is_signed_by_newest,
    keys_of,
    sign,
    sign_as_next,
)
from shared.security.sealing import NodeKeys

MOST_KEY = 64
MOST_BODY = 2_048


@unique
class Fault(StrEnum):
    """Why a word about a card is not believed."""

    MALFORMED = "malformed"
    NOT_THEIRS = "not_theirs"
    SIGNATURE = "signature"
    """Not under the card that is known, or without the new keys."""
    SET_BACK = "card_set_back"
    """It would make a card of before the newest one again."""


class NotBelieved(Exception):
    """A word about a card that changes nothing."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class Word(BaseModel):
    """What a node says of its card."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    node: str
    signing: str = Field(max_length=MOST_KEY)
    sealing: str = Field(max_length=MOST_KEY)
    at: AwareDatetime
    ended: bool = False
    """False: these keys follow those that are known. True: what came before them has ended."""

    @classmethod
    def of(cls, card: Card, at: datetime, *, ended: bool = False) -> Self:
        """Return what is said of a card of this node."""
        keys = {"signing": _text(card.signing), "sealing": _text(card.sealing)}
        return cls(node=card.code, **keys, at=at, ended=ended)

    @property
    def keys(self) -> tuple[bytes, bytes]:
        """The public keys that it is about; NotBelieved if they are none."""
        try:
            keys = b64decode(self.signing, validate=True), b64decode(self.sealing, validate=True)
        except (BadBase64, ValueError) as error:
            raise NotBelieved(Fault.MALFORMED) from error
        if {len(key) for key in keys} != {PUBLIC_BYTES}:
            raise NotBelieved(Fault.MALFORMED)
        return keys


class SignedWord(BaseModel):
    """A word as it travels: exactly what was signed, and the signatures."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    body: str = Field(max_length=MOST_BODY)
    signature: str
    proof: str = ""
    """Under the new card, of a word that it follows."""

    @classmethod
    def renewed(cls, keys: NodeKeys, following: Card, at: datetime) -> Self:
        """Say that a card follows the one in use."""
        body = Word.of(following, at).model_dump_json()
        told = body.encode()
        return cls(body=body, signature=sign(keys, told), proof=sign_as_next(keys, told))

    @classmethod
    def ended(cls, keys: NodeKeys, card: Card, at: datetime) -> Self:
        """Say that what came before the card in use has ended."""
        body = Word.of(card, at, ended=True).model_dump_json()
        return cls(body=body, signature=sign(keys, body.encode()))

    @property
    def word(self) -> Word:
        """What it says; NotBelieved if that is no word about a card."""
        try:
            return Word.model_validate_json(self.body)
        except ValidationError as error:
            raise NotBelieved(Fault.MALFORMED) from error


def heard(known: Card, signed: SignedWord, now: datetime) -> Card:
    """Return the card of a neighbour after its word; the same one if it says what is known.

    NotBelieved for a word of anybody else, of an earlier card, or back to one.
    """
    word, told = signed.word, signed.body.encode()
    if word.node != known.code:
        raise NotBelieved(Fault.NOT_THEIRS)
    if word.keys in set(map(keys_of, known.before)):
        raise NotBelieved(Fault.SET_BACK)
    is_known = word.keys == known.keys
    if word.ended:
        if not is_known or not is_signed_by_newest(known, told, signed.signature):
            raise NotBelieved(Fault.SIGNATURE)
        return known.alone_since(min(word.at, now))
    if is_known:
        return known
    following = known.followed_by(*word.keys)
    by_known = is_signed_by_newest(known, told, signed.signature)
    if not by_known or not is_signed_by_newest(following, told, signed.proof):
        raise NotBelieved(Fault.SIGNATURE)
    return following


def _text(key: bytes) -> str:
    return b64encode(key).decode("ascii")
