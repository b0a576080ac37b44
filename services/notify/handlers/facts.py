"""Which fact is told to the person, and how: one function for each fact that notify hears."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import Connection

from services.notify.handlers.queueing import TOKEN, Addressee, House, Notice, queue
from services.notify.handlers.templates import (
    BY_CALENDAR,
    BY_COMPLEXITY,
    BY_LIMITS,
    IS_FINAL,
    MAY_COME_BACK,
    Value,
    Words,
    local_why,
)
from services.notify.repository.recipients import (
    AlsoTold,
    Recipient,
    add_recipients,
    lock_recipients,
    renew_query_code,
)
from shared.events.dispatch import (
    CaseFinished,
    CaseHandedOver,
    CaseTracked,
    MaterialsAsked,
    MeetingCalled,
    MeetingCancelled,
    MeetingReminded,
    OrderDispatched,
    OutsideMessage,
    OutsideMessageMade,
)
from shared.events.intake import (
    AgentTold,
    AppealDecided,
    CareMeasure,
    CaseAmended,
    CaseDeclined,
    CaseGrouped,
    CaseRegistered,
    CaseSplit,
    CaseWithdrawn,
    DeclineAppealed,
    GroupKind,
    OneTimeCodeMade,
    QueryCodeRenewed,
    WithdrawalTakenBack,
)
from shared.events.link import CaseReceived, FactRelayed
from shared.events.local import LocalCause
from shared.events.notify import Purpose
from shared.events.review import CaseReopened, EvaluationInvited
from shared.events.sealed import PartyRole, Sealed, SealedParty
from shared.events.sla import ClockStarted, DueDateMoved, MoveReason
from shared.events.words import ClockKind, HandOverKind
from shared.regions import place_named
from shared.security.parties import told_role

TO_ANOTHER_TIER = frozenset({HandOverKind.UP, HandOverKind.DOWN})
"""Of a reopened case the person is told that, and then who has it; the rest comes back here."""

MeetingFact = MeetingCalled | MeetingCancelled | MeetingReminded
MEETINGS: Mapping[str, type[MeetingFact]] = MappingProxyType(
    {kind.name: kind for kind in (MeetingCalled, MeetingCancelled, MeetingReminded)}
)
"""What of another node's meetings the person is told, by name."""


def confirm_registrations(db: Connection, events: Sequence[CaseRegistered], house: House) -> None:
    """Remember whom to tell of cases, and send numbers and query codes as receipts.

    Of what was split off a report one message tells them all, and its code opens them.
    """
    add_recipients(db, [told_of(event) for event in events])
    receipt = Notice(Purpose.RECEIPT, shows_code=True)
    queue(db, house, [(event, receipt) for event in events if event.split_from is None])


def tell_split(db: Connection, event: CaseSplit, house: House) -> None:
    """Tell that a report was taken apart, and the numbers of the further matters."""
    values: dict[str, Value] = {"matters": str(event.matters), "numbers": event.numbers}
    queue(db, house, [(event, Notice(Purpose.SPLIT, str(event.split_id), values))])


def tell_joined(db: Connection, event: CaseGrouped, house: House) -> None:
    """Tell that a case is answered with another one of theirs; of other persons' cases nothing."""
    if event.kind is GroupKind.JOINED:
        queue(db, house, [(event, Notice(Purpose.JOINED, event.occurred_at.isoformat()))])


def leave_to_origin(db: Connection, event: CaseReceived) -> None:
    """Remember that the node that registered a case tells its person, and this one never does."""
    told = Recipient(case_id=event.case_id, number=event.number, told_by=event.origin)
    add_recipients(db, [told])


def tell_declined(db: Connection, event: CaseDeclined, house: House) -> None:
    """Tell that the case was not accepted; reason and route are read by query code."""
    queue(db, house, [(event, Notice(Purpose.DECLINED))])


def tell_appealed(db: Connection, event: DeclineAppealed, house: House) -> None:
    """Tell that an appeal is looked at, and until when."""
    by = {"date": event.decide_by}
    queue(db, house, [(event, Notice(Purpose.APPEALED, values=by))])


def tell_appeal_decided(db: Connection, event: AppealDecided, house: House) -> None:
    """Tell that an appeal is decided; what was decided is read by query code."""
    queue(db, house, [(event, Notice(Purpose.APPEAL_DECIDED))])


def tell_withdrawn(db: Connection, event: CaseWithdrawn, house: House) -> None:
    """Tell that a case was withdrawn, and until when that may be changed: it may not be meant."""
    is_final = event.take_back_by <= event.occurred_at
    until = Words(IS_FINAL if is_final else MAY_COME_BACK, {"date": event.take_back_by})
    ref = str(event.withdrawal_id)
    notice = Notice(Purpose.WITHDRAWN, ref, {"until": until}, round=event.round)
    queue(db, house, [(event, notice)])


def tell_taken_back(db: Connection, event: WithdrawalTakenBack, house: House) -> None:
    """Tell that a withdrawn case goes on."""
    notice = Notice(Purpose.TAKEN_BACK, str(event.withdrawal_id), round=event.round)
    queue(db, house, [(event, notice)])


