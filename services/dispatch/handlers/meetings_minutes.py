"""Draft the minutes of a meeting, confirm them, and give each unit its duty (N8)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.assign import unit_for
from services.dispatch.handlers.authority import day_of
from services.dispatch.handlers.conflict import complaint_free_of
from services.dispatch.handlers.hand_over import lock_held
from services.dispatch.handlers.meetings import (
    MeetingHand,
    is_convenor,
    lock_meeting,
    trace_meeting,
)
from services.dispatch.handlers.meetings_paper import (
    KINDS,
    PRESENCES,
    RESULTS,
    ROLES,
    Paper,
    Sat,
    docx_of,
    told_time,
)
from services.dispatch.handlers.meetings_seats import invitees
from services.dispatch.handlers.parts import Opening, open_part
from services.dispatch.policy.meetings import (
    Duty,
    MeetingState,
    MeetingStep,
    PartyRole,
    RoundResult,
    objection_to_duties,
)
from services.dispatch.policy.rota import CHINA
from services.dispatch.repository.cases import cases_by_id
from services.dispatch.repository.catalogue import units_of
from services.dispatch.repository.meetings import (
    Meeting,
    MeetingParty,
    MeetingRound,
    Presences,
    change_meeting,
    find_meeting,
    parties_of,
    presences_of,
    rounds_of,
)
from services.dispatch.repository.minutes import (
    DutyRow,
    Minutes,
    confirm_minutes,
    duties_of,
    minutes_of,
    note_part,
    put_draft,
)
from services.dispatch.repository.orders import order_in_work
from shared.clock import new_id
from shared.errors import Refused
from shared.events.dispatch import DutyTold, MinutesConfirmed, PartKind
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action

DESK = "派单协调岗"
"""Who convenes where no unit does."""
END_OF_DAY = time(23, 59, 59)
OF_A_MEETING = "协调会分工："
LEFT = "中途退出"
"""Of a party that was asked no more; why is no business of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyAsked:
    """One duty as somebody writes it; a company's is answered for by the unit."""

    unit_code: str
    words: str
    company: str | None = None
    days: int | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting:
    """Minutes as somebody writes them; those that amend say why."""

    meeting_id: UUID
    conclusion: str
    duties: tuple[DutyAsked, ...] = ()
    amends_because: str = ""


def draft_minutes(db: Connection, drafting: Drafting, caller: Caller) -> Meeting:
    """Keep a draft in place of the one before; confirmed minutes stay, and are amended by new."""
    hand = lock_meeting(db, drafting.meeting_id, MeetingStep.DRAFT, caller)
    confirmed = [one for one in minutes_of(db, drafting.meeting_id) if one.confirmed_at]
    if confirmed and not drafting.amends_because.strip():
        raise Refused("amendment_ground_needed", field="amends_because")
    draft = Minutes(
        minutes_id=new_id(),
        meeting_id=drafting.meeting_id,
        serial=len(confirmed) + 1,
        conclusion_masked=mask_text(drafting.conclusion),
        amends_because=mask_text(drafting.amends_because) if confirmed else None,
        drafted_at=caller.now,
        drafted_by=caller.actor.id,
    )
    duties = _duties(draft.minutes_id, drafting.duties)
    _check_duties(db, hand, duties, caller)

    put_draft(db, draft, duties)
    after = {"serial": draft.serial, "conclusion": draft.conclusion_masked}
    trace_meeting(db, hand.meeting, Action.MEETING_HOLD, after, caller)
    return hand.meeting


