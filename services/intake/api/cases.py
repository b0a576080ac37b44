"""The endpoints of intake."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from services.intake import handlers
from services.intake.api import views
from services.intake.api.answers import (
    CaseAnswer,
    RegisteredAnswer,
    RevealedAnswer,
    TogetherAnswer,
    WrittenAnswer,
)
from services.intake.api.bodies import AcceptBody, DeclineBody, MarkBody, PurposeBody, ReportBody
from services.intake.api.texts import language_asked
from services.intake.handlers import Caller, Entered, KnownBefore, Look, Named, Registered
from services.intake.repository.cases import version_of
from services.intake.repository.pressures import pressed_until
from services.intake.tables import idempotency
from shared.errors import Refused
from shared.http import ApiRoute, Door, IdempotencyKey, Once, Who, door_of
from shared.http.demands import demands
from shared.idempotency import RequestKey
from shared.metrics import PERSON_LOOKS
from shared.security.actor import Actor, ActorKind
from shared.security.numbers import normalise_case_number
from shared.security.policy import CITIZEN_ACTIONS, Action, Resource, is_complained_of, may
from shared.security.standing import BOUNDS, complainant_of
from shared.unit import Work

router = APIRouter(prefix="/api/v1", tags=["intake"], route_class=ApiRoute)

IntakeDoor = Annotated[Door, Depends(door_of("intake"))]
Number = Annotated[str, Path(max_length=60, description="The number on the receipt")]
QueryCode = Annotated[
    str | None,
    Query(max_length=40, description="Instead of the headers Backstop-Number, Backstop-Code"),
]


OF_HOLDERS = frozenset({Action.CASE_READ, Action.CODE_RENEW})
"""What somebody from outside may be let do to the own case."""


@dataclass(frozen=True)
class Asked:
    """How somebody from outside asks for a case: with which code, in which language."""

    code: QueryCode = None
    accept_language: Annotated[str, Header(description="en for English sentences")] = ""


@router.post("/cases", status_code=201)
@demands(Action.CASE_REGISTER)
def register_case(
    body: ReportBody, door: IntakeDoor, actor: Who, response: Response, key: IdempotencyKey = None
) -> RegisteredAnswer:
    """Take a report down under a number of its own; 200 where its channel had sent it before."""
    answer = take_down(body, door, actor, key)
    if answer.query_code is None:
        response.status_code = 200
    return answer


@router.get("/cases/{number}")
@demands(Action.CASE_READ)
def read_case(
    number: Number,
    door: IntakeDoor,
    actor: Who,
    response: Response,
    asked: Annotated[Asked, Depends()],
) -> CaseAnswer:
    """Tell where a case stands: to its person by query code, to staff by their rights."""
    response.headers["Cache-Control"] = "no-store"
    with door.unit.begin() as work:
        look = looked_up(work, door, actor, number, Action.CASE_READ)
        shown = [each for each in handlers.siblings(work.db, look) if _shows(actor, each)]
        language = language_asked(asked.accept_language)
        rules = door.settings.urge_rules, door.settings.take_back_term
        is_withdrawn = look.progress.withdrawn is not None
        pressed = pressed_until(work.db, look.case.case_id) if is_withdrawn else None
        view = views.Asked(language, door.now(), *rules, pressed, complainant_of(actor))
        return views.case_answer(look, view, door.node, shown)


def _shows(actor: Actor, sibling: Look) -> bool:
    """Tell whether a case of the same report is shown: to its person, to staff by their rights."""
    if actor.kind is ActorKind.CITIZEN:
        return True
    return may(actor, Action.CASE_READ, sibling.resource_at(actor.node)).allowed


@router.post("/cases/{number}/accept")
@demands(Action.CASE_ACCEPT)
def accept_case(number: Number, body: AcceptBody, door: IntakeDoor, actor: Who) -> WrittenAnswer:
    """Find a case in scope."""
    door.demand(actor, Action.CASE_ACCEPT, Resource(node=door.node.code))
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        case_id = handlers.accept_case(work.db, exact(number), body.acceptance(), caller)
        work.speak()
        return WrittenAnswer(case_id=case_id, version=work.versions[case_id])


@router.post("/cases/{number}/decline")
@demands(Action.CASE_DECLINE)
def decline_case(number: Number, body: DeclineBody, door: IntakeDoor, actor: Who) -> WrittenAnswer:
    """Find a case out of scope."""
    door.demand(actor, Action.CASE_DECLINE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        told, terms = body.declining(), door.settings.appeal_terms
        case_id = handlers.decline_case(work.db, exact(number), told, caller, terms)
        work.speak()
        return WrittenAnswer(case_id=case_id, version=work.versions[case_id])


@router.post("/cases/{number}/mark")
@demands(Action.CASE_MARK)
def mark_case(number: Number, body: MarkBody, door: IntakeDoor, actor: Who) -> WrittenAnswer:
    """Say whom a case complains of: nothing of it is shown or sent to them from now on."""
    door.demand(actor, Action.CASE_MARK, Resource(node=door.node.code))
    if body.accounts:
        door.demand(actor, Action.CASE_LINK, Resource(node=door.node.code))
    named = body.named()
    _demand_neighbours(door, named)
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        case = handlers.mark_complained_of(work.db, door.keys, exact(number), named, caller)
        work.speak()
        version = work.versions.get(case.case_id) or version_of(work.db, case.case_id)
        return WrittenAnswer(case_id=case.case_id, version=version)


@router.post("/cases/{number}/person")
@demands(Action.PERSON_REVEAL)
def reveal_person(
    number: Number, body: PurposeBody, door: IntakeDoor, actor: Who, response: Response
) -> RevealedAnswer:
    """Show the person of a case in the clear; the look is audited with its purpose."""
    response.headers["Cache-Control"] = "no-store"
    with door.unit.begin() as work:
        look = looked_up(work, door, actor, number, Action.PERSON_REVEAL)
        caller, limits = Caller(actor, door.now()), door.settings.look_limits
        wait = handlers.wait_for_look(work.db, look.case.number, body.told, caller, limits)
        if wait is None:
            revealed = handlers.reveal_person(work.db, door.keys, look.case, body.told, caller)
            answer = RevealedAnswer.of_case(revealed)
    # Outside of the transaction, so that the refusal stays written down.
    PERSON_LOOKS.labels(node=door.node.code, outcome="shown" if wait is None else "refused").inc()
    if wait is not None:
        raise Refused("too_many_looks", str(wait))
    return answer


def take_down(
    body: ReportBody, door: Door, actor: Actor, key: RequestKey | None
) -> RegisteredAnswer:
    """Register what somebody reports by whatever door; once for one key."""
    node, now = door.node.code, door.now()
    door.demand(actor, Action.CASE_REGISTER, Resource(node=node, channel=body.channel))
    if body.answered_now is not None:
        door.demand(actor, Action.CASE_ANSWER, Resource(node=node))
    if body.received_at is not None:
        door.demand(actor, Action.CASE_IMPORT, Resource(node=node, channel=body.channel))
    _demand_neighbours(door, body.complained_of.named() if body.complained_of else None)
    once = Once(idempotency, door.keys, actor, key, now)
    with door.unit.begin() as work:
        return once.run(
            work.db,
            body,
            RegisteredAnswer,
            lambda: _register(work, door, body, Caller(actor, now)),
        )


def _demand_neighbours(door: Door, named: Named | None) -> None:
    elsewhere = named.elsewhere if named else ()
    if any(unit.node not in door.node.neighbours for unit in elsewhere):
        raise Refused("no_such_neighbour", field="complained_of.elsewhere")


def _register(work: Work, door: Door, body: ReportBody, caller: Caller) -> RegisteredAnswer:
    registered = handlers.register_once(work.db, door.keys, body.report(), caller)
    work.speak()
    case_id, number = registered.case_id, registered.number
    code = None if isinstance(registered, KnownBefore) else registered.query_code
    agents = None if isinstance(registered, KnownBefore) else registered.agent_code
    shown = "" if code is None else f"&code={code}"
    return RegisteredAnswer(
        case_id=case_id,
        version=work.versions.get(case_id) or version_of(work.db, case_id),
        number=number,
        query_code=code,
        agent_code=agents,
        others=[] if isinstance(registered, KnownBefore) else _together(registered.others),
        status=registered.status,
        answered=isinstance(registered, Registered) and registered.answered,
        follow_url=f"{door.node.public_url}/follow#number={number}{shown}",
    )


def _together(others: Sequence[Entered]) -> list[TogetherAnswer]:
    return [
        TogetherAnswer(
            serial=each.kept.serial, masked_name=each.masked_name, query_code=each.query_code
        )
        for each in others
    ]


def looked_up(work: Work, door: Door, actor: Actor, number: str, action: Action) -> Look:
    """Return a case to somebody who may do this to it; to others it is as if it did not exist."""
    is_inside = actor.kind in (ActorKind.STAFF, ActorKind.SYSTEM)
    is_holder = actor.kind is ActorKind.CITIZEN and action in CITIZEN_ACTIONS
    if not is_inside and not is_holder and action not in OF_HOLDERS:
        door.demand(actor, action, Resource(node=door.node.code))
    look = handlers.look_up(work.db, exact(number))
    if look is None:
        if is_inside:  # who may see only some cases does not learn which numbers there are
            door.demand(actor, action, Resource(node=door.node.code))
        raise Refused("unknown_case" if is_inside else "wrong_code")
    resource = look.resource_at(door.node.code)
    if is_complained_of(actor, resource):
        # Not even that there is such a case: a no would tell that it complains of them. So it is
        # answered as a number that nobody has.
        if is_inside:
            door.demand(actor, action, Resource(node=door.node.code))
        raise Refused("unknown_case")
    decision = may(actor, action, resource)
    if not is_inside and not decision.allowed and decision.reason not in BOUNDS:
        # To people from outside, a case that is not theirs is like one that does not exist.
        raise Refused("wrong_code")
    door.demand(actor, action, resource)
    return look


def exact(number: str) -> str:
    """Return a number as it is kept."""
    return normalise_case_number(number) or ""
