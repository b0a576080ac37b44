"""Which facts staff are told of, and whom: one function for each kind of fact."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.portal.handlers.notices.telling import Telling, tell, untell
from services.portal.handlers.project import Heard
from services.portal.policy.notices import (
    CALLERS,
    DESK,
    HEADS,
    OFFICERS,
    SUPERVISORS,
    Audience,
)
from services.portal.repository import notices as repository
from shared.events import dispatch, sla
from shared.events.base import CaseEvent, Event
from shared.events.dispatch import PartEnd, PartEvent, PartKind
from shared.events.intake import ComplaintMarked, FileReleased, PressureTold
from shared.events.intake.care import HelperAssigned
from shared.events.link import FactRelayed
from shared.events.notify import DutyPhoneListed, MessageFailed
from shared.events.portal import NoticeKind
from shared.events.review import SupervisionOrdered
from shared.events.sla import TermKind
from shared.security.actor import Role
from shared.security.sealing import NodeKeys

OF_DESK = Audience(DESK)
TAKEN_BY_SOMEBODY = frozenset({PartEnd.WITHDRAWN, PartEnd.REASSIGNED})
"""Of what follows from another step of the lead, the lead need not be told."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What was said, under its id, and when by the clock of this node."""

    id: UUID
    event: Event
    at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What the projection knows of the cases and orders of a batch."""

    leads: Mapping[UUID, str] = field(default_factory=dict)
    """Whose the orders are."""
    cases: Mapping[UUID, tuple[str | None, str | None]] = field(default_factory=dict)
    """Which unit has a case, and which account looks for one."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one audience is told of a fact."""

    kind: NoticeKind
    audience: Audience
    unit_name: str | None = None
    about_at: datetime | None = None
    ref: UUID | None = None


Says = Callable[[Any, Known], Iterator[Told]]


def tell_staff(db: Connection, heard: Heard, keys: NodeKeys) -> None:
    """Tell staff what is theirs of what this node said, or a tier above asks of it.

    Who is on duty is learnt first; whom a case turns out to complain of is told nothing any more.
    """
    for _envelope, event in heard:
        _learn(db, event)
    facts = list(_facts(heard))
    known = _known(db, [fact.event for fact in facts])
    tell(db, [one for fact in facts for one in _tellings(fact, known)], keys)
    for _envelope, event in heard:
        if isinstance(event, ComplaintMarked):
            untell(db, event.case_id, keys)


def _learn(db: Connection, event: Event) -> None:
    if isinstance(event, dispatch.DutyChanged):
        repository.put_duty(db, event.unit_code, {"crews": [list(c) for c in event.crews]})
    elif isinstance(event, DutyPhoneListed):
        repository.put_duty(db, event.unit_code, {"has_phone": event.is_given})


def _facts(heard: Heard) -> Iterator[Fact]:
    for envelope, event in heard:
        if isinstance(event, FactRelayed):
            kind = FROM_ELSEWHERE.get(event.fact.type)
            told = None if kind is None else event.fact.open(kind)
            if told is not None and _node_of(told) == envelope.node:
                # At the time of this node: the other clock may be wrong.
                yield Fact(event.fact.id, told, event.occurred_at)
        elif type(event) in SAYS and _is_told_here(event, envelope.node):
            yield Fact(envelope.id, event, event.occurred_at)


FROM_ELSEWHERE: Mapping[str, type[SupervisionOrdered | FileReleased]] = MappingProxyType(
    {kind.name: kind for kind in (SupervisionOrdered, FileReleased)}
)
"""What other nodes say for units of this one."""


def _node_of(event: SupervisionOrdered | FileReleased) -> str:
    return event.unit_node if isinstance(event, FileReleased) else event.to_node


def _is_told_here(event: Event, node: str) -> bool:
    if isinstance(event, FileReleased):
        return event.unit_node == node
    return not isinstance(event, SupervisionOrdered)


def _known(db: Connection, events: Sequence[Event]) -> Known:
    orders = {one.order_id for one in events if isinstance(one, PartEvent)}
    cases = {one.case_id for one in events if isinstance(one, OF_HOLDER)}
    return Known(
        repository.leads(db, orders) if orders else {},
        repository.holding(db, cases) if cases else {},
    )


def _tellings(fact: Fact, known: Known) -> Iterator[Telling]:
    event = fact.event
    for told in SAYS[type(event)](event, known):
        yield Telling(
            notice_id=fact.id,
            kind=told.kind,
            audience=told.audience,
            told_at=fact.at,
            case_id=event.case_id if isinstance(event, CaseEvent) else None,
            unit_name=told.unit_name,
            about_at=told.about_at,
            ref=told.ref,
            message_id=event.message_id if isinstance(event, sla.StepTaken) else None,
        )


