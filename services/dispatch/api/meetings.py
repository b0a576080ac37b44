"""Coordination meetings over HTTP: convene, answer, hold rounds, minutes (N8)."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from services.dispatch import handlers
from services.dispatch.api.meeting_bodies import (
    AnswerBody,
    BecauseBody,
    HeardBody,
    MeetingBody,
    MinutesBody,
    NothingBody,
    PartyBody,
    RoundBody,
    SittingBody,
)
from services.dispatch.api.meeting_views import (
    MeetingLine,
    MeetingView,
    MeetingWritten,
    meeting_lines,
    party_views,
)
from services.dispatch.api.orders import DispatchDoor
from services.dispatch.handlers import Caller, Holding, Sitting, Was
from services.dispatch.policy.meetings import PartyRole, Presence
from services.dispatch.repository import meetings as repository
from services.dispatch.repository.meetings import Meeting, MeetingsWanted
from services.dispatch.repository.orders import order_in_work, version_of
from services.dispatch.tables import complaints, idempotency
from shared.complaints import barred, complaint_of
from shared.errors import Refused
from shared.http import ApiRoute, Door, IdempotencyKey, Once, Who
from shared.http.demands import demands
from shared.http.paging import MOST_PER_PAGE
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, is_complained_of
from shared.security.reach import within
from shared.unit import Work

router = APIRouter(prefix="/meetings", route_class=ApiRoute)

MOST_DIGITS = 4
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Asking:
    """Who asks something of one meeting, and at which door."""

    def __init__(self, meeting_id: UUID, door: DispatchDoor, actor: Who) -> None:
        self.meeting_id, self.door, self.actor = meeting_id, door, actor
        self.caller = Caller(actor, door.now())

    def allowed(self, db: Connection, action: Action) -> Meeting:
        """Return the meeting if the actor may; Refused, also where there is none."""
        return _allowed(self.door, db, self.actor, action, self.meeting_id)


Asks = Annotated[Asking, Depends()]


@dataclass(frozen=True, slots=True)
class _Sides:
    meeting: Meeting | None
    resource: Resource
    hidden: bool


@router.get("")
@demands(Action.MEETING_READ)
def list_meetings(
    door: DispatchDoor, actor: Who, case_id: Annotated[UUID | None, Query()] = None
) -> list[MeetingLine]:
    """List open meetings by the day of their next round, or all meetings of one case."""
    door.demand(actor, Action.MEETING_READ, Resource(node=door.node.code, unit=actor.unit))
    reach = within(actor, Action.MEETING_READ, door.node.code)
    with door.unit.transaction() as db:
        wanted = MeetingsWanted(actor, reach, case_id)
        return meeting_lines(db, repository.meetings_like(db, wanted, MOST_PER_PAGE))


@router.post("", status_code=201)
@demands(Action.MEETING_HOLD)
def convene(
    body: MeetingBody, door: DispatchDoor, actor: Who, key: IdempotencyKey = None
) -> MeetingWritten:
    """Call a meeting; a unit's officer convenes about what the unit has in work, for the unit."""
    caller = Caller(actor, door.now())
    once = Once(idempotency, door.keys, actor, key, caller.now)
    convening = handlers.Convening(
        case_id=body.case_id,
        topic=body.topic,
        sitting=_sitting(body),
        parties=tuple(_asked(each) for each in body.parties),
        convenor_unit=body.convenor_unit,
        bring=body.bring or "",
    )
    with door.unit.begin() as work:
        _may_convene(door, work.db, actor, body)
        return once.run(
            work.db,
            body,
            MeetingWritten,
            lambda: _written(work, handlers.convene(work.db, convening, caller)),
        )


@router.get("/{meeting_id}")
@demands(Action.MEETING_READ)
def show_meeting(ask: Asks) -> MeetingView:
    """Show a meeting with its parties, rounds and minutes."""
    with ask.door.unit.transaction() as db:
        meeting = ask.allowed(db, Action.MEETING_READ)
        sees_all = within(ask.actor, Action.MEETING_READ, ask.door.node.code).everything
        parties = repository.parties_of(db, [ask.meeting_id])
        return MeetingView.of(
            db,
            meeting,
            parties=party_views(parties, with_reasons=sees_all),
            is_convenor=handlers.is_convenor(meeting, ask.caller),
            version=version_of(db, meeting.case_id),
        )


