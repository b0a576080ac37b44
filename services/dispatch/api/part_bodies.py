"""What the door takes and answers of parts of orders: co-handling, duties."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from services.dispatch.api.bodies import Body
from services.dispatch.api.life_bodies import Days
from services.dispatch.policy.parts import PartState
from services.dispatch.repository.cases import Case
from services.dispatch.repository.orders import Order
from services.dispatch.repository.parts import Part
from shared.events.dispatch import DissentReason, PartEnd, PartKind, ReturnGround
from shared.http import Code, LongText, Moment, ShortText


class PartBody(Body):
    """Which unit is to help with what; its limit in working days, or as a moment, or neither."""

    unit_code: Code
    task: LongText
    days: Days | None = None
    due_at: Moment | None = None


class PartAnswerBody(Body):
    """What a unit found or did for its part, and on which basis."""

    answer: LongText
    legal_basis: ShortText | None = None


class DissentBody(Body):
    """Why a unit does not agree."""

    reason: DissentReason
    note: LongText
    legal_basis: ShortText | None = None


class PartDeclineBody(Body):
    """Why a part is not the unit's matter."""

    ground: ReturnGround
    legal_basis: ShortText
    note: LongText | None = None


class PartUrgeBody(Body):
    """What the lead asks once more."""

    note: LongText | None = None


class PartWithdrawBody(Body):
    """Why a part is taken back, and who has it then."""

    because: LongText
    to_unit: Code | None = None
    task: LongText | None = None
    days: Days | None = None


class PartWritten(BaseModel):
    """What was changed, and the version a projection must reach to show it."""

    service: str = "dispatch"
    case_id: UUID
    version: int
    order_id: UUID
    part_id: UUID
    state: PartState


class PartView(BaseModel):
    """A part of an order: nothing in it identifies a person."""

    part_id: UUID
    case_id: UUID
    order_id: UUID
    round: int
    kind: PartKind
    unit_code: str
    unit_name: str
    task_masked: str
    state: PartState
    opened_at: datetime
    due_at: datetime | None
    sign_by: datetime | None
    urged_at: datetime | None
    urges: int
    declined_at: datetime | None
    decline_ground: ReturnGround | None
    answered_at: datetime | None
    answer_masked: str | None
    dissent_reason: DissentReason | None
    legal_basis: str | None
    ended_at: datetime | None
    end_why: PartEnd | None
    end_note_masked: str | None


class PartLine(PartView):
    """A part in the list of its unit, with what the case is about and who leads."""

    number: str
    title_masked: str
    lead_code: str
    lead_name: str

    @classmethod
    def of(cls, part: Part, order: Order, case: Case) -> Self:
        """Return a part with its order and case."""
        told = {name: getattr(part, name) for name in Part.__dataclass_fields__}
        about = {"number": case.number, "title_masked": case.title_masked}
        lead = {"lead_code": order.unit_code, "lead_name": order.unit_name}
        return cls.model_validate({**told, **about, **lead})
