"""What the door takes of coordination meetings."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool

from services.dispatch.api.bodies import Body
from services.dispatch.policy.meetings import (
    MOST_PARTIES,
    PartyKind,
    PartyRole,
    Presence,
    RoundResult,
)
from shared.http import Code, Day, LongText, Moment, ShortText

MOST_DUTIES = 10
"""What one form of the pages holds; what is more is a meeting of its own."""
DutyDays = Annotated[int, Field(strict=True, ge=1, le=180)]


class PartyBody(Body):
    """A party: a unit by its code, all others by a name or a function."""

    kind: PartyKind
    role: PartyRole = PartyRole.MEMBER
    unit_code: Code | None = None
    name: ShortText | None = None


class SittingBody(Body):
    """When and where a round is, and what it is about."""

    starts_at: Moment
    place: ShortText
    agenda: LongText


class MeetingBody(SittingBody):
    """A meeting; without a convening unit the dispatch desk convenes it."""

    case_id: UUID
    topic: ShortText
    parties: Annotated[tuple[PartyBody, ...], Field(max_length=MOST_PARTIES)]
    convenor_unit: Code | None = None
    bring: LongText | None = None
    """What the person shall bring; they read it."""


class HeardBody(Body):
    """A unit of which the case complains, and why it is heard."""

    unit_code: Code
    because: ShortText


class AnswerBody(Body):
    """Whether a party comes; or who comes in its place."""

    coming: StrictBool
    substitute: ShortText | None = None


class WasBody(Body):
    """Whether a party was there, or who came in its place."""

    party_id: UUID
    presence: Presence
    substitute: ShortText | None = None


class RoundBody(Body):
    """A round as it went; `following` where it goes on another day."""

    seen: Annotated[tuple[WasBody, ...], Field(max_length=MOST_PARTIES)]
    said: LongText
    result: RoundResult
    following: SittingBody | None = None


class DutyBody(Body):
    """One duty: working days from the confirmation, or a day."""

    unit_code: Code
    words: LongText
    company: ShortText | None = None
    days: DutyDays | None = None
    due_on: Day | None = None


class MinutesBody(Body):
    """Minutes as drafted; `amends_because` where some were confirmed before."""

    conclusion: LongText
    duties: Annotated[tuple[DutyBody, ...], Field(max_length=MOST_DUTIES)] = ()
    amends_because: ShortText | None = None


class BecauseBody(Body):
    """Why."""

    because: ShortText


class NothingBody(Body):
    """No more than who does it."""
