"""Convene a meeting about a case, ask parties, hear who comes, move it, cancel it (N8)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.conflict import barred_from, complaint_free_of
from services.dispatch.handlers.hand_over import lock_held
from services.dispatch.handlers.meetings_ending import cancelled
from services.dispatch.handlers.meetings_seats import (
    PartyAsked,
    chair_of,
    check_convenor,
    invitees,
    party_asked,
    unit_asked,
    units_asked,
)
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy.meetings import (
    MeetingState,
    MeetingStep,
    PartyKind,
    PartyRole,
    Presence,
    objection_to_meeting_step,
    objection_to_meeting_time,
    objection_to_parties,
    objection_to_seat,
)
from services.dispatch.repository.cases import Case, lock_case
from services.dispatch.repository.meetings import (
    Meeting,
    MeetingParty,
    MeetingRound,
    Presences,
    add_meeting,
    add_parties,
    add_round,
    change_meeting,
    change_round,
    find_meeting,
    open_meeting,
    parties_of,
    put_presences,
    rounds_of,
)
from shared.clock import new_id
from shared.errors import Refused
from shared.events.dispatch import MeetingCalled
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """When, where and what about a round is."""

    starts_at: datetime
    place: str
    agenda: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Convening:
    """A meeting as somebody calls it; `bring` is read by the person."""

    case_id: UUID
    topic: str
    sitting: Sitting
    parties: tuple[PartyAsked, ...]
    convenor_unit: str | None = None
    bring: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """Whether a party comes, or whom it sends."""

    party_id: UUID
    presence: Presence
    substitute: str = ""


@dataclass(frozen=True, slots=True)
class MeetingHand:
    """A meeting for which a step is possible, under the lock of its case."""

    case: Case
    meeting: Meeting
    parties: Sequence[MeetingParty]
    rounds: Sequence[MeetingRound]

    @property
    def invited(self) -> list[MeetingParty]:
        """Return the parties that are asked still."""
        return [party for party in self.parties if party.dismissed_at is None]

    @property
    def coming(self) -> MeetingRound:
        """Return the round that was not held; an open meeting has one."""
        return next(one for one in self.rounds if one.held_at is None)


def convene(db: Connection, convening: Convening, caller: Caller) -> Meeting:
    """Call a meeting of parties about a case that this node has in hand; one at a time."""
    complaint_free_of(db, convening.case_id, caller)
    case = lock_held(db, convening.case_id)
    if open_meeting(db, case.case_id) is not None:
        raise Refused("meeting_there")
    against = barred_from(db, case.case_id)
    meeting = _meeting(case, convening, caller)
    check_convenor(db, meeting.convenor_unit, against)
    parties = [party_asked(db, meeting.meeting_id, asked, against) for asked in convening.parties]
    _check_parties(parties, meeting.convenor_unit)
    _check_time(convening.sitting, caller.now)
    parties += chair_of(db, meeting, parties)

    add_meeting(db, meeting)
    add_parties(db, parties)
    hand = MeetingHand(case, meeting, parties, ())
    call_round(db, hand, convening.sitting, 1, caller)
    after = {"case_id": case.case_id, "parties": [party.name_masked for party in parties]}
    trace_meeting(db, meeting, Action.MEETING_HOLD, after, caller)
    return meeting


def invite(db: Connection, meeting_id: UUID, asked: PartyAsked, caller: Caller) -> Meeting:
    """Ask one more party to the coming round."""
    hand = lock_meeting(db, meeting_id, MeetingStep.INVITE, caller)
    party = party_asked(db, meeting_id, asked, barred_from(db, hand.case.case_id))
    return _seat(db, hand, party, Action.MEETING_HOLD, caller)


def hear_unit(
    db: Connection, meeting_id: UUID, unit_code: str, because: str, caller: Caller
) -> Meeting:
    """Let a unit be heard of which the case complains; it is named and sees nothing (N17).

    Refused: `not_complained_of` for any other unit, which is invited like every party.
    """
    hand = lock_meeting(db, meeting_id, MeetingStep.INVITE, caller)
    unit = unit_asked(db, unit_code, "unit_code")
    if not barred_from(db, hand.case.case_id).has(unit.code):
        raise Refused("not_complained_of", field="unit_code")
    party = MeetingParty(
        party_id=new_id(),
        meeting_id=meeting_id,
        kind=PartyKind.UNIT,
        role=PartyRole.HEARD,
        unit_code=unit.code,
        name_masked=unit.title,
        heard_because=mask_text(because),
    )
    return _seat(db, hand, party, Action.MEETING_HEAR, caller)


def reply(db: Connection, meeting_id: UUID, told: Reply, caller: Caller) -> Meeting:
    """Keep whether a party comes to the coming round, or whom it sends."""
    hand = lock_meeting(db, meeting_id, MeetingStep.ANSWER, caller)
    if told.party_id not in {party.party_id for party in hand.invited}:
        raise Refused("unknown_party", field="party_id")
    known = Presences(
        round_id=hand.coming.round_id,
        party_id=told.party_id,
        presence=told.presence,
        substitute_masked=mask_text(told.substitute),
    )
    put_presences(db, [known])
    trace_meeting(db, hand.meeting, Action.MEETING_ANSWER, asdict(known), caller)
    return hand.meeting


def move_meeting(db: Connection, meeting_id: UUID, sitting: Sitting, caller: Caller) -> Meeting:
    """Hold the coming round at another time or place; everybody is asked anew."""
    hand = lock_meeting(db, meeting_id, MeetingStep.MOVE, caller)
    _check_time(sitting, caller.now)
    before = hand.coming
    moved = replace(
        before,
        planned_at=sitting.starts_at,
        place_masked=mask_text(sitting.place),
        agenda_masked=mask_text(sitting.agenda),
        moves=before.moves + 1,
    )

    names = ("planned_at", "place_masked", "agenda_masked", "moves")
    changes = {name: getattr(moved, name) for name in names}
    change_round(db, before.round_id, **changes)
    put_presences(db, _asked_anew(hand, before.round_id))
    _say_called(db, hand, moved, caller)
    trace_meeting(db, hand.meeting, Action.MEETING_HOLD, changes, caller)
    return hand.meeting


def take_meeting(db: Connection, meeting_id: UUID, caller: Caller) -> Meeting:
    """Answer for a meeting in place of whoever convened it."""
    hand = lock_meeting(db, meeting_id, MeetingStep.TAKE, caller)
    if hand.meeting.convened_by == caller.actor.id:
        raise Refused("already_done")
    change_meeting(db, meeting_id, convened_by=caller.actor.id)
    after = {"convened_by": caller.actor.id}
    trace_meeting(db, hand.meeting, Action.MEETING_HOLD, after, caller)
    return hand.meeting


def cancel_meeting(db: Connection, meeting_id: UUID, because: str, caller: Caller) -> Meeting:
    """End a meeting without a decision; what was said in its rounds remains."""
    hand = lock_meeting(db, meeting_id, MeetingStep.CANCEL, caller)
    masked = mask_text(because)
    cancelled(db, hand.meeting, masked, caller.by, caller.now)
    trace_meeting(db, hand.meeting, Action.MEETING_HOLD, {"because": masked}, caller)
    return hand.meeting


def lock_meeting(
    db: Connection, meeting_id: UUID, step: MeetingStep, caller: Caller
) -> MeetingHand:
    """Lock the case of a meeting and check the step; whom it complains of is told of none."""
    before = find_meeting(db, meeting_id)
    case = None if before is None else lock_case(db, before.case_id)
    if before is None or case is None:
        raise Refused("unknown_meeting", field="meeting_id")
    complaint_free_of(db, case.case_id, caller, "meeting_id")
    meeting = find_meeting(db, meeting_id) or before  # again: only now does it stand still
    wrong = objection_to_meeting_step(step, meeting.state)
    if wrong is not None:
        raise Refused(wrong)
    return MeetingHand(case, meeting, parties_of(db, [meeting_id]), rounds_of(db, [meeting_id]))


def call_round(
    db: Connection, hand: MeetingHand, sitting: Sitting, serial: int, caller: Caller
) -> None:
    """Ask every party to a round and say so."""
    _check_time(sitting, caller.now)
    one = MeetingRound(
        round_id=new_id(),
        meeting_id=hand.meeting.meeting_id,
        serial=serial,
        planned_at=sitting.starts_at,
        place_masked=mask_text(sitting.place),
        agenda_masked=mask_text(sitting.agenda),
    )
    add_round(db, one, _asked_anew(hand, one.round_id))
    _say_called(db, hand, one, caller)


def trace_meeting(
    db: Connection, meeting: Meeting, action: Action, after: Mapping[str, object], caller: Caller
) -> None:
    """Write into the audit what somebody did with a meeting."""
    leave_trace(db, caller, Trace(action, "meeting", str(meeting.meeting_id), after))


def _meeting(case: Case, convening: Convening, caller: Caller) -> Meeting:
    return Meeting(
        meeting_id=new_id(),
        case_id=case.case_id,
        round=case.round,
        state=MeetingState.OPEN,
        convenor_unit=convening.convenor_unit,
        convened_by=caller.actor.id,
        convened_at=caller.now,
        topic_masked=mask_text(convening.topic),
        bring_masked=mask_text(convening.bring),
    )


def _asked_anew(hand: MeetingHand, round_id: UUID) -> list[Presences]:
    """Return that all are asked to a round; the unit that convenes it comes."""
    convenor = hand.meeting.convenor_unit
    return [
        Presences(
            round_id=round_id,
            party_id=party.party_id,
            presence=Presence.CONFIRMED
            if party.unit_code is not None and party.unit_code == convenor
            else Presence.INVITED,
        )
        for party in hand.invited
    ]


def _seat(
    db: Connection, hand: MeetingHand, party: MeetingParty, action: Action, caller: Caller
) -> Meeting:
    wrong = objection_to_seat(invitees([party])[0], invitees(hand.invited))
    if wrong is not None:
        raise Refused(wrong, field="unit_code" if party.unit_code else "name")
    add_parties(db, [party])
    put_presences(db, [Presences(round_id=hand.coming.round_id, party_id=party.party_id)])
    if party.role is not PartyRole.HEARD:
        now = replace(hand, parties=[*hand.parties, party])
        _say_called(db, now, hand.coming, caller, news=units_asked([party]))
    after = {"party": party.name_masked, "kind": party.kind, "because": party.heard_because}
    trace_meeting(db, hand.meeting, action, after, caller)
    return hand.meeting


def _check_parties(parties: Sequence[MeetingParty], convenor: str | None) -> None:
    wrong = objection_to_parties(invitees(parties), convenor)
    if wrong is not None:
        raise Refused(wrong, field="parties")


def _check_time(sitting: Sitting, now: datetime) -> None:
    wrong = objection_to_meeting_time(sitting.starts_at, now)
    if wrong is not None:
        raise Refused(wrong, field="starts_at")


def _say_called(
    db: Connection,
    hand: MeetingHand,
    one: MeetingRound,
    caller: Caller,
    news: tuple[str, ...] | None = None,
) -> None:
    asked = [party for party in hand.invited if party.role is not PartyRole.HEARD]
    fact = MeetingCalled(
        case_id=hand.case.case_id,
        occurred_at=caller.now,
        meeting_id=hand.meeting.meeting_id,
        round=hand.meeting.round,
        serial=one.serial,
        moves=one.moves,
        starts_at=one.planned_at,
        place_masked=one.place_masked,
        bring_masked=hand.meeting.bring_masked,
        with_person=is_with_person(asked),
        units=tuple(party.name_masked for party in asked if party.kind is PartyKind.UNIT),
        unit_codes=units_asked(hand.invited) if news is None else news,
        by=caller.by,
    )
    say(db, fact)


def is_with_person(parties: Sequence[MeetingParty]) -> bool:
    """Tell whether the person who told the case is asked to come."""
    return any(party.kind is PartyKind.COMPLAINANT for party in parties)


def is_convenor(meeting: Meeting, caller: Caller) -> bool:
    """Tell whether somebody answers for a meeting: who convened it, or is of the unit that did."""
    of_unit = meeting.convenor_unit is not None and caller.actor.unit == meeting.convenor_unit
    return of_unit or caller.actor.id == meeting.convened_by