def confirm_meeting(db: Connection, meeting_id: UUID, house: str, caller: Caller) -> Meeting:
    """Confirm the draft as the convenor: from now on its words stand and its duties bind."""
    hand = lock_meeting(db, meeting_id, MeetingStep.CONFIRM, caller)
    if not is_convenor(hand.meeting, caller):
        raise Refused("not_convenor")
    draft = next((one for one in minutes_of(db, meeting_id) if one.confirmed_at is None), None)
    if draft is None:
        raise Refused("no_minutes_drafted")
    duties = duties_of(db, draft.minutes_id)
    _check_duties(db, hand, duties, caller)

    known = replace(draft, confirmed_at=caller.now, confirmed_by=caller.actor.id)
    paper = asdict(_paper(db, hand.meeting, known, house))
    by = {"confirmed_at": caller.now, "confirmed_by": caller.actor.id}
    confirm_minutes(db, draft.minutes_id, **by, paper=paper)
    _bind(db, hand, duties, caller)
    _say_confirmed(db, hand, known, duties, caller)
    after = {"serial": draft.serial, "paper": paper}
    trace_meeting(db, hand.meeting, Action.MEETING_HOLD, after, caller)
    return hand.meeting


def minutes_file(
    db: Connection, meeting_id: UUID, serial: int, house: str, caller: Caller
) -> bytes:
    """Return minutes as a docx, and write down who took them."""
    meeting = find_meeting(db, meeting_id)
    found = next((one for one in minutes_of(db, meeting_id) if one.serial == serial), None)
    if meeting is None or found is None:
        raise Refused("unknown_minutes")
    kept = found.paper
    paper = Paper.of(kept) if kept else _paper(db, meeting, found, house)
    after = {"minutes": found.minutes_id, "draft": found.confirmed_at is None}
    trace_meeting(db, meeting, Action.MEETING_READ, after, caller)
    return docx_of(paper, found.confirmed_at or found.drafted_at)


def _duties(minutes_id: UUID, asked: Sequence[DutyAsked]) -> list[DutyRow]:
    return [
        DutyRow(
            duty_id=new_id(),
            minutes_id=minutes_id,
            serial=serial,
            unit_code=one.unit_code,
            company_masked=mask_text(one.company) if one.company else None,
            words_masked=mask_text(one.words),
            days=one.days,
            due_on=one.due_on,
        )
        for serial, one in enumerate(asked, start=1)
    ]


def _check_duties(
    db: Connection, hand: MeetingHand, duties: Sequence[DutyRow], caller: Caller
) -> None:
    told = [Duty(one.unit_code, one.company_masked, one.days, one.due_on) for one in duties]
    parties = invitees(hand.invited)
    wrong = objection_to_duties(hand.meeting.state, told, parties, day_of(caller.now))
    if wrong is not None:
        raise Refused(wrong, field="duties")
    against = complaint_free_of(db, hand.case.case_id, caller, "meeting_id")
    for one in duties:
        unit_for(db, one.unit_code, against)
    if duties:
        lock_held(db, hand.case.case_id)


def _bind(db: Connection, hand: MeetingHand, duties: Sequence[DutyRow], caller: Caller) -> None:
    if hand.meeting.state is MeetingState.AGREED:
        ended = {"state": MeetingState.CONFIRMED, "ended_at": caller.now}
        change_meeting(db, hand.meeting.meeting_id, **ended)
    order = order_in_work(db, hand.case.case_id)
    if order is None:
        if duties:
            raise Refused("duties_without_order")
        return
    units = dict.fromkeys(one.unit_code for one in duties)
    for code in units:
        # What the lead took on is part of its own order.
        if code != order.unit_code:
            mine = [one for one in duties if one.unit_code == code]
            part = open_part(db, order.order_id, _opening(mine), caller)
            for one in mine:
                note_part(db, one.duty_id, part.part_id)


def _opening(duties: Sequence[DutyRow]) -> Opening:
    limit = duties[0]
    told = [f"{one.company_masked}：" if one.company_masked else "" for one in duties]
    words = [f"{who}{one.words_masked}" for who, one in zip(told, duties, strict=True)]
    due_at = None
    if limit.due_on is not None:
        due_at = datetime.combine(limit.due_on, END_OF_DAY, CHINA)
    return Opening(
        kind=PartKind.DUTY,
        unit_code=limit.unit_code,
        task=f"{OF_A_MEETING}{'；'.join(words)}",
        days=limit.days,
        due_at=due_at,
    )


