"""A meeting ends with its case, or keeps it from ending; who is complained of leaves the table."""

from datetime import datetime

from sqlalchemy import Connection

from services.dispatch.handlers.conflict import Barred
from services.dispatch.handlers.meetings_seats import units_asked
from services.dispatch.handlers.trace import THE_RULES
from services.dispatch.policy.meetings import (
    MeetingState,
    PartyKind,
    PartyRole,
    objection_to_end,
)
from services.dispatch.repository.cases import Case
from services.dispatch.repository.meetings import (
    Meeting,
    change_meeting,
    dismiss_party,
    open_meeting,
    parties_of,
    rounds_of,
)
from services.dispatch.repository.minutes import drop_draft
from shared.errors import Refused
from shared.events.dispatch import MeetingCancelled
from shared.events.words import By
from shared.outbox import say

CASE_ENDS = "这件已经办结，不再开会"
CASE_LEAVES = "这件已转到别的层级办理，不再开会"


def end_meeting_with(db: Connection, case: Case, outcome: str, at: datetime) -> None:
    """Cancel the open meeting of a case that is finished with this outcome.

    Refused (`meeting_open`) where what it is to settle is not settled.
    """
    meeting = open_meeting(db, case.case_id)
    wrong = objection_to_end(outcome, is_open=meeting is not None)
    if wrong is not None:
        raise Refused(wrong)
    if meeting is not None:
        cancelled(db, meeting, CASE_ENDS, THE_RULES, at)


def drop_meeting(db: Connection, case: Case, at: datetime) -> None:
    """Cancel the open meeting of a case that goes to another node."""
    meeting = open_meeting(db, case.case_id)
    if meeting is not None:
        cancelled(db, meeting, CASE_LEAVES, THE_RULES, at)


def dismiss_barred(db: Connection, case: Case, against: Barred, at: datetime) -> None:
    """Let units leave the table of which the case turns out to complain; those heard stay."""
    meeting = open_meeting(db, case.case_id)
    if meeting is None:
        return
    for party in parties_of(db, [meeting.meeting_id]):
        heard = party.role is PartyRole.HEARD or party.dismissed_at is not None
        if party.unit_code and not heard and against.has(party.unit_code):
            dismiss_party(db, party.party_id, at)
    if meeting.convenor_unit and against.has(meeting.convenor_unit):
        change_meeting(db, meeting.meeting_id, convenor_unit=None)


def cancelled(db: Connection, meeting: Meeting, because: str, by: By, at: datetime) -> None:
    """End a meeting without a decision, and say so."""
    parties = parties_of(db, [meeting.meeting_id])
    waits = any(one.held_at is None for one in rounds_of(db, [meeting.meeting_id]))
    asked = any(party.kind is PartyKind.COMPLAINANT for party in parties)
    drop_draft(db, meeting.meeting_id)
    ended = {"state": MeetingState.CANCELLED, "ended_at": at, "ended_because": because}
    change_meeting(db, meeting.meeting_id, **ended)
    fact = MeetingCancelled(
        case_id=meeting.case_id,
        occurred_at=at,
        meeting_id=meeting.meeting_id,
        round=meeting.round,
        with_person=asked and waits,
        unit_codes=units_asked(parties),
        because=because,
        by=by,
    )
    say(db, fact)
