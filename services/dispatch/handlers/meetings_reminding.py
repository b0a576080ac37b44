"""Remind the parties of a meeting on the working day before it; that day is sla's to know."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.meetings import is_with_person
from services.dispatch.handlers.meetings_seats import units_asked
from services.dispatch.handlers.outside import remind_of_table
from services.dispatch.policy.meetings import MeetingState, PartyKind, PartyRole, Presence
from services.dispatch.repository.cases import lock_case
from services.dispatch.repository.meetings import (
    MeetingParty,
    MeetingRound,
    find_meeting,
    parties_of,
    presences_of,
    rounds_of,
)
from services.dispatch.repository.outside import open_of_case
from shared.errors import Refused
from shared.events.dispatch import MeetingReminded
from shared.events.sla import MeetingNear
from shared.outbox import say
from shared.security.masking import mask_text
from shared.security.sealing import NodeKeys


def remind_of_meeting(db: Connection, keys: NodeKeys, event: MeetingNear) -> None:
    """Remind who is asked to a round, unless it was moved, held or cancelled in the meantime."""
    lock_case(db, event.case_id)
    meeting = find_meeting(db, event.meeting_id)
    coming = _coming(db, event)
    if meeting is None or meeting.state is not MeetingState.OPEN or coming is None:
        return
    asked = _expected(db, event.meeting_id, coming)
    fact = MeetingReminded(
        case_id=event.case_id,
        occurred_at=event.occurred_at,
        meeting_id=event.meeting_id,
        round=meeting.round,
        serial=coming.serial,
        starts_at=coming.planned_at,
        with_person=is_with_person(asked),
        unit_codes=units_asked(asked),
    )
    say(db, fact)
    companies = {party.name_masked for party in asked if party.kind is PartyKind.COMPANY}
    _remind_companies(db, keys, event, companies)


def _coming(db: Connection, event: MeetingNear) -> MeetingRound | None:
    rounds = rounds_of(db, [event.meeting_id])
    waiting = (one for one in rounds if one.held_at is None)
    return next((one for one in waiting if one.planned_at == event.starts_at), None)


def _expected(db: Connection, meeting_id: UUID, coming: MeetingRound) -> Sequence[MeetingParty]:
    told = presences_of(db, [coming.round_id]).get(coming.round_id, {})
    absent = {
        party_id
        for party_id, one in told.items()
        if one.presence is Presence.ABSENT and not one.substitute_masked
    }
    return [
        party
        for party in parties_of(db, [meeting_id])
        if party.dismissed_at is None
        and party.role is not PartyRole.HEARD
        and party.party_id not in absent
    ]


def _remind_companies(db: Connection, keys: NodeKeys, event: MeetingNear, names: set[str]) -> None:
    # By the register a company has a telephone only where it was asked something by a link.
    for question in open_of_case(db, event.case_id) if names else ():
        if mask_text(question.party_name) in names:
            try:
                about = (question.question_id, event.starts_at, event.occurred_at)
                remind_of_table(db, keys, *about)
            except Refused:
                continue  # its person was erased: no key is left to seal with
