"""What dispatch's door takes and answers about hand-overs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel
from pydantic_core import PydanticCustomError

from services.dispatch.api.bodies import Body
from services.dispatch.policy import Direction, HandOverKind, OfferState
from services.dispatch.repository.cases import Case
from services.dispatch.repository.hand_overs import HandOver
from shared.events.words import HandOverGround
from shared.http import Code, LongText, ShortText

OF_THE_RULES = frozenset({HandOverGround.WITHDRAWN, HandOverGround.STALE})
"""Grounds that only the rules give; nobody chooses them."""


def _chosen(ground: HandOverGround) -> HandOverGround:
    if ground in OF_THE_RULES:
        raise PydanticCustomError("enum", "not a ground that somebody may give")
    return ground


Ground = Annotated[HandOverGround, AfterValidator(_chosen)]


class OfferBody(Body):
    """To whom a case shall go, and why; ground and basis are for giving back."""

    case_id: UUID
    to_node: Code
    because: LongText
    ground: Ground | None = None
    legal_basis: ShortText | None = None


class AcceptBody(Body):
    """To take over needs no more than who does it."""


class RefuseBody(Body):
    """Why a case is not taken over."""

    ground: Ground
    legal_basis: ShortText
    note: LongText | None = None


class WithdrawBody(Body):
    """Why an offer is wanted back."""

    because: ShortText


class ReportBody(Body):
    """Which case the tier above shall know of, and why."""

    case_id: UUID
    because: LongText


class HandOverWritten(BaseModel):
    """What was changed, and the version a projection must reach to show it."""

    service: str = "dispatch"
    case_id: UUID
    version: int
    hand_over_id: UUID
    epoch: int
    kind: HandOverKind
    state: OfferState

    @classmethod
    def of(cls, one: HandOver, version: int) -> Self:
        """Return an offer as it is answered."""
        told = {name: getattr(one, name) for name in cls.model_fields if hasattr(one, name)}
        return cls(version=version, **told)


class ReportWritten(BaseModel):
    """That a report was made, and the version a projection must reach to show it."""

    service: str = "dispatch"
    case_id: UUID
    version: int


class HandOverView(BaseModel):
    """One offer of custody and what became of it."""

    hand_over_id: UUID
    case_id: UUID
    number: str
    title_masked: str
    epoch: int
    round: int
    kind: HandOverKind
    direction: Direction
    peer: str
    state: OfferState
    because: str
    ground: HandOverGround | None
    legal_basis: str | None
    note_masked: str | None
    offered_at: datetime
    withdrawn_at: datetime | None
    answered_at: datetime | None

    @classmethod
    def of(cls, one: HandOver, cases: Mapping[UUID, Case]) -> Self:
        """Return an offer as it is listed; its title is the case's, or as the offer told it."""
        case = cases.get(one.case_id)
        title = case.title_masked if case else str(one.told["title_masked"])
        told = {name: getattr(one, name) for name in cls.model_fields if hasattr(one, name)}
        return cls(title_masked=title, **told)