@router.post("/{meeting_id}/parties")
@demands(Action.MEETING_HOLD)
def invite(body: PartyBody, ask: Asks) -> MeetingWritten:
    """Ask one more party."""
    with ask.door.unit.begin() as work:
        ask.allowed(work.db, Action.MEETING_HOLD)
        told = handlers.invite(work.db, ask.meeting_id, _asked(body), ask.caller)
        return _written(work, told)


@router.post("/{meeting_id}/heard")
@demands(Action.MEETING_HEAR)
def hear_unit(body: HeardBody, ask: Asks) -> MeetingWritten:
    """Let a unit be heard of which the case complains; it sees nothing of the case."""
    with ask.door.unit.begin() as work:
        ask.allowed(work.db, Action.MEETING_HEAR)
        told = (body.unit_code, body.because)
        return _written(work, handlers.hear_unit(work.db, ask.meeting_id, *told, ask.caller))


@router.post("/{meeting_id}/parties/{party_id}/answer")
@demands(Action.MEETING_ANSWER)
def answer(party_id: UUID, body: AnswerBody, ask: Asks) -> MeetingWritten:
    """Say for a party whether it comes, or who comes in its place."""
    door, caller = ask.door, ask.caller
    with door.unit.begin() as work:
        ask.allowed(work.db, Action.MEETING_READ)
        parties = repository.parties_of(work.db, [ask.meeting_id])
        party = next((one for one in parties if one.party_id == party_id), None)
        unit = party.unit_code if party and party.role is not PartyRole.HEARD else None
        door.demand(ask.actor, Action.MEETING_ANSWER, Resource(node=door.node.code, unit=unit))
        presence = Presence.CONFIRMED if body.coming else Presence.ABSENT
        told = handlers.Reply(party_id, presence, body.substitute or "")
        return _written(work, handlers.reply(work.db, ask.meeting_id, told, caller))


@router.post("/{meeting_id}/move")
@demands(Action.MEETING_HOLD)
def move(body: SittingBody, ask: Asks) -> MeetingWritten:
    """Hold the coming round at another time or place."""
    with ask.door.unit.begin() as work:
        ask.allowed(work.db, Action.MEETING_HOLD)
        told = handlers.move_meeting(work.db, ask.meeting_id, _sitting(body), ask.caller)
        return _written(work, told)


@router.post("/{meeting_id}/rounds")
@demands(Action.MEETING_HOLD)
def hold_round(body: RoundBody, ask: Asks) -> MeetingWritten:
    """Write down a round: who was there, what was said, how it ended."""
    holding = Holding(
        meeting_id=ask.meeting_id,
        seen={one.party_id: Was(one.presence, one.substitute or "") for one in body.seen},
        said=body.said,
        result=body.result,
        following=_sitting(body.following) if body.following else None,
    )
    with ask.door.unit.begin() as work:
        ask.allowed(work.db, Action.MEETING_HOLD)
        return _written(work, handlers.hold_round(work.db, holding, ask.caller))


@router.post("/{meeting_id}/take")
@demands(Action.MEETING_HOLD)
def take(_body: NothingBody, ask: Asks) -> MeetingWritten:
    """Answer for a meeting in place of whoever convened it."""
    with ask.door.unit.begin() as work:
        ask.allowed(work.db, Action.MEETING_HOLD)
        return _written(work, handlers.take_meeting(work.db, ask.meeting_id, ask.caller))


@router.post("/{meeting_id}/cancel")
@demands(Action.MEETING_HOLD)
def cancel(body: BecauseBody, ask: Asks) -> MeetingWritten:
    """End a meeting without a decision."""
    with ask.door.unit.begin() as work:
        ask.allowed(work.db, Action.MEETING_HOLD)
        told = handlers.cancel_meeting(work.db, ask.meeting_id, body.because, ask.caller)
        return _written(work, told)


