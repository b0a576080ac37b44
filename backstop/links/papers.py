"""What two nodes tell each other about their link: signed with the card of who says it.

A paper says its kind, for whom it is and by whom, so that none can be taken for another. Whether
its sender is to be believed is for who knows a card of it to say.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from pydantic import AwareDatetime, BaseModel, ConfigDict

from backstop.links.authority import NotAccepted
from shared.security.letters import Card, is_signed_by, sign
from shared.security.sealing import NodeKeys, VaultUnavailable

MOST_BYTES = 65_536
"""No paper is longer; whoever could write one had an invitation or a certificate only."""


@unique
class Kind(StrEnum):
    """What a paper is for."""

    JOIN = "join"
    """A child that was invited shows its card, and asks for a certificate for its key."""
    ADMITTED = "admitted"
    """Its parent gives it."""
    RENEW = "renew"
    """A child that is known asks for the next certificate."""
    RENEWED = "renewed"
    """Its parent gives it."""
    CALLED = "called"
    """A parent with a new authority asks its children to renew before it is time."""


class Paper(BaseModel):
    """What is said, under the signature of who says it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Kind
    sender: str
    addressee: str
    at: AwareDatetime
    told: dict[str, str]


@dataclass(frozen=True, slots=True)
class Received:
    """A paper as it came: nobody has said yet whether its sender wrote it."""

    paper: Paper
    body: bytes
    signature: str

    def is_by(self, card: Card) -> bool:
        """Tell whether the node of this card, which the paper names as its sender, signed it."""
        by_name = card.code == self.paper.sender
        return by_name and is_signed_by(card, self.body, self.signature)

    @property
    def card(self) -> Card:
        """The card that the sender shows; NotAccepted if it is none, or another node's."""
        try:
            card = Card.from_json(self.paper.told.get("card", ""), "the paper")
        except VaultUnavailable as error:
            raise NotAccepted(str(error)) from error
        if not self.is_by(card):
            raise NotAccepted("the paper is not signed with the card that it shows")
        return card


def write_paper(keys: NodeKeys, paper: Paper) -> bytes:
    """Return a paper as it travels."""
    body = paper.model_dump_json()
    signed = {"body": body, "signature": sign(keys, body.encode())}
    return json.dumps(signed, ensure_ascii=False).encode()


def read_paper(blob: bytes, kind: Kind, addressee: str) -> Received:
    """Read what came; NotAccepted for what is no paper of this kind for this node."""
    if len(blob) > MOST_BYTES:
        raise NotAccepted("too long for a paper")
    try:
        told = json.loads(blob)
        body, signature = str(told["body"]), str(told["signature"])
        paper = Paper.model_validate_json(body)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotAccepted("this is no paper of a link") from error
    if (paper.kind, paper.addressee) != (kind, addressee):
        raise NotAccepted(f"a paper of kind {paper.kind} for {paper.addressee}")
    return Received(paper, body.encode(), signature)


def paper(kind: Kind, way: tuple[str, str], now: datetime, **told: str) -> Paper:
    """Return a paper from the first node of `way` to the second."""
    return Paper(kind=kind, sender=way[0], addressee=way[1], at=now, told=told)
