"""One-time codes: a way back to their cases for people who lost number or query code."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import AfterValidator, BaseModel, Field
from pydantic_core import PydanticCustomError

from services.intake import handlers
from services.intake.api.bodies import Body, Phone
from services.intake.api.cases import Number, looked_up
from services.intake.handlers import Asking, Caller, CodeHouse, Trying
from shared.errors import Refused
from shared.http import ApiRoute, Door, Who, door_of
from shared.http.demands import Audience, demands, open_to
from shared.http.door import TOO_OFTEN, address_of
from shared.security.numbers import normalise_case_number
from shared.security.phones import PhoneKind, phone_kind
from shared.security.policy import Action

router = APIRouter(route_class=ApiRoute)

IntakeDoor = Annotated[Door, Depends(door_of("intake"))]
AskId = Annotated[UUID, Path(description="`ask_id`, as it was answered")]


def mobile(phone: str) -> str:
    """Let a telephone pass that takes messages."""
    if phone_kind(phone) is not PhoneKind.MOBILE:
        raise PydanticCustomError("mobile", "not a mobile telephone of the mainland")
    return phone


def _number(text: str) -> str:
    number = normalise_case_number(text)
    if number is None:
        raise PydanticCustomError("case_number", "not a case number")
    return number


class LostCodeBody(Body):
    """The telephone that was given with the report; with a number only that case opens."""

    phone: Annotated[Phone, AfterValidator(mobile)]
    number: Annotated[str, Field(max_length=60), AfterValidator(_number)] | None = None


class OneTimeCodeBody(Body):
    """The six digits of the message."""

    code: str = Field(min_length=1, max_length=40)


class AskedAnswer(BaseModel):
    """The same for everybody: if it matches, a code was sent, and holds until then."""

    ask_id: UUID
    expires_at: datetime


class OpenedAnswer(BaseModel):
    """What the right code opens: `case_pass` is the query code of these numbers for a while."""

    case_pass: str = Field(repr=False)
    until: datetime
    numbers: list[str]


class RenewedAnswer(BaseModel):
    """The new query code, shown this once and sent by message."""

    service: str = "intake"
    case_id: UUID
    version: int
    number: str
    query_code: str = Field(repr=False)


@router.post("/one-time-codes", status_code=202)
@open_to(Audience.EVERYBODY, "for people who lost number or query code")
def ask_code(
    body: LostCodeBody, door: IntakeDoor, request: Request, response: Response
) -> AskedAnswer:
    """Ask for a one-time code by message; the answer does not tell whether anything matches."""
    response.headers["Cache-Control"] = "no-store"
    asking = Asking(body.phone, body.number, address_of(request.scope), door.now())
    with door.unit.transaction() as db:
        asked = handlers.ask_code(db, house_of(door), asking)
    if asked.ask_id is None or asked.expires_at is None:
        door.unproven("code.ask", TOO_OFTEN, asking.address)
        raise Refused("too_many_codes", str(asked.retry_after))
    return AskedAnswer(ask_id=asked.ask_id, expires_at=asked.expires_at)


@router.post("/one-time-codes/{ask_id}/use")
@open_to(Audience.EVERYBODY, "for people who lost number or query code")
def use_code(
    ask_id: AskId, body: OneTimeCodeBody, door: IntakeDoor, request: Request, response: Response
) -> OpenedAnswer:
    """Open the cases with the code of the message; it works once."""
    response.headers["Cache-Control"] = "no-store"
    trying = Trying(ask_id, body.code, address_of(request.scope), door.now())
    with door.unit.transaction() as db:
        opened = handlers.use_code(db, house_of(door), trying)
    if opened.retry_after:
        door.unproven("code.use", TOO_OFTEN, trying.address)
        raise Refused("too_many_attempts", str(opened.retry_after))
    if opened.case_pass is None or opened.until is None:
        raise Refused("wrong_one_time_code", field="code")
    return OpenedAnswer(
        case_pass=opened.case_pass, until=opened.until, numbers=list(opened.numbers)
    )


@router.post("/cases/{number}/query-code")
@demands(Action.CODE_RENEW)
def renew_code(number: Number, door: IntakeDoor, actor: Who, response: Response) -> RenewedAnswer:
    """Get a new query code, after a one-time code; the old one opens nothing any more."""
    response.headers["Cache-Control"] = "no-store"
    with door.unit.begin() as work:
        look = looked_up(work, door, actor, number, Action.CODE_RENEW)
        caller = Caller(actor, door.now())
        code = handlers.renew_code(work.db, house_of(door), look.case, caller)
        work.speak()
        case = look.case
        return RenewedAnswer(
            case_id=case.case_id,
            version=work.versions[case.case_id],
            number=case.number,
            query_code=code,
        )


def house_of(door: Door) -> CodeHouse:
    """Return what of the node one-time codes depend on."""
    house: CodeHouse = door.settings.code_house(door.node.code, door.keys)
    return house
