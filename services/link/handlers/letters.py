"""A parcel as it is written and read: numbered, signed, with a receipt for what came before."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.link.carriers import Letter
from services.link.handlers.house import House
from services.link.policy import NOWHERE, Reach
from services.link.repository.links import Link, Parcel
from shared.audit.anchors import Signed
from shared.events.link import ParcelArrived
from shared.neighbours import Entry
from shared.security.card_words import SignedWord
from shared.security.letters import is_signed_by, sign

VERSION = 1
MOST_BYTES = 4_194_304
"""What a parcel may weigh: twenty times what one packs, for a single fact may be long."""
MOST_PIECES = 32_767
MOST_BOX = 200_000
NO_CONTENT = '{"facts":[],"boxes":{}}'


class NotBelieved(Exception):
    """A parcel that nobody may have written: from whom it claims to be, and what is wrong."""

    def __init__(self, peer: str, reason: str) -> None:
        super().__init__(reason)
        self.peer = peer
        self.reason = reason


class TooNew(Exception):
    """A parcel that its neighbour did write, in a form of a later release than this one."""


class Head(BaseModel):
    """What a parcel says about itself."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: Literal[1]
    sender: str
    addressee: str
    incarnation: UUID
    sequence: int = Field(ge=0)
    receipt_of: UUID | None = None
    """The addressee's incarnation."""
    receipt: int = Field(default=0, ge=0)
    """Everything up to this number has come."""
    last: UUID | None = None
    """As the sender begins to count: the last fact that it has of the addressee."""

    @property
    def reach(self) -> Reach:
        """How far the addressee's parcels have come, in the words of the policy."""
        return NOWHERE if self.receipt_of is None else (self.receipt_of, self.receipt)


class AnchorAnswer(BaseModel):
    """What the tier above says to an anchor: kept, and whether it fits those before it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    digest: str
    contradicts: str | None = None


class SignedNodeFact(BaseModel):
    """A fact about a node: its envelope as JSON, exactly as that node signed it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    body: str
    signature: str


class CardAnswer(BaseModel):
    """What a neighbour says to a new card: it is in place, and nothing goes for one before it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    fingerprint: str = Field(max_length=64)


class CarriedPiece(BaseModel):
    """A piece of a file, sealed for the intake of the addressee."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    case_id: UUID
    file_id: UUID
    number: int = Field(ge=0, le=MOST_PIECES)
    box: str = Field(max_length=MOST_BOX)


class Content(BaseModel):
    """What a parcel carries: masked facts and what is sealed with them; anchors; pieces."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    facts: list[dict[str, Any]] = []
    boxes: dict[str, str] = {}
    """Fact id → what is sealed with it."""
    anchors: list[Signed] = []
    """Of the sender's audits."""
    anchor_answers: list[AnchorAnswer] = []
    """To anchors of the addressee."""
    custody: list[dict[str, Any]] = []
    """What the sender's ledger of custody says, as its dispatch told it."""
    node_facts: list[SignedNodeFact] = []
    """About nodes as a whole."""
    pieces: list[CarriedPiece] = []
    """Of files."""
    cards: list[SignedWord] = []
    """Of the sender's own card."""
    card_answers: list[CardAnswer] = []
    """To words of the addressee."""

    @property
    def is_plain(self) -> bool:
        """Tell whether it carries masked facts alone."""
        return not any(getattr(self, name) for name in type(self).model_fields if name != "facts")


@dataclass(frozen=True, slots=True)
class Opened:
    """A parcel that is believed."""

    head: Head
    content: Content
    told: Mapping[str, Any]
    """The content as it came, with what only a later release understands."""

    @property
    def text(self) -> str:
        """The content as it is kept until its turn."""
        return json.dumps(self.told, ensure_ascii=False, separators=(",", ":"))


def write(link: Link, parcel: Parcel | None, house: House, last: UUID | None = None) -> Letter:
    """Sign a parcel, or a mere receipt, with what has been heard of the neighbour so far."""
    head = Head(
        version=VERSION,
        sender=house.node,
        addressee=link.peer,
        incarnation=link.incarnation,
        sequence=link.number_of(parcel.sequence) if parcel else 0,
        receipt_of=link.their_incarnation,
        receipt=link.heard,
        last=last,
    )
    content = parcel.content if parcel else NO_CONTENT
    body = f'{{"head":{head.model_dump_json(exclude_none=True)},"content":{content}}}'
    signature = sign(house.keys, body.encode())
    return Letter(head.sequence, body, signature, uuid5(link.incarnation, str(head.sequence)))


def read(event: ParcelArrived, house: House, entry: Entry | None = None) -> Opened:
    """Believe a parcel that a neighbour signed for this node; NotBelieved says why not.

    TooNew for one in a form of a later release. `entry` is where it came in on the broker; None
    for one that did not come through it.
    """
    body = event.body.encode()
    if len(body) > MOST_BYTES:
        raise NotBelieved("?", "size")
    told = _document(event.body)
    sender = str(told["head"].get("sender", "?"))
    card = house.cards.get(sender)
    if card is None or sender not in house.neighbours:
        raise NotBelieved("?", "no_neighbour")
    _came_by_its_way(sender, entry, house)
    if not is_signed_by(card, body, event.signature):
        raise NotBelieved(sender, "signature")
    version = told["head"].get("version")
    if isinstance(version, int) and version > VERSION:
        raise TooNew(f"a parcel of {sender} in form {version}: this release reads {VERSION}")
    try:
        head = Head.model_validate(told["head"])
        content = Content.model_validate(told["content"])
    except ValidationError as error:
        raise NotBelieved(sender, "malformed") from error
    if head.addressee != house.node:
        raise NotBelieved(sender, "addressee")
    return Opened(head, content, told["content"])


def _came_by_its_way(sender: str, entry: Entry | None, house: House) -> None:
    must = house.entries.get(sender)
    if must is None or entry is None:
        return
    if entry.exchange != must.exchange:
        raise NotBelieved(sender, "exchange")
    if not must.lets_in(entry.account):
        raise NotBelieved(sender, "account")


def _document(body: str) -> Mapping[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotBelieved("?", "malformed") from error
    parts = (told.get("head"), told.get("content")) if isinstance(told, dict) else (None,)
    if not all(isinstance(part, dict) for part in parts):
        raise NotBelieved("?", "malformed")
    return dict(told)
