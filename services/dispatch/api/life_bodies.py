"""What the door takes and answers of an order's life between signature and result."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from services.dispatch.api.bodies import Body
from shared.events.dispatch import MaterialsEnd, WorkKind
from shared.http import LongText, Moment, ShortText

Days = Annotated[int, Field(strict=True, ge=1, le=60)]


class WorkBody(Body):
    """What a unit did; `done_at` None is now."""

    kind: WorkKind = WorkKind.NOTE
    note: LongText
    done_at: Moment | None = None
    place: ShortText | None = None
    people: ShortText | None = None


class MaterialsBody(Body):
    """What is needed of the person, one thing a line, and until when."""

    materials: LongText
    answer_by: Moment


class SettleBody(Body):
    """How the wait ended for the unit."""

    how: MaterialsEnd = MaterialsEnd.BROUGHT
    note: LongText | None = None


class ExtensionBody(Body):
    """How many working days more, and why."""

    days: Days
    because: ShortText


class DecisionBody(Body):
    """Whether more time is given, and why."""

    granted: StrictBool
    because: ShortText


class WorkView(BaseModel):
    """One entry of the work log."""

    work_id: UUID
    at: datetime
    kind: WorkKind
    done_at: datetime
    place_masked: str
    people_masked: str
    note_masked: str
    part_id: UUID | None


class MaterialRequestView(BaseModel):
    """One wait for materials."""

    request_id: UUID
    asked_at: datetime
    answer_by: datetime
    materials_masked: str
    ended_at: datetime | None
    how: MaterialsEnd | None
    note_masked: str


class ExtensionView(BaseModel):
    """One plea for more time."""

    extension_id: UUID
    asked_at: datetime
    days: int
    because: str
    decided_at: datetime | None
    granted: bool | None
    decided_because: str | None


class LifeView(BaseModel):
    """What happened to an order between signature and result."""

    order_id: UUID
    work: list[WorkView]
    materials: list[MaterialRequestView]
    extensions: list[ExtensionView]