def _unit(code: str) -> Audience:
    return Audience(OFFICERS, code)


def _dispatched(event: dispatch.OrderDispatched, _known: Known) -> Iterator[Told]:
    kind = NoticeKind.ARBITRATED if event.arbitrated else NoticeKind.ORDER
    yield Told(kind, _unit(event.unit_code))


def _returned(event: dispatch.OrderReturned, _known: Known) -> Iterator[Told]:
    yield Told(NoticeKind.ORDER_BACK, OF_DESK, event.unit_name)


def _ended(event: dispatch.OrderFinished, _known: Known) -> Iterator[Told]:
    if event.withdrawn:
        yield Told(NoticeKind.WITHDRAWN, _unit(event.unit_code))


def _pressed(_event: PressureTold, _known: Known) -> Iterator[Told]:
    yield Told(NoticeKind.PRESSURE, Audience(SUPERVISORS, everybody=True))


def _decided(event: dispatch.ArbitrationDecided, _known: Known) -> Iterator[Told]:
    if event.unit_code is None and not event.withdrawn:  # else its unit is told of the order
        yield Told(NoticeKind.ARBITRATED_AWAY, OF_DESK)


def _extended(event: dispatch.ExtensionDecided, _known: Known) -> Iterator[Told]:
    kind = NoticeKind.EXTENSION if event.granted else NoticeKind.NO_EXTENSION
    yield Told(kind, _unit(event.unit_code))


def _part_opened(event: dispatch.PartOpened, _known: Known) -> Iterator[Told]:
    kind = NoticeKind.DUTY if event.kind is PartKind.DUTY else NoticeKind.PART
    yield Told(kind, _unit(event.unit_code), event.lead_name, event.due_at)


def _part_urged(event: dispatch.PartUrged, _known: Known) -> Iterator[Told]:
    yield Told(NoticeKind.PART_URGED, _unit(event.unit_code))


def _part_withdrawn(event: dispatch.PartWithdrawn, known: Known) -> Iterator[Told]:
    yield Told(NoticeKind.PART_BACK, _unit(event.unit_code))
    lead = known.leads.get(event.order_id)
    if lead and event.why in TAKEN_BY_SOMEBODY and event.by.unit != lead:
        yield Told(NoticeKind.PART_BACK, _unit(lead), event.unit_name)


def _to_lead(kind: NoticeKind) -> Says:
    def say(event: PartEvent, known: Known) -> Iterator[Told]:
        lead = known.leads.get(event.order_id)
        if lead:
            yield Told(kind, _unit(lead), event.unit_name)

    return say


def _called(event: dispatch.MeetingCalled, _known: Known) -> Iterator[Told]:
    kind = NoticeKind.MEETING_MOVED if event.moves else NoticeKind.MEETING
    for unit in event.unit_codes:
        if unit != event.by.unit:
            yield Told(kind, _unit(unit), None, event.starts_at, event.meeting_id)


def _cancelled(event: dispatch.MeetingCancelled, _known: Known) -> Iterator[Told]:
    for unit in event.unit_codes:
        if unit != event.by.unit:
            yield Told(NoticeKind.MEETING_OFF, _unit(unit), ref=event.meeting_id)


def _reminded(event: dispatch.MeetingReminded, _known: Known) -> Iterator[Told]:
    for unit in event.unit_codes:
        soon = NoticeKind.MEETING_SOON
        yield Told(soon, _unit(unit), None, event.starts_at, event.meeting_id)


def _confirmed(event: dispatch.MinutesConfirmed, known: Known) -> Iterator[Told]:
    # Who has a part of the order is told of that.
    holder, _searcher = known.cases.get(event.case_id, (None, None))
    if holder in {duty.unit_code for duty in event.duties} and holder is not None:
        yield Told(NoticeKind.MINUTES, _unit(holder), ref=event.meeting_id)


def _supervised(event: SupervisionOrdered, known: Known) -> Iterator[Told]:
    about = event.answer_by
    yield Told(NoticeKind.SUPERVISION, Audience(DESK | HEADS), about_at=about)
    holder, _searcher = known.cases.get(event.case_id, (None, None))
    if holder is not None:
        yield Told(NoticeKind.SUPERVISION, _unit(holder), about_at=about)


