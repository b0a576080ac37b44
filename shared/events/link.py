"""Events said by link."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.events.base import CaseEvent, Envelope, Event, NodeFact, Way
from shared.events.dispatch import CustodyTold
from shared.events.intake import AgentAuthority, UnitComplainedOf
from shared.events.sealed import Sealed, SealedName, SealedParty
from shared.events.words import Channel, Complexity, DemandKind, Disclosure


class FactRelayed(CaseEvent):
    """Another node said something about a case, and it came over the link."""

    name: ClassVar[str] = "link.fact_relayed.v1"

    via: str
    """The neighbour that delivered it; who said it stands in the fact's source."""
    fact: Envelope
    """As its node said it, but for what is sealed or a keyed hash there: that is withheld."""
    sealed: dict[str, Sealed] = Field(default_factory=dict)
    """What of the fact was sealed for this node, sealed anew here, by the fact's field."""


class CaseReceived(CaseEvent):
    """Custody came with the person: what was sealed for this node is sealed anew here."""

    name: ClassVar[str] = "link.case_received.v1"

    number: str
    origin: str
    """The node that registered the case."""
    region: str
    channel: Channel
    complexity: Complexity
    title: Sealed
    title_masked: str
    text: Sealed
    text_masked: str
    item_name: str | None = None
    demand: DemandKind | None = None
    attempts: int = 1
    complainant: SealedParty
    agent: SealedParty | None = None
    complained_of: tuple[SealedName, ...] = ()
    """Persons of whom the case complains."""
    complained_units: tuple[UnitComplainedOf, ...] = ()
    """Units of this node of which it complains, as other nodes told them."""
    measures: tuple[str, ...] = ()
    authority: AgentAuthority | None = None
    registered_at: AwareDatetime
    accepted_at: AwareDatetime
    amendment: int = 0
    """The last correction that is in it already."""
    given_by: str | None = None
    """The neighbour whose offer was taken; a node of an earlier release does not say."""


class PiecesArrived(CaseEvent):
    """Pieces of a file came from a neighbour and lie closed in this node's room for them."""

    name: ClassVar[str] = "link.pieces_arrived.v1"
    stays_here: ClassVar[bool] = True
    in_journal: ClassVar[bool] = False

    file_id: UUID
    via: str


class AnchorContradicted(Event):
    """An anchor of a node below does not fit those before it: its audit was changed or lost."""

    name: ClassVar[str] = "link.anchor_contradicted.v1"

    anchor_id: UUID
    node: str
    """The node whose audit it is."""
    number: int
    day: date
    contradicts: str
    """Schema and number of the seal that has another head now, or the number given twice."""

    @property
    def subject_id(self) -> UUID:
        """The anchor."""
        return self.anchor_id


class OrderPassedOn(CaseEvent):
    """An order about a case's person went on from this node to those that have a copy."""

    name: ClassVar[str] = "link.order_passed_on.v1"

    order_id: UUID
    to_nodes: tuple[str, ...]


class CustodyHeard(Event):
    """A neighbour told what its ledger of custody says of the cases shared with it."""

    name: ClassVar[str] = "link.custody_heard.v1"

    via: str
    """The neighbour."""
    told: CustodyTold

    @property
    def subject_id(self) -> UUID:
        """What was told."""
        return self.told.telling_id


class DisclosureSet(NodeFact):
    """From now on a node lets the tier above see this much of its cases."""

    name: ClassVar[str] = "link.disclosure_set.v1"
    way: ClassVar[Way] = Way.UP

    level: Disclosure
    since: AwareDatetime | None = None
    """Only cases that were registered from then on are shown; all of them where it is null."""


class NodeFactRelayed(Event):
    """Another node said something about itself, and it came over the link."""

    name: ClassVar[str] = "link.node_fact_relayed.v1"

    fact_id: UUID
    """The same for each saying of the same thing."""
    via: str
    fact: Envelope
    """As its node said and signed it."""

    @property
    def subject_id(self) -> UUID:
        """What the fact is about."""
        return self.fact_id


class ParcelArrived(Event):
    """A parcel of a neighbour lies in this node's queue; nobody has verified it."""

    name: ClassVar[str] = "link.parcel_arrived.v1"
    between_nodes: ClassVar[bool] = True

    parcel_id: UUID
    body: str
    """JSON, exactly as it was signed."""
    signature: str
    """Base64."""

    @property
    def subject_id(self) -> UUID:
        """The parcel."""
        return self.parcel_id