def tell_promises(db: Connection, events: Sequence[ClockStarted], house: House) -> None:
    """Tell by when cases are promised to be solved; units' own clocks are not told."""
    promised = [event for event in events if event.kind is ClockKind.CITIZEN]
    queue(db, house, [(event, _promise(event)) for event in promised])


def tell_moved(db: Connection, events: Sequence[DueDateMoved], house: House) -> None:
    """Tell by when cases are promised now, that what was provisional is fixed, or will not hold.

    Of a unit that was given more time there is no news while the promise holds.
    """
    news = [event for event in events if event.would_be_at is None]
    told = [event for event in news if event.kind is ClockKind.CITIZEN or _breaks(event)]
    queue(db, house, [(event, _moved(event)) for event in told])


def tell_dispatched(db: Connection, events: Sequence[OrderDispatched], house: House) -> None:
    """Tell which unit has a case, for each unit that is given it."""
    queue(db, house, [(event, _dispatched(event)) for event in events])


def tell_dispatched_elsewhere(db: Connection, events: Sequence[FactRelayed], house: House) -> None:
    """Tell which units of other nodes have cases of this one; of others nobody here is told."""
    told = [event for event in events if event.fact.type == OrderDispatched.name]
    ours = lock_recipients(db, {event.case_id for event in told}) if told else {}
    # About the relayed facts, for their time is this node's: the other clock may be wrong.
    notices = [
        (event, _dispatched(event.fact.open(OrderDispatched)))
        for event in told
        if event.case_id in ours
    ]
    if notices:
        queue(db, house, notices)


def tell_materials(db: Connection, event: MaterialsAsked, house: House) -> None:
    """Tell that a unit needs something; the list is read by query code."""
    queue(db, house, [(event, _materials(event))])


def tell_materials_elsewhere(db: Connection, events: Sequence[FactRelayed], house: House) -> None:
    """Tell the same of units of other nodes that have cases of this one."""
    asked = [event for event in events if event.fact.type == MaterialsAsked.name]
    ours = lock_recipients(db, {event.case_id for event in asked}) if asked else {}
    notices = [
        (event, _materials(event.fact.open(MaterialsAsked)))
        for event in asked
        if event.case_id in ours
    ]
    if notices:
        queue(db, house, notices)


def tell_meeting(db: Connection, event: MeetingFact, house: House) -> None:
    """Tell the person of a meeting to which they are asked, that it is near, or will not be."""
    if event.with_person:
        queue(db, house, [(event, _meeting(event))])


def tell_meetings_elsewhere(db: Connection, events: Sequence[FactRelayed], house: House) -> None:
    """Tell the same of meetings that another node holds about cases of this one."""
    told = [event for event in events if event.fact.type in MEETINGS]
    ours = lock_recipients(db, {event.case_id for event in told}) if told else {}
    opened = [(event, event.fact.open(MEETINGS[event.fact.type])) for event in told]
    notices = [
        (event, _meeting(fact))
        for event, fact in opened
        if event.case_id in ours and fact.with_person
    ]
    if notices:
        queue(db, house, notices)


def tell_handed_over(db: Connection, event: CaseHandedOver, house: House) -> None:
    """Tell which tier took the case, and that what was promised stands."""
    if event.kind in TO_ANOTHER_TIER:
        values = {"node": event.to_name}
        ref = str(event.hand_over_id)
        notice = Notice(Purpose.HANDED_OVER, ref, values, round=event.round)
        queue(db, house, [(event, notice)])


def tell_result(db: Connection, event: CaseFinished, house: House) -> None:
    """Tell that there is a result, if there is; what it says is read by query code."""
    if event.withdrawn:
        return
    notice = Notice(Purpose.RESULT, str(event.round), round=event.round)
    queue(db, house, [(event, notice)])


def tell_tracked(db: Connection, event: CaseTracked, house: House) -> None:
    """Tell that it goes on without a result; why is read by query code, and the day said here."""
    values = {"date": event.next_on}
    notice = Notice(Purpose.TRACKED, str(event.report_id), values, round=event.round)
    queue(db, house, [(event, notice)])


def invite_to_rate(db: Connection, event: EvaluationInvited, house: House) -> None:
    """Ask whether it was really solved, with a link that leads to the case."""
    values = {"date": event.answer_by}
    ref = str(event.round)
    notice = Notice(Purpose.INVITATION, ref, values, shows_code=True, round=event.round)
    queue(db, house, [(event, notice)])


def tell_reopened(db: Connection, event: CaseReopened, house: House) -> None:
    """Tell that the case is taken up again; who took a withdrawal back was told so then."""
    if event.taken_back:
        return
    notice = Notice(Purpose.REOPENED, str(event.round), round=event.round)
    queue(db, house, [(event, notice)])


def send_one_time_code(db: Connection, event: OneTimeCodeMade, house: House) -> None:
    """Send the code to the telephone that was asked with; later than its end it is of no use."""
    notice = Notice(
        Purpose.ONE_TIME_CODE,
        str(event.ask_id),
        {"date": event.expires_at},
        sealed={"code": event.code},
        to=Addressee(event.phone, event.masked_phone, event.language),
        expires_at=event.expires_at,
    )
    queue(db, house, [(event, notice)])


