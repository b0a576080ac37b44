"""Ask a party outside about an order: the order stays with its unit, and its clocks run on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.outside_links import new_link, new_spoken_code
from services.dispatch.handlers.outside_register import opened, the_party
from services.dispatch.handlers.steps import lock_order, order_facts
from services.dispatch.handlers.trace import THE_RULES, Trace, leave_trace
from services.dispatch.policy.orders import IN_WORK
from services.dispatch.policy.outside import (
    Asked,
    Objection,
    OutsideLimits,
    objection_to_question,
    objection_to_time,
)
from services.dispatch.policy.rota import CHINA
from services.dispatch.repository import outside as repository
from services.dispatch.repository.catalogue import conflicted
from services.dispatch.repository.orders import Order
from services.dispatch.repository.outside import Party, Question
from services.dispatch.repository.rota import titles
from services.dispatch.tables import complaints
from shared.clock import new_id
from shared.complaints import complaint_of
from shared.errors import Refused
from shared.events.dispatch import (
    OutsideAsked,
    OutsideEnd,
    OutsideEnded,
    OutsideMessage,
    OutsideMessageMade,
)
from shared.events.intake import ComplaintMarked
from shared.events.words import By
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.identifiers import plain
from shared.security.masking import mask_text
from shared.security.parties import name_hashes
from shared.security.policy import Action
from shared.security.sealing import KeyDestroyed, NodeKeys, Sealer
from shared.security.vault import sealer_of_case, was_erased

FIELDS = {Objection.BAD_ANSWER_BY: "answer_by"}
"""Which field is to blame, where it is not the party."""
MOST_REMINDED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideAsking:
    """What a party is asked; `answer_by` None is after the days of the node's setting."""

    order_id: UUID
    party_id: UUID
    text: str
    days: int
    answer_by: datetime | None = None
    files: tuple[UUID, ...] = ()
    with_code: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A question whose link is on its way; the code is told by telephone, and shown this once."""

    question: Question
    code: str | None = field(default=None, repr=False)


def ask_outside(db: Connection, keys: NodeKeys, asking: OutsideAsking, caller: Caller) -> Sent:
    """Ask a party, who answers by a link in a message."""
    order = _in_work(db, asking.order_id)
    party = the_party(db, asking.party_id)
    question = _question(asking, order, party, caller)
    _check(db, order, party, question.answer_by, caller)
    _check_conflict(db, keys, order.case_id, party)
    link = new_link(keys, question.question_id, question.answer_by)
    code = new_spoken_code(keys, question.question_id) if asking.with_code else None
    question = replace(question, link_mark=link.mark, code_hash=code.hash if code else None)

    repository.add_question(db, question)
    _say_asked(db, order, question, caller)
    send_link(db, keys, _Sending(order, question, party, link.token), caller.now)
    told = {"party_id": party.party_id, "text": question.text_masked, "files": asking.files}
    _trace(db, caller, Action.OUTSIDE_ASK, question, told | {"answer_by": question.answer_by})
    return Sent(question, code.digits if code else None)


def _question(asking: OutsideAsking, order: Order, party: Party, caller: Caller) -> Question:
    return Question(
        question_id=new_id(),
        order_id=order.order_id,
        case_id=order.case_id,
        party_id=party.party_id,
        party_name=party.name,
        asked_at=caller.now,
        asked_by=caller.actor.id,
        answer_by=asking.answer_by or caller.now + timedelta(days=asking.days),
        text_masked=mask_text(asking.text),
        files=asking.files,
        link_mark=None,
        link_sent_at=caller.now,
    )


def _say_asked(db: Connection, order: Order, question: Question, caller: Caller) -> None:
    asked = OutsideAsked(
        **order_facts(order, caller),
        question_id=question.question_id,
        party_name=question.party_name,
        answer_by=question.answer_by,
        question_masked=question.text_masked,
    )
    say(db, asked)


def send_again(
    db: Connection,
    keys: NodeKeys,
    question_id: UUID,
    answer_by: datetime | None,
    caller: Caller,
) -> Sent:
    """Send a new link for an open question; the old one is dead, and so is its spoken code."""
    order, question = open_question(db, question_id)
    until = answer_by or question.answer_by
    wrong = objection_to_time(until, caller.now)
    if wrong is not None:
        raise Refused(wrong, field="answer_by")
    party = the_party(db, question.party_id)
    _check_conflict(db, keys, order.case_id, party)
    link = new_link(keys, question_id, until)
    code = new_spoken_code(keys, question_id) if question.code_hash else None
    changed = {
        "answer_by": until,
        "link_mark": link.mark,
        "link_sent_at": caller.now,
        "link_count": question.link_count + 1,
        "code_hash": code.hash if code else None,
        "wrong_codes": 0,
        "reminded_at": None,
    }
    repository.change_question(db, question_id, **changed)
    renewed = replace(question, **changed)  # type: ignore[arg-type]
    if until != question.answer_by:
        _say_asked(db, order, renewed, caller)
    send_link(db, keys, _Sending(order, renewed, party, link.token), caller.now)
    _trace(db, caller, Action.OUTSIDE_ASK, question, {"sent_again": until})
    return Sent(renewed, code.digits if code else None)


def withdraw_question(db: Connection, question_id: UUID, note: str, caller: Caller) -> Question:
    """Go on without the answer: its link opens nothing any more."""
    order, question = open_question(db, question_id)
    ending = Ending(OutsideEnd.WITHDRAWN, caller.now, caller.by, mask_text(note))
    end_question(db, order, question, ending)
    _trace(db, caller, Action.OUTSIDE_WITHDRAW, question, {"note": ending.text})
    return question


def stop_asking(db: Connection, order: Order, at: datetime) -> None:
    """End the open questions of an order that ends: their links open nothing any more."""
    for question in repository.questions_of(db, order.order_id):
        if question.ended_at is None:
            end_question(db, order, question, Ending(OutsideEnd.ENDED, at, THE_RULES))


def stop_asking_complained_of(db: Connection, keys: NodeKeys, event: ComplaintMarked) -> None:
    """End the open questions to parties of whom a case turns out to complain."""
    for question in repository.open_of_case(db, event.case_id):
        party = the_party(db, question.party_id)
        if is_party_complained_of(db, keys, event.case_id, party):
            order = _order_of(db, question)
            end_question(
                db, order, question, Ending(OutsideEnd.ENDED, event.occurred_at, THE_RULES)
            )


def remind_parties(db: Connection, keys: NodeKeys, limits: OutsideLimits, now: datetime) -> int:
    """Remind parties once, a day before their time is over; return how many.

    Counts of wrong links whose window is over are forgotten by the way.
    """
    repository.forget_tries_before(db, now - limits.window)
    due = repository.to_remind(db, now, MOST_REMINDED)
    return sum(_remind(db, keys, each.question_id, now) for each in due)


def _remind(db: Connection, keys: NodeKeys, question_id: UUID, now: datetime) -> bool:
    try:
        order, question = open_question(db, question_id)
        party = the_party(db, question.party_id)
        send_link(db, keys, _Sending(order, question, party, None), now)
    except Refused:
        return False  # answered a moment ago, or its person erased: no key is left to seal with
    repository.change_question(db, question_id, reminded_at=now)
    return True


@dataclass(frozen=True, slots=True)
class Ending:
    """How a question ends, when, by whom, in which words."""

    how: OutsideEnd
    at: datetime
    by: By
    text: str = ""
    files: int = 0


def end_question(db: Connection, order: Order, question: Question, ending: Ending) -> None:
    """Write how a question ended, and say it."""
    note = {} if ending.how in ANSWERS else {"end_note_masked": ending.text}
    ended = {"ended_at": ending.at, "how": ending.how, **note}
    repository.change_question(db, question.question_id, **ended)
    fact = OutsideEnded(
        case_id=order.case_id,
        occurred_at=ending.at,
        order_id=order.order_id,
        unit_code=order.unit_code,
        unit_name=order.unit_name,
        question_id=question.question_id,
        party_name=question.party_name,
        how=ending.how,
        text_masked=ending.text,
        files=ending.files,
        by=ending.by,
    )
    say(db, fact)


ANSWERS = frozenset({OutsideEnd.ANSWERED, OutsideEnd.NOT_OURS})


def open_question(db: Connection, question_id: UUID) -> tuple[Order, Question]:
    """Return a question that waits for an answer, under the lock of its case."""
    known = repository.find_question(db, question_id)
    if known is None:
        raise Refused("unknown_question", field="question_id")
    _case, order = lock_order(db, known.order_id)
    question = repository.find_question(db, question_id)
    if question is None or question.ended_at is not None:
        raise Refused("question_ended")
    return order, question


def is_party_complained_of(db: Connection, keys: NodeKeys, case_id: UUID, party: Party) -> bool:
    """Tell whether a case complains of a party: of its name, or of whom to call there."""
    told = complaint_of(db, complaints, case_id)
    if not told:
        return False
    units = {plain(title) for title in titles(db, conflicted(db, told.units)).values()}
    contact = opened(keys, party, "contact")
    known = name_hashes(keys, party.name) | name_hashes(keys, contact)
    return plain(party.name) in units or bool(known & told.persons)


def case_sealer(db: Connection, keys: NodeKeys, case_id: UUID) -> Sealer:
    """Return the data key of a case; Refused where there is none, or none yet."""
    try:
        return sealer_of_case(db, keys, case_id)
    except KeyDestroyed as missing:
        code = "case_erased" if was_erased(db, case_id) else "not_received_yet"
        raise Refused(code) from missing


@dataclass(frozen=True, slots=True)
class _Sending:
    order: Order
    question: Question
    party: Party
    token: str | None = field(repr=False)
    meets_at: datetime | None = None
    """It is reminded of a meeting then, not of its question."""

    @property
    def kind(self) -> OutsideMessage:
        """What the party is told."""
        if self.meets_at is not None:
            return OutsideMessage.MEETING
        return OutsideMessage.REMINDER if self.token is None else OutsideMessage.LINK


def remind_of_table(
    db: Connection, keys: NodeKeys, question_id: UUID, meets_at: datetime, at: datetime
) -> None:
    """Remind a party that is asked something of a meeting; Refused if the question ended."""
    order, question = open_question(db, question_id)
    party = the_party(db, question.party_id)
    send_link(db, keys, _Sending(order, question, party, None, meets_at), at)


def send_link(db: Connection, keys: NodeKeys, sending: _Sending, at: datetime) -> None:
    """Say what notify sends to a party: its link, or a reminder without."""
    sealer = case_sealer(db, keys, sending.question.case_id)
    phone = opened(keys, sending.party, "phone")
    message = OutsideMessageMade(
        case_id=sending.question.case_id,
        occurred_at=at,
        message_id=new_id(),
        question_id=sending.question.question_id,
        kind=sending.kind,
        unit_name=sending.order.unit_name,
        phone=sealer.seal("outside_phone", phone),
        masked_phone=sending.party.masked_phone,
        token=sealer.seal_if("outside_token", sending.token),
        answer_by=sending.meets_at or sending.question.answer_by,
    )
    say(db, message)


def _in_work(db: Connection, order_id: UUID) -> Order:
    _case, order = lock_order(db, order_id)
    if order.state not in IN_WORK:
        raise Refused("wrong_state")
    return order


def _order_of(db: Connection, question: Question) -> Order:
    return lock_order(db, question.order_id)[1]


def _check(
    db: Connection, order: Order, party: Party, answer_by: datetime, caller: Caller
) -> None:
    waiting: Sequence[Question] = [
        each for each in repository.questions_of(db, order.order_id) if each.ended_at is None
    ]
    is_asked = any(each.party_id == party.party_id for each in waiting)
    asked = Asked(answer_by, len(waiting), is_asked)
    day = caller.now.astimezone(CHINA).date()
    wrong = objection_to_question(asked, party.term, caller.now, day)
    if wrong is not None:
        raise Refused(wrong, field=FIELDS.get(wrong, "party_id"))


def _check_conflict(db: Connection, keys: NodeKeys, case_id: UUID, party: Party) -> None:
    if is_party_complained_of(db, keys, case_id, party):
        raise Refused("party_complained_of", field="party_id")


def _trace(
    db: Connection, caller: Caller, action: Action, question: Question, told: dict[str, object]
) -> None:
    leave_trace(db, caller, Trace(action, "outside_question", str(question.question_id), told))
