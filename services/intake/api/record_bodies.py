"""What the endpoints of kept personal data take and answer."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum, unique
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from services.intake.api.bodies import Body, PersonName, Phone
from services.intake.handlers import Correcting, ErasureAsking, Holding
from services.intake.policy.corrections import PartyField, WordField
from services.intake.policy.retention import DataClass, OrderState, is_late
from services.intake.repository.orders import Copy, Hold, Order
from shared.events.intake import ErasureGround
from shared.events.sealed import PartyRole
from shared.http import LongText, ShortText


@unique
class Requester(StrEnum):
    """On whose request a person is erased; never a name."""

    PERSON = "person"
    AGENT = "agent"
    AUTHORITY = "authority"
    OWN = "own"
    """The node's own finding."""


@unique
class AskedGround(StrEnum):
    """The grounds on which somebody may ask; retention asks by itself."""

    REQUEST = "request"
    PURPOSE = "purpose"
    UNLAWFUL = "unlawful"


class HoldBody(Body):
    """Why a case must be kept, and on which day somebody should look again."""

    reason: ShortText
    review_on: date | None = None

    def holding(self) -> Holding:
        """Return it as the handlers take it."""
        return Holding(self.reason, self.review_on)


class ReasonBody(Body):
    """Why."""

    reason: ShortText


class ErasureBody(Body):
    """On which ground and whose request; the reason names nobody, for it is kept."""

    ground: AskedGround
    requester: Requester
    reason: ShortText | None = None

    def asking(self) -> ErasureAsking:
        """Return it as the handlers take it."""
        return ErasureAsking(ErasureGround(self.ground), self.requester, self.reason)


class CorrectionBody(Body):
    """What is right instead, for one party and for what was told; the reason is kept masked."""

    requester: Requester
    reason: ShortText
    party: PartyRole = PartyRole.COMPLAINANT
    name: PersonName | None = None
    phone: Phone | None = None
    id_number: ShortText | None = None
    address: ShortText | None = None
    title: ShortText | None = None
    text: LongText | None = None

    def correcting(self) -> Correcting:
        """Return it as the handlers take it."""
        told = {name: getattr(self, name) for name in (*PartyField, *WordField)}
        values = {name: value for name, value in told.items() if value is not None}
        return Correcting(self.requester, self.reason, self.party, values)


class RecordWritten(BaseModel):
    """What was changed; a projection shows nothing of it where `version` is 0."""

    service: str = "intake"
    case_id: UUID
    version: int


class OrderWritten(RecordWritten):
    """An order, and how far it has come."""

    order_id: UUID
    state: OrderState


class CopyAnswer(BaseModel):
    """Another node that has, or had, a copy."""

    node: str
    told_at: datetime | None
    done_at: datetime | None
    late: bool


class Change(BaseModel):
    """What stood and what is to stand, masked; empty where nothing stood."""

    before: str
    after: str


class OrderAnswer(BaseModel):
    """An order to erase or correct the person of a case."""

    order_id: UUID
    kind: str
    number: str
    state: OrderState
    ordered_by: str
    ground: str
    requester: str
    reason: str | None
    asked_by: str
    asked_name: str
    asked_at: datetime
    decided_name: str | None
    decided_at: datetime | None
    refusal: str | None
    done_at: datetime | None
    digest: str | None
    """SM3 of what was erased, or of the case as it is corrected, as it is sealed."""
    changes: dict[str, Change] | None
    """Of a correction ordered here, by field; what an erasure has left of it is None."""
    fields: list[str] | None
    copies: list[CopyAnswer]

    @classmethod
    def of(cls, order: Order, copies: Sequence[Copy], late: datetime) -> Self:
        """Return an order as it is answered; told before `late`, a node should have answered."""
        told = [
            CopyAnswer(
                node=each.node,
                told_at=each.told_at,
                done_at=each.done_at,
                late=is_late(each.told_at, each.done_at, late),
            )
            for each in copies
            if each.order_id == order.order_id
        ]
        names = set(cls.model_fields) - {"copies"}
        return cls(**{name: getattr(order, name) for name in names}, copies=told)


class HoldAnswer(BaseModel):
    """A legal hold that stands."""

    number: str
    reason: str
    review_on: date | None
    set_name: str
    set_at: datetime

    @classmethod
    def of(cls, hold: Hold) -> Self:
        """Return a hold as it is answered."""
        return cls(**{name: getattr(hold, name) for name in cls.model_fields})


class CaseRecords(BaseModel):
    """What is kept of the person of a case."""

    number: str
    erased_at: datetime | None
    hold: HoldAnswer | None
    orders: list[OrderAnswer]


class KeptClass(BaseModel):
    """How many days a class of data is kept."""

    name: DataClass
    days: int


class Retention(BaseModel):
    """What is kept how long, what is on hold, and how many orders each late node owes."""

    classes: list[KeptClass]
    acknowledge_hours: int
    holds: list[HoldAnswer]
    laggards: dict[str, int]