def _near(event: sla.TermNear, known: Known) -> Iterator[Told]:
    if event.kind is TermKind.SIGN and event.unit_code:
        yield Told(NoticeKind.SIGN_SOON, _unit(event.unit_code), about_at=event.due_at)
    if event.kind is TermKind.SEARCH:
        _holder, searcher = known.cases.get(event.case_id, (None, None))
        audience = Audience(DESK, person=searcher)
        yield Told(NoticeKind.SEARCH_SOON, audience, about_at=event.due_at)


def _over(event: sla.TermOver, _known: Known) -> Iterator[Told]:
    if event.kind is TermKind.SIGN and event.unit_code:
        yield Told(NoticeKind.SIGN_OVER, _unit(event.unit_code), about_at=event.due_at)
    if event.kind is TermKind.SEARCH:
        audience = Audience(DESK | HEADS)
        yield Told(NoticeKind.SEARCH_OVER, audience, about_at=event.due_at)


def _step(event: sla.StepTaken, _known: Known) -> Iterator[Told]:
    audience = _addressed(event)
    if audience is not None:
        about = event.answer_by if event.step is sla.StepKind.SUPERVISE else event.due_at
        yield Told(STEPS[event.step], audience, about_at=about)


def _addressed(event: sla.StepTaken) -> Audience | None:
    if event.whom is sla.Whom.DISPATCHER:
        return OF_DESK
    if event.whom is sla.Whom.SUPERVISOR:
        return Audience(HEADS)
    if event.unit_code is None:
        return None
    return Audience(OFFICERS, event.unit_code, everybody=event.whom is sla.Whom.UNIT_LEAD)


STEPS: Mapping[sla.StepKind, NoticeKind] = MappingProxyType(
    {
        sla.StepKind.REMIND: NoticeKind.LIMIT_SOON,
        sla.StepKind.URGE: NoticeKind.LIMIT_OVER,
        sla.StepKind.SUPERVISE: NoticeKind.SLIP,
        sla.StepKind.BULLETIN: NoticeKind.BULLETIN,
        sla.StepKind.RAISE: NoticeKind.RAISING,
    }
)


def _nobody(event: dispatch.DutyGapFound, _known: Known) -> Iterator[Told]:
    about = (event.unit_name, event.begins)
    yield Told(NoticeKind.NOBODY, _unit(event.unit_code), *about)
    yield Told(NoticeKind.NOBODY, Audience(DESK | HEADS), *about)


def _helped(event: HelperAssigned, _known: Known) -> Iterator[Told]:
    if event.login is not None:
        everybody = frozenset(Role)
        yield Told(NoticeKind.HELPER, Audience(everybody, person=event.login, alone=True))


def _shown(event: FileReleased, _known: Known) -> Iterator[Told]:
    yield Told(NoticeKind.FILE_SHOWN, _unit(event.unit_code))


def _unread(event: MessageFailed, _known: Known) -> Iterator[Told]:
    if event.reason in TO_BE_CALLED:
        yield Told(NoticeKind.CALL, Audience(CALLERS))


TO_BE_CALLED = frozenset({"no_mobile", "call_wanted"})
"""Why a message ended that somebody tells by telephone instead."""
OF_HOLDER = (dispatch.MinutesConfirmed, SupervisionOrdered, sla.TermNear)
"""Facts of which the unit is told that has the case, or the account that looks for one."""
SAYS: Mapping[type[Event], Says] = MappingProxyType(
    {
        dispatch.OrderDispatched: _dispatched,
        dispatch.OrderReturned: _returned,
        dispatch.OrderFinished: _ended,
        PressureTold: _pressed,
        dispatch.ArbitrationDecided: _decided,
        dispatch.ExtensionDecided: _extended,
        dispatch.PartOpened: _part_opened,
        dispatch.PartAnswered: _to_lead(NoticeKind.PART_ANSWERED),
        dispatch.PartDissented: _to_lead(NoticeKind.PART_DISSENTED),
        dispatch.PartDeclined: _to_lead(NoticeKind.PART_DECLINED),
        dispatch.PartUrged: _part_urged,
        dispatch.PartWithdrawn: _part_withdrawn,
        dispatch.MeetingCalled: _called,
        dispatch.MeetingCancelled: _cancelled,
        dispatch.MeetingReminded: _reminded,
        dispatch.MinutesConfirmed: _confirmed,
        dispatch.DutyGapFound: _nobody,
        SupervisionOrdered: _supervised,
        HelperAssigned: _helped,
        FileReleased: _shown,
        MessageFailed: _unread,
        sla.TermNear: _near,
        sla.TermOver: _over,
        sla.StepTaken: _step,
    }
)
"""Of every other fact staff learn when they look at the desk."""