@router.put("/{meeting_id}/minutes")
@demands(Action.MEETING_HOLD)
def draft_minutes(body: MinutesBody, ask: Asks) -> MeetingWritten:
    """Draft minutes with their division of duties, in place of the draft before."""
    drafting = handlers.Drafting(
        meeting_id=ask.meeting_id,
        conclusion=body.conclusion,
        duties=tuple(handlers.DutyAsked(**one.model_dump()) for one in body.duties),
        amends_because=body.amends_because or "",
    )
    with ask.door.unit.begin() as work:
        ask.allowed(work.db, Action.MEETING_HOLD)
        return _written(work, handlers.draft_minutes(work.db, drafting, ask.caller))


@router.post("/{meeting_id}/minutes/confirm")
@demands(Action.MEETING_HOLD)
def confirm_minutes(_body: NothingBody, ask: Asks) -> MeetingWritten:
    """Confirm the drafted minutes as the convenor; they never change after that."""
    with ask.door.unit.begin() as work:
        ask.allowed(work.db, Action.MEETING_HOLD)
        house = ask.door.node.name
        told = handlers.confirm_meeting(work.db, ask.meeting_id, house, ask.caller)
        return _written(work, told)


@router.get("/{meeting_id}/minutes/{serial}/file", response_class=Response)
@demands(Action.MEETING_READ)
def minutes_file(serial: str, ask: Asks) -> Response:
    """Hand out minutes as a docx; who took them stands in the audit."""
    # As a text, so that who may see none learns nothing of what an address takes.
    number = int(serial) if serial.isdecimal() and len(serial) <= MOST_DIGITS else 0
    with ask.door.unit.begin() as work:
        ask.allowed(work.db, Action.MEETING_READ)
        house = ask.door.node.name
        file = handlers.minutes_file(work.db, ask.meeting_id, number, house, ask.caller)
    name = f"minutes-{ask.meeting_id}-{number}.docx"
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "no-store",
    }
    return Response(file, media_type=DOCX, headers=headers)


def _may_convene(door: Door, db: Connection, actor: Actor, body: MeetingBody) -> None:
    order = order_in_work(db, body.case_id)
    against = complaint_of(db, complaints, body.case_id)
    here = barred(Resource(node=door.node.code), against)
    if is_complained_of(actor, here):
        raise Refused("unknown_case", field="case_id")
    for unit in (body.convenor_unit, order.unit_code if order else None):
        door.demand(actor, Action.MEETING_HOLD, Resource(node=door.node.code, unit=unit))


def _allowed(
    door: Door, db: Connection, actor: Actor, action: Action, meeting_id: UUID
) -> Meeting:
    sides = _sides(door, db, actor, meeting_id)
    # Asked also about one that does not exist: who may see none learns nothing of which are.
    door.demand(actor, action, sides.resource)
    if sides.meeting is None or sides.hidden:
        raise Refused("unknown_meeting", field="meeting_id")
    return sides.meeting


def _sides(door: Door, db: Connection, actor: Actor, meeting_id: UUID) -> _Sides:
    meeting = repository.find_meeting(db, meeting_id)
    nobody = Resource(node=door.node.code)
    if meeting is None:
        return _Sides(None, nobody, hidden=False)
    against = barred(nobody, complaint_of(db, complaints, meeting.case_id))
    if is_complained_of(actor, against):
        return _Sides(meeting, nobody, hidden=True)
    parties = repository.parties_of(db, [meeting_id])
    sit = frozenset(
        one.unit_code
        for one in parties
        if one.unit_code and one.role is not PartyRole.HEARD and one.dismissed_at is None
    )
    resource = Resource(
        node=door.node.code, unit=meeting.convenor_unit, case_id=meeting.case_id, units=sit
    )
    return _Sides(meeting, resource, hidden=False)


def _sitting(body: SittingBody) -> Sitting:
    return Sitting(starts_at=body.starts_at, place=body.place, agenda=body.agenda)


def _asked(body: PartyBody) -> handlers.PartyAsked:
    return handlers.PartyAsked(
        kind=body.kind, role=body.role, unit_code=body.unit_code, name=body.name or ""
    )


def _written(work: Work, meeting: Meeting) -> MeetingWritten:
    work.speak()
    case_id = meeting.case_id
    version = work.versions.get(case_id) or version_of(work.db, case_id)
    return MeetingWritten(case_id=case_id, version=version, meeting_id=meeting.meeting_id)