def tell_outside(db: Connection, event: OutsideMessageMade, house: House) -> None:
    """Send an outside party its link, or remind it; later than its end it is of no use."""
    values: dict[str, Value] = {"unit": event.unit_name, "date": event.answer_by}
    notice = Notice(
        _outside(event),
        str(event.message_id),
        values,
        sealed={} if event.token is None else {TOKEN: event.token},
        to=Addressee(event.phone, event.masked_phone),
        expires_at=event.answer_by,
        by_this_node=True,
    )
    queue(db, house, [(event, notice)])


def tell_renewed(db: Connection, event: QueryCodeRenewed, house: House) -> None:
    """Send the new query code, and put it into what is sent from now on."""
    renew_query_code(db, event.case_id, event.query_code)
    notice = Notice(Purpose.CODE_RENEWED, str(event.renewal_id), shows_code=True)
    queue(db, house, [(event, notice)])


def _dispatched(event: OrderDispatched) -> Notice:
    values = {"unit": event.unit_name}
    return Notice(Purpose.DISPATCHED, str(event.order_id), values, round=event.round)


def _materials(event: MaterialsAsked) -> Notice:
    values = {"date": event.answer_by}
    return Notice(Purpose.MATERIALS, str(event.request_id), values, round=event.round)


def _meeting(event: MeetingFact) -> Notice:
    if isinstance(event, MeetingCancelled):
        return Notice(Purpose.MEETING_OFF, str(event.meeting_id), round=event.round)
    purpose, told = Purpose.MEETING_SOON, event.starts_at.isoformat()
    if isinstance(event, MeetingCalled):
        purpose, told = Purpose.MEETING, f"{event.serial} {event.moves}"
    values = {"date": event.starts_at}
    ref = f"{event.meeting_id} {told}"
    return Notice(purpose, ref, values, round=event.round, expires_at=event.starts_at)


def _outside(event: OutsideMessageMade) -> Purpose:
    if event.kind is OutsideMessage.MEETING:
        return Purpose.OUTSIDE_MEETING
    is_link = event.kind is OutsideMessage.LINK and event.token is not None
    return Purpose.OUTSIDE_LINK if is_link else Purpose.OUTSIDE_REMINDER


def _promise(event: ClockStarted) -> Notice:
    values = {"date": event.due_at}
    return Notice(Purpose.PROMISE, values=values, provisional=event.provisional)


def _breaks(event: DueDateMoved) -> bool:
    return event.promise_due_at is not None


def _why_local(cause: LocalCause) -> Words:
    return local_why(place_named(cause.region), cause.names, off=cause.off)


def _why(event: DueDateMoved) -> Words:
    if event.complexity:
        return Words(BY_COMPLEXITY)
    if event.local:
        return _why_local(event.local)
    return Words(BY_LIMITS if event.reason is MoveReason.LIMITS else BY_CALENDAR)


def _moved(event: DueDateMoved) -> Notice:
    if _breaks(event):
        ref = f"{event.clock_id} {event.due_at.isoformat()}"
        return Notice(Purpose.DELAYED, ref, {"date": event.due_at})
    is_fixed = event.due_at == event.due_before
    purpose = Purpose.PROMISE_FIXED if is_fixed else Purpose.PROMISE_MOVED
    values = {"date": event.due_at} | ({} if is_fixed else {"why": _why(event)})
    return Notice(purpose, event.explanation, values, provisional=event.provisional)


def also_told(event: CaseRegistered | CaseAmended) -> tuple[AlsoTold, ...]:
    """Return who else is told of a case: the agent, where both are, and who reports it too."""
    agent, authority = event.agent, event.authority
    both = authority is not None and authority.told == AgentTold.BOTH
    others = tuple(
        _also(each.serial, each.party, each.party.phone, each.query_code)
        for each in event.others
        if each.party.phone is not None and not each.left
    )
    if agent is None or agent.phone is None or not both:
        return others
    code = getattr(event, "agent_code", None)
    return (_also(0, agent, agent.phone, code), *others)


def _also(serial: int, party: SealedParty, phone: Sealed, code: Sealed | None) -> AlsoTold:
    return AlsoTold(serial, phone, party.masked_phone, code, party.language)


def told_of(event: CaseRegistered | CaseAmended) -> Recipient:
    """Return whom to tell of a case: the agent if one speaks for the person."""
    agent, authority = event.agent, event.authority
    has_phone = agent is not None and agent.phone is not None
    role = told_role(has_phone, authority.told if authority else AgentTold.AGENT)
    told = agent if agent is not None and role is PartyRole.AGENT else event.complainant
    return Recipient(
        case_id=event.case_id,
        number=event.number,
        query_code=event.query_code,
        phone=told.phone,
        masked_phone=told.masked_phone,
        language=told.language,
        amendment=getattr(event, "amendment", 0),
        calls=CareMeasure.CALL in (event.measures or ()),
        also=also_told(event),
    )
