"""What the door answers of coordination meetings."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Connection

from services.dispatch.policy.meetings import (
    MeetingState,
    PartyKind,
    PartyRole,
    Presence,
    RoundResult,
    missing_at,
)
from services.dispatch.repository import meetings as repository
from services.dispatch.repository import minutes as papers
from services.dispatch.repository.cases import Case, cases_by_id
from services.dispatch.repository.catalogue import units_of


class MeetingWritten(BaseModel):
    """What was changed, and the version a projection must reach to show it."""

    service: str = "dispatch"
    case_id: UUID
    version: int
    meeting_id: UUID


class PartyView(BaseModel):
    """A party; why one is heard is told to those who see the whole node."""

    party_id: UUID
    kind: PartyKind
    role: PartyRole
    unit_code: str | None
    name_masked: str
    heard_because: str | None
    dismissed_at: datetime | None


class PresenceView(BaseModel):
    """How a party stands to a round."""

    party_id: UUID
    presence: Presence
    substitute_masked: str


class RoundView(BaseModel):
    """One round."""

    serial: int
    planned_at: datetime
    place_masked: str
    agenda_masked: str
    moves: int
    held_at: datetime | None
    said_masked: str | None
    result: RoundResult | None
    presences: list[PresenceView]


class DutyView(BaseModel):
    """One duty and what it became."""

    unit_code: str
    company_masked: str | None
    words_masked: str
    days: int | None
    due_on: date | None
    part_id: UUID | None


class MinutesView(BaseModel):
    """Minutes, drafted or confirmed."""

    serial: int
    conclusion_masked: str
    amends_because: str | None
    drafted_at: datetime
    confirmed_at: datetime | None
    duties: list[DutyView]


class MeetingHead(BaseModel):
    """What every answer about a meeting says."""

    meeting_id: UUID
    case_id: UUID
    number: str
    title_masked: str
    state: MeetingState
    topic_masked: str
    convenor_unit: str | None
    convened_at: datetime


class MeetingLine(MeetingHead):
    """A meeting in a list: its coming round, and who has not said that they come."""

    serial: int | None
    planned_at: datetime | None
    place_masked: str | None
    missing: list[str]
    """By name; the person, who has none here, by the kind of party."""


class MeetingView(MeetingHead):
    """A whole meeting."""

    convenor_name: str | None
    is_convenor: bool
    """Whoever asks may confirm its minutes."""
    bring_masked: str
    ended_at: datetime | None
    ended_because: str | None
    parties: list[PartyView]
    rounds: list[RoundView]
    minutes: list[MinutesView]
    version: int

    @classmethod
    def of(cls, db: Connection, meeting: repository.Meeting, **told: object) -> Self:
        """Return a meeting with all that belongs to it; `told` is what hangs on the reader."""
        mine = [meeting.meeting_id]
        rounds = repository.rounds_of(db, mine)
        seen = repository.presences_of(db, [one.round_id for one in rounds])
        unit = units_of(db, [meeting.convenor_unit]) if meeting.convenor_unit else {}
        case = cases_by_id(db, [meeting.case_id])[meeting.case_id]
        return cls.model_validate(
            {
                **_head(meeting, case),
                **{name: getattr(meeting, name) for name in _OF_MEETING},
                "convenor_name": next((one.title for one in unit.values()), None),
                "rounds": [_round(one, seen.get(one.round_id, {})) for one in rounds],
                "minutes": [
                    _minutes(db, one) for one in papers.minutes_of(db, meeting.meeting_id)
                ],
                **told,
            }
        )


_OF_MEETING = ("bring_masked", "ended_at", "ended_because")


def party_views(
    parties: Iterable[repository.MeetingParty], *, with_reasons: bool
) -> list[PartyView]:
    """Return parties as one reader is answered."""
    views = [PartyView.model_validate(one, from_attributes=True) for one in parties]
    if with_reasons:
        return views
    return [one.model_copy(update={"heard_because": None}) for one in views]


def meeting_lines(db: Connection, found: Sequence[repository.Meeting]) -> list[MeetingLine]:
    """Return meetings as a list shows them."""
    ids = [one.meeting_id for one in found]
    cases = cases_by_id(db, [one.case_id for one in found])
    coming = {one.meeting_id: one for one in repository.rounds_of(db, ids) if one.held_at is None}
    seen = repository.presences_of(db, [one.round_id for one in coming.values()])
    parties = repository.parties_of(db, ids)
    return [
        _line(one, cases[one.case_id], coming.get(one.meeting_id), seen, parties) for one in found
    ]


def _line(
    meeting: repository.Meeting,
    case: Case,
    coming: repository.MeetingRound | None,
    seen: Mapping[UUID, Mapping[UUID, repository.Presences]],
    parties: Iterable[repository.MeetingParty],
) -> MeetingLine:
    stand = seen.get(coming.round_id, {}) if coming and not meeting.ended_at else {}
    lacking = missing_at({party: one.seen for party, one in stand.items()})
    names = [
        party.name_masked or party.kind.value
        for party in parties
        if party.party_id in lacking and party.dismissed_at is None
    ]
    next_one = {name: getattr(coming, name, None) for name in _OF_COMING}
    return MeetingLine.model_validate({**_head(meeting, case), **next_one, "missing": names})


_OF_COMING = ("serial", "planned_at", "place_masked")


def _head(meeting: repository.Meeting, case: Case) -> dict[str, object]:
    named = ("meeting_id", "case_id", "state", "topic_masked", "convenor_unit", "convened_at")
    told = {name: getattr(meeting, name) for name in named}
    return told | {"number": case.number, "title_masked": case.title_masked}


def _round(one: repository.MeetingRound, seen: Mapping[UUID, repository.Presences]) -> RoundView:
    told = {name: getattr(one, name) for name in RoundView.model_fields if name != "presences"}
    was = [PresenceView.model_validate(each, from_attributes=True) for each in seen.values()]
    return RoundView(**told, presences=was)


def _minutes(db: Connection, one: papers.Minutes) -> MinutesView:
    told = {name: getattr(one, name) for name in MinutesView.model_fields if name != "duties"}
    duties = papers.duties_of(db, one.minutes_id)
    return MinutesView(
        **told,
        duties=[DutyView.model_validate(each, from_attributes=True) for each in duties],
    )