def _say_confirmed(
    db: Connection,
    hand: MeetingHand,
    minutes: Minutes,
    duties: Sequence[DutyRow],
    caller: Caller,
) -> None:
    titles = units_of(db, [one.unit_code for one in duties])
    told = tuple(
        DutyTold(
            unit_code=one.unit_code,
            unit_name=titles[one.unit_code].title,
            company_masked=one.company_masked or "",
            words_masked=one.words_masked,
            days=one.days,
            due_on=one.due_on,
        )
        for one in duties
    )
    fact = MinutesConfirmed(
        case_id=hand.case.case_id,
        occurred_at=caller.now,
        meeting_id=hand.meeting.meeting_id,
        serial=minutes.serial,
        conclusion_masked=minutes.conclusion_masked,
        duties=told,
        by=caller.by,
    )
    say(db, fact)


def _paper(db: Connection, meeting: Meeting, minutes: Minutes, house: str) -> Paper:
    case = cases_by_id(db, [meeting.case_id])[meeting.case_id]
    parties = parties_of(db, [meeting.meeting_id])
    rounds = [one for one in rounds_of(db, [meeting.meeting_id]) if one.held_at is not None]
    seen = presences_of(db, [one.round_id for one in rounds])
    duties = duties_of(db, minutes.minutes_id)
    units = [one.unit_code for one in duties]
    titles = {
        code: unit.title
        for code, unit in units_of(db, filter(None, [*units, meeting.convenor_unit])).items()
    }
    return Paper(
        house=house,
        number=case.number,
        serial=minutes.serial,
        topic=meeting.topic_masked,
        convenor=titles.get(meeting.convenor_unit or "", f"{house}{DESK}"),
        amends_because=minutes.amends_because or "",
        parties=[_seat(party) for party in parties],
        rounds=[_sat(one, parties, seen.get(one.round_id, {})) for one in rounds],
        duties=[_row(one, titles) for one in duties],
        conclusion=minutes.conclusion_masked,
        confirmed_at=told_time(minutes.confirmed_at) if minutes.confirmed_at else "",
    )


def _name(party: MeetingParty) -> str:
    return party.name_masked or KINDS[party.kind]


def _seat(party: MeetingParty) -> tuple[str, ...]:
    # Why it is heard is no business of the others at the table.
    role = ROLES[party.role] if party.dismissed_at is None else LEFT
    return (_name(party), KINDS[party.kind], role)


def _sat(
    one: MeetingRound, parties: Sequence[MeetingParty], seen: Mapping[UUID, Presences]
) -> Sat:
    title = f"第 {one.serial} 轮　{told_time(one.planned_at)}　{one.place_masked}"
    present = [_was(party, seen[party.party_id]) for party in parties if party.party_id in seen]
    return Sat(
        title=title,
        agenda=one.agenda_masked,
        present="；".join(present),
        said=one.said_masked or "",
        result=RESULTS[one.result or RoundResult.NEXT],
    )


def _was(party: MeetingParty, was: Presences) -> str:
    substitute = f"（{was.substitute_masked}代为参加）" if was.substitute_masked else ""
    heard = "（列席陈述）" if party.role is PartyRole.HEARD else ""
    return f"{_name(party)}{heard}{PRESENCES[was.presence]}{substitute}"


def _row(duty: DutyRow, titles: Mapping[str, str]) -> tuple[str, ...]:
    unit = titles.get(duty.unit_code, duty.unit_code)
    limit = f"确认后 {duty.days} 个工作日内" if duty.days else f"{duty.due_on}前"
    return (str(duty.serial), unit, duty.company_masked or unit, duty.words_masked, limit)
