"""Outside parties over HTTP, for staff: the register, questions about orders, answers."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy import Connection

from services.dispatch import handlers
from services.dispatch.api.life import Asks, OnOrder
from services.dispatch.api.orders import DispatchDoor, allowed
from services.dispatch.api.outside_bodies import (
    AgainBody,
    EndedView,
    LookBody,
    LookedView,
    OpenQuestionView,
    PartyBody,
    PartyView,
    Purpose,
    QuestionBody,
    QuestionView,
    ReadView,
    SentView,
    WithdrawBody,
)
from services.dispatch.handlers import Caller, Look, Looking, OutsideAsking, PartyListing, Sent
from services.dispatch.policy.rota import CHINA
from services.dispatch.repository import outside as repository
from services.dispatch.repository.outside import Question
from services.dispatch.tables import idempotency
from shared.errors import Refused
from shared.http import ApiRoute, Door, IdempotencyKey, Once, Who
from shared.http.demands import demands
from shared.http.files import handed_out
from shared.metrics import PERSON_LOOKS
from shared.security.actor import Actor
from shared.security.policy import Action, Resource
from shared.security.reach import within
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)


@router.get("/outside-parties")
@demands(Action.OUTSIDE_READ)
def list_parties(door: DispatchDoor, actor: Who) -> list[PartyView]:
    """Return the register, contacts and telephones masked."""
    _may_see(door, actor, Action.OUTSIDE_READ)
    day = door.now().astimezone(CHINA).date()
    with door.unit.transaction() as db:
        return [PartyView.of(each, day) for each in repository.all_parties(db)]


@router.post("/outside-parties", status_code=201)
@demands(Action.OUTSIDE_WRITE)
def enter_party(
    body: PartyBody, door: DispatchDoor, actor: Who, key: IdempotencyKey = None
) -> PartyView:
    """Enter a party of the register."""
    door.demand(actor, Action.OUTSIDE_WRITE, Resource(node=door.node.code))
    once = Once(idempotency, door.keys, actor, key, door.now())
    with door.unit.begin() as work:
        return once.run(work.db, body, PartyView, lambda: _entered(work, door, body, None, actor))


@router.put("/outside-parties/{party_id}")
@demands(Action.OUTSIDE_WRITE)
def change_party(party_id: UUID, body: PartyBody, door: DispatchDoor, actor: Who) -> PartyView:
    """Change a party, or end it by its last day."""
    door.demand(actor, Action.OUTSIDE_WRITE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        return _entered(work, door, body, party_id, actor)


@router.post("/outside-parties/{party_id}/look")
@demands(Action.OUTSIDE_ASK)
def look(party_id: UUID, body: LookBody, door: DispatchDoor, actor: Who) -> LookedView:
    """Show whom to call at a party; the look is audited and counted like one at a person."""
    _may_see(door, actor, Action.OUTSIDE_ASK)
    looking, caller = Looking(party_id, body.purpose), Caller(actor, door.now())
    with door.unit.transaction() as db:
        looked = handlers.look_at_party(
            db, door.keys, looking, door.settings.outside_limits, caller
        )
    _counted(door, looked.wait)
    return LookedView(contact=looked.contact, phone=looked.phone)


@router.get("/outside-questions")
@demands(Action.OUTSIDE_READ)
def list_open(door: DispatchDoor, actor: Who) -> list[OpenQuestionView]:
    """Return the questions that wait for an answer, the first to end first; at most 200."""
    _may_see(door, actor, Action.OUTSIDE_READ)
    reach = within(actor, Action.OUTSIDE_READ, door.node.code)
    with door.unit.transaction() as db:
        found = repository.open_lines(db, reach, actor)
    return [OpenQuestionView.of(each, door.now()) for each in found]


@router.get("/orders/{order_id}/outside")
@demands(Action.OUTSIDE_READ)
def list_questions(order_id: UUID, door: DispatchDoor, actor: Who) -> list[QuestionView]:
    """Return what outside parties were asked about an order, and what they answered, masked."""
    with door.unit.transaction() as db:
        allowed(door, db, actor, Action.OUTSIDE_READ, order_id)
        return _views(db, door, repository.questions_of(db, order_id))


@router.post("/orders/{order_id}/outside", status_code=201)
@demands(Action.OUTSIDE_ASK)
def ask(order_id: UUID, body: QuestionBody, asked: Asks, response: Response) -> SentView:
    """Ask a party, which is sent a link; a code to be told by telephone is shown this once."""
    response.headers["Cache-Control"] = "no-store"
    door = asked.door
    asking = OutsideAsking(
        order_id=order_id,
        party_id=body.party_id,
        text=body.text,
        days=door.settings.outside_days,
        answer_by=body.answer_by,
        files=tuple(dict.fromkeys(body.files)),
        with_code=body.with_code,
    )
    once = Once(idempotency, door.keys, asked.actor, asked.key, asked.caller.now)
    on = OnOrder(about=order_id, body=body.model_dump(mode="json"))
    with door.unit.begin() as work:
        allowed(door, work.db, asked.actor, Action.OUTSIDE_ASK, order_id)
        if asking.files:
            allowed(door, work.db, asked.actor, Action.ATTACHMENT_READ, order_id)

        def send() -> SentView:
            return _sent(work, handlers.ask_outside(work.db, door.keys, asking, asked.caller))

        return once.run(work.db, on, SentView, send)


@router.post("/outside-questions/{question_id}/link")
@demands(Action.OUTSIDE_ASK)
def send_again(
    question_id: UUID, body: AgainBody, door: DispatchDoor, actor: Who, response: Response
) -> SentView:
    """Send a new link; the one before opens nothing any more."""
    response.headers["Cache-Control"] = "no-store"
    caller = Caller(actor, door.now())
    with door.unit.begin() as work:
        _the_question(door, work.db, actor, Action.OUTSIDE_ASK, question_id)
        sent = handlers.send_again(work.db, door.keys, question_id, body.answer_by, caller)
        return _sent(work, sent)


@router.post("/outside-questions/{question_id}/withdraw")
@demands(Action.OUTSIDE_WITHDRAW)
def withdraw(question_id: UUID, body: WithdrawBody, door: DispatchDoor, actor: Who) -> EndedView:
    """Go on without the answer of a party."""
    with door.unit.begin() as work:
        _the_question(door, work.db, actor, Action.OUTSIDE_WITHDRAW, question_id)
        caller = Caller(actor, door.now())
        question = handlers.withdraw_question(work.db, question_id, body.note, caller)
        work.speak()
        version = work.versions[question.case_id]
    return EndedView(case_id=question.case_id, question_id=question_id, version=version)


@router.post("/outside-questions/{question_id}/answer")
@demands(Action.OUTSIDE_READ)
def read_answer(
    question_id: UUID, body: LookBody, door: DispatchDoor, actor: Who, response: Response
) -> ReadView:
    """Show an answer in the words of the party; the look is audited with its purpose."""
    response.headers["Cache-Control"] = "no-store"
    with door.unit.transaction() as db:
        question = _the_question(door, db, actor, Action.OUTSIDE_READ, question_id)
        read = handlers.answer_in_words(db, door.keys, question)
        wait = _look(db, door, question, body.purpose, actor)
    _counted(door, wait)
    return ReadView.of(read)


@router.get("/outside-questions/{question_id}/files/{file_id}", response_class=Response)
@demands(Action.OUTSIDE_READ)
def read_file(
    question_id: UUID,
    file_id: UUID,
    door: DispatchDoor,
    actor: Who,
    purpose: Annotated[Purpose | None, Query(description="Why staff look")] = None,
) -> Response:
    """Hand out a file of an answer, to be saved and never shown inside a page."""
    with door.unit.transaction() as db:
        question = _the_question(door, db, actor, Action.OUTSIDE_READ, question_id)
        if purpose is None:
            raise Refused("purpose_needed", field="purpose")
        file = handlers.file_in_full(db, door.safe, question, file_id)
        wait = _look(db, door, question, purpose, actor)
    _counted(door, wait)
    return handed_out(file.kind, file.name, file.data)


def _entered(
    work: Work, door: Door, body: PartyBody, party_id: UUID | None, actor: Actor
) -> PartyView:
    listing = PartyListing(**body.model_dump())
    caller = Caller(actor, door.now())
    party = handlers.list_party(work.db, door.keys, listing, party_id, caller)
    return PartyView.of(party, caller.now.astimezone(CHINA).date())


def _may_see(door: Door, actor: Actor, action: Action) -> None:
    door.demand(actor, action, Resource(node=door.node.code, unit=actor.unit))


def _the_question(
    door: Door, db: Connection, actor: Actor, action: Action, question_id: UUID
) -> Question:
    question = repository.find_question(db, question_id)
    if question is None:
        # Who may see none learns nothing of which are.
        door.demand(actor, action, Resource(node=door.node.code, unit=None))
        raise Refused("unknown_question", field="question_id")
    allowed(door, db, actor, action, question.order_id)
    return question


def _look(
    db: Connection, door: Door, question: Question, purpose: str, actor: Actor
) -> int | None:
    about = Look("outside_question", str(question.question_id), purpose)
    caller = Caller(actor, door.now())
    return handlers.count_look(db, door.keys, about, door.settings.outside_limits, caller)


def _counted(door: Door, wait: int | None) -> None:
    # Outside of the transaction, so that the refusal stays written down.
    PERSON_LOOKS.labels(node=door.node.code, outcome="refused" if wait else "shown").inc()
    if wait:
        raise Refused("too_many_looks", str(wait))


def _sent(work: Work, sent: Sent) -> SentView:
    work.speak()
    question = sent.question
    return SentView(
        case_id=question.case_id,
        version=work.versions[question.case_id],
        question_id=question.question_id,
        answer_by=question.answer_by,
        code=sent.code,
    )


def _views(db: Connection, door: Door, found: Sequence[Question]) -> list[QuestionView]:
    files = repository.files_of(db, [each.question_id for each in found])
    codes, now = door.settings.outside_limits.per_code, door.now()
    return [
        QuestionView.of(each, _sent_files(each, len(files[each.question_id])), codes, now)
        for each in found
    ]


def _sent_files(question: Question, count: int) -> int:
    # What a party has chosen and not sent with an answer is its own.
    return count if question.answer is not None else 0
