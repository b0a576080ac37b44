"""Events said by dispatch."""

from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.events.base import CaseEvent, Event
from shared.events.sealed import Sealed
from shared.events.words import By, Complexity, HandOverGround, HandOverKind, Outcome


class UnitListed(Event):
    """A unit was entered in the unit tree, or its entry was changed."""

    name: ClassVar[str] = "dispatch.unit_listed.v1"

    unit_id: UUID
    code: str
    title: str
    region: str
    parent: str | None = None
    phone: str | None = None
    """The unit's public telephone."""
    active: bool = True

    @property
    def subject_id(self) -> UUID:
        """The unit."""
        return self.unit_id


class ItemListed(Event):
    """A service item was entered in the catalogue, or its entry was changed."""

    name: ClassVar[str] = "dispatch.item_listed.v1"

    item_id: UUID
    code: str
    title: str
    kind: str
    unit_code: str
    complexity: Complexity = Complexity.ORDINARY
    active: bool = True

    @property
    def subject_id(self) -> UUID:
        """The item."""
        return self.item_id


@unique
class PoolReason(StrEnum):
    """Why no rule could place a case."""

    NO_RULE = "no_rule"
    UNKNOWN_PLACE = "unknown_place"
    UNIT_INACTIVE = "unit_inactive"
    RETURNED = "returned"
    REOPENED = "reopened"
    """It waits for the node of the last result to take it up again."""
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    """It complains of the unit whose it would be, and of all above it, or there is none above."""


class CasePooled(CaseEvent):
    """A case waits in the manual pool for a dispatcher."""

    name: ClassVar[str] = "dispatch.case_pooled.v1"

    reason: PoolReason
    epoch: int = 0
    """Of the custody under which the node pools it."""


@unique
class Route(StrEnum):
    """What decided where an order went (S3-16, S3-17)."""

    ITEM = "item"
    PLACE = "place"
    MANUAL = "manual"
    REOPENED = "reopened"
    DETOUR = "detour"
    """Past a unit complained of, to the next one above it (N17)."""


class OrderDispatched(CaseEvent):
    """A case, or a part of it, was given to one unit: its custody begins."""

    name: ClassVar[str] = "dispatch.order_dispatched.v1"

    order_id: UUID
    round: int
    unit_code: str
    unit_name: str
    complexity: Complexity
    route: Route
    because: str
    """The rule or the dispatcher's ground, for people."""
    epoch: int = 0
    """Of the custody under which the node gives the order."""
    unit_phone: str | None = None
    by: By


class OrderSigned(CaseEvent):
    """A unit signed for its order."""

    name: ClassVar[str] = "dispatch.order_signed.v1"

    order_id: UUID
    unit_code: str
    unit_name: str
    by: By


class ContactLogged(CaseEvent):
    """A unit tried to reach the person, and says whether it did."""

    name: ClassVar[str] = "dispatch.contact_logged.v1"

    order_id: UUID
    unit_code: str
    unit_name: str
    way: str
    reached: bool
    note_masked: str = ""
    by: By


@unique
class ReturnGround(StrEnum):
    """Why a unit gives an order back (domain facts 5.2)."""

    NOT_OUR_DUTY = "not_our_duty"
    NOT_OUR_AREA = "not_our_area"
    WRONG_ITEM = "wrong_item"
    DUPLICATE = "duplicate"
    INSUFFICIENT = "insufficient"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    """The case complains of the unit: it stands back, or its order is taken from it."""


class OrderReturned(CaseEvent):
    """A unit gave its order back with a ground and its legal basis."""

    name: ClassVar[str] = "dispatch.order_returned.v1"

    order_id: UUID
    unit_code: str
    unit_name: str
    ground: ReturnGround
    legal_basis: str
    note_masked: str = ""
    by: By


class OrderFinished(CaseEvent):
    """A unit finished its order and gave its answer."""

    name: ClassVar[str] = "dispatch.order_finished.v1"

    order_id: UUID
    unit_code: str
    unit_name: str
    outcome: Outcome
    answer: Sealed
    answer_masked: str
    by: By


class CaseFinished(CaseEvent):
    """Nothing is open any more in this round: the person is owed the result."""

    name: ClassVar[str] = "dispatch.case_finished.v1"

    round: int
    unit_code: str
    unit_name: str
    outcome: Outcome
    answer: Sealed
    answer_masked: str


class CaseReportedUp(CaseEvent):
    """The tier above was made aware of a case that stays where it is."""

    name: ClassVar[str] = "dispatch.case_reported_up.v1"

    to_node: str
    because: str
    by: By


class HandOverOffered(CaseEvent):
    """The holder of a case offers its custody to a neighbour; until it is taken it answers for it.

    Epoch n + 1 is offered by the holder of epoch n and by nobody else.
    """

    name: ClassVar[str] = "dispatch.hand_over_offered.v1"

    hand_over_id: UUID
    epoch: int
    round: int
    kind: HandOverKind
    to_node: str
    origin: str
    """The node that registered the case: it keeps the promise, the messages and the rating."""
    number: str
    region: str
    item_code: str | None = None
    item_name: str | None = None
    """Item codes are a node's own: a neighbour looks the name up in its catalogue."""
    complexity: Complexity
    title_masked: str
    text_masked: str
    accepted_at: AwareDatetime
    because: str
    ground: HandOverGround | None = None
    legal_basis: str | None = None
    outcome: Outcome | None = None
    answer: Sealed | None = None
    answer_masked: str | None = None
    unit_name: str | None = None
    """Who gave the result."""
    by: By


class HandOverAnswered(CaseEvent):
    """A node took the custody that it was offered, or did not, with its ground."""

    name: ClassVar[str] = "dispatch.hand_over_answered.v1"

    hand_over_id: UUID
    epoch: int
    round: int
    kind: HandOverKind
    to_node: str
    """Who made the offer."""
    accepted: bool
    complexity: Complexity
    ground: HandOverGround | None = None
    legal_basis: str | None = None
    note_masked: str = ""
    by: By


class HandOverWithdrawn(CaseEvent):
    """The offerer wants its offer back; it holds until the neighbour answers."""

    name: ClassVar[str] = "dispatch.hand_over_withdrawn.v1"

    hand_over_id: UUID
    epoch: int
    to_node: str
    because: str
    by: By


class CaseHandedOver(CaseEvent):
    """A neighbour took the custody that this node had offered: here it has ended."""

    name: ClassVar[str] = "dispatch.case_handed_over.v1"

    hand_over_id: UUID
    epoch: int
    round: int
    kind: HandOverKind
    to_node: str
    to_name: str
    order_id: UUID | None = None
    """The order that was in work here and ended with it."""


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
