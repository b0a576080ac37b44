"""The parties of a case over HTTP: whom they are not known to, which care they need, who helps."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import BaseModel, Field

from services.intake import handlers
from services.intake.api.answers import WrittenAnswer
from services.intake.api.bodies import AgencyBody, Body, Phone
from services.intake.api.cases import IntakeDoor, Number
from services.intake.api.reached import looked_up_to_act
from services.intake.api.texts import language_asked
from services.intake.handlers import Caller, Helping
from services.intake.policy.care import CARE_ROWS, FEWEST_COUNTED, MEASURES, MOST_GROUNDS, Care
from services.intake.repository.care import care_between
from services.intake.repository.cases import version_of
from shared.errors import Refused
from shared.http import ApiRoute, Code, Who
from shared.http.demands import Audience, demands, open_to
from shared.http.staff import Staff
from shared.security.actor import ActorKind
from shared.security.policy import Action, Resource
from shared.security.standing import complainant_of
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)

Serial = Annotated[str, Path(max_length=9, description="Which of those who report it")]


class CareBody(Body):
    """Why a person needs care; none for nobody who does."""

    grounds: list[Care] = Field(max_length=MOST_GROUNDS)


class HelperBody(Body):
    """Whose account goes through the case with the person; nobody's without a login."""

    login: Code | None = None
    phone: Phone | None = None
    """Of the office, where the person reaches them."""


class CareAnswer(BaseModel):
    """A ground of care, and what staff do for it."""

    code: Care
    title: str
    measures: dict[str, str]


class CareCount(BaseModel):
    """How many cases had a ground; null where so few would lead to their persons."""

    code: str
    cases: int | None


@router.post("/cases/{number}/withhold")
@demands(Action.NAME_WITHHOLD)
def withhold_name(number: Number, door: IntakeDoor, actor: Who) -> WrittenAnswer:
    """Withhold who reported from who works on the case; said again it changes nothing."""
    with door.unit.begin() as work:
        look = looked_up_to_act(work, door, actor, number, Action.NAME_WITHHOLD)
        case_id = look.case.case_id
        handlers.withhold_name(work.db, door.keys, look.case, Caller(actor, door.now()))
        return _written(work, case_id)


@router.post("/cases/{number}/care")
@demands(Action.CARE_WRITE)
def write_care(number: Number, body: CareBody, door: IntakeDoor, actor: Who) -> WrittenAnswer:
    """Write down why the person needs care; who works on the case is told what to do for them."""
    with door.unit.begin() as work:
        look = looked_up_to_act(work, door, actor, number, Action.CARE_WRITE)
        caller = Caller(actor, door.now())
        handlers.change_care(work.db, door.keys, look.case, body.grounds, caller)
        return _written(work, look.case.case_id)


@router.post("/cases/{number}/complainants/{serial}/leave")
@demands(Action.COMPLAINANT_LEAVE)
def leave_case(number: Number, serial: Serial, door: IntakeDoor, actor: Who) -> WrittenAnswer:
    """Destroy what is kept of one of several complainants; the case of the others goes on."""
    with door.unit.begin() as work:
        look = looked_up_to_act(work, door, actor, number, Action.COMPLAINANT_LEAVE)
        which = int(serial) if serial.isdecimal() else 0
        if actor.kind is ActorKind.CITIZEN and complainant_of(actor) != which:
            raise Refused("no_such_party", field="serial")
        caller = Caller(actor, door.now())
        handlers.leave_case(work.db, door.keys, look.case, which, caller)
        return _written(work, look.case.case_id)


@router.post("/cases/{number}/authority")
@demands(Action.AUTHORITY_WRITE)
def write_authority(
    number: Number, body: AgencyBody, door: IntakeDoor, actor: Who
) -> WrittenAnswer:
    """Write down by which right the agent speaks from now on; the paper is added as a file."""
    with door.unit.begin() as work:
        look = looked_up_to_act(work, door, actor, number, Action.AUTHORITY_WRITE)
        caller = Caller(actor, door.now())
        handlers.change_authority(work.db, door.keys, look.case, body.agency(), caller)
        return _written(work, look.case.case_id)


@router.post("/cases/{number}/helper")
@demands(Action.HELPER_ASSIGN)
def assign_helper(
    number: Number, body: HelperBody, door: IntakeDoor, actor: Who, staff: Staff
) -> WrittenAnswer:
    """Name who goes through the case with the person, who is told it; or nobody any more."""
    with door.unit.begin() as work:
        look = looked_up_to_act(work, door, actor, number, Action.HELPER_ASSIGN)
        caller = Caller(actor, door.now())
        handlers.assign_helper(work.db, look, _helping(body, staff), caller)
        return _written(work, look.case.case_id)


@router.get("/care")
@open_to(Audience.EVERYBODY, "says nothing of a case")
def care(
    response: Response,
    accept_language: Annotated[str, Header(description="en for English words")] = "",
) -> list[CareAnswer]:
    """List who needs care, and what staff do for them."""
    response.headers["Vary"] = "Accept-Language"
    said = 1 if language_asked(accept_language) == "en" else 0
    return [
        CareAnswer(
            code=code,
            title=row.title[said],
            measures={measure: MEASURES[measure][said] for measure in row.measures},
        )
        for code, row in CARE_ROWS.items()
    ]


@router.get("/care/counts")
@demands(Action.CARE_READ)
def care_counts(
    door: IntakeDoor, actor: Who, since: Annotated[date, Query()], until: Annotated[date, Query()]
) -> list[CareCount]:
    """Count those who needed care from one day to another; nothing leads to them."""
    door.demand(actor, Action.CARE_READ, Resource(node=door.node.code))
    if until < since:
        raise Refused("bad_period", field="until")
    with door.unit.transaction() as db:
        found = care_between(db, since, until)
    return [CareCount(code=code, cases=_told(found.get(code, 0))) for code in CARE_ROWS]


def _told(cases: int) -> int | None:
    return None if 0 < cases < FEWEST_COUNTED else cases


def _helping(body: HelperBody, staff: Staff) -> Helping:
    if body.login is None:
        return Helping()
    account = staff.account(body.login)
    if account is None or not account.active:
        raise Refused("unknown_account", field="login")
    return Helping(account.login, account.name, body.phone)


def _written(work: Work, case_id: UUID) -> WrittenAnswer:
    work.speak()
    version = work.versions.get(case_id) or version_of(work.db, case_id)
    return WrittenAnswer(case_id=case_id, version=version)
