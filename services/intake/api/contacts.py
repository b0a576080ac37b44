"""A new telephone over HTTP: a code goes to it, and whoever shows the code has it put down."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import AfterValidator, BaseModel, Field

from services.intake import handlers
from services.intake.api.answers import WrittenAnswer
from services.intake.api.bodies import Body, Phone
from services.intake.api.cases import IntakeDoor, Number, looked_up
from services.intake.api.lost_codes import OneTimeCodeBody, house_of, mobile
from services.intake.api.reached import channel_of
from services.intake.handlers import Caller, ContactAsking, Proving
from services.intake.repository.cases import case_of, version_of
from services.intake.tables import idempotency
from shared.errors import Refused
from shared.events.intake import MOST_TOGETHER
from shared.events.sealed import PartyRole
from shared.events.words import Channel
from shared.http import ApiRoute, Door, IdempotencyKey, Once, Who
from shared.http.demands import demands
from shared.http.door import address_of
from shared.security.actor import Actor, ActorKind
from shared.security.policy import Action
from shared.security.standing import complainant_of
from shared.unit import Work

router = APIRouter(route_class=ApiRoute)

ChangeId = Annotated[UUID, Path(description="`change_id`, as it was answered")]


@dataclass(frozen=True)
class Sent:
    """From which address something comes, and under which key."""

    request: Request
    key: IdempotencyKey = None


def not_kept(response: Response) -> None:
    """Let nobody on the way keep an answer."""
    response.headers["Cache-Control"] = "no-store"


class ContactBody(Body):
    """The new telephone, and whose it is: if not said, of whom the messages go to."""

    phone: Annotated[Phone, AfterValidator(mobile)]
    party: PartyRole | None = None
    complainant: Annotated[int, Field(ge=2, le=MOST_TOGETHER + 1)] | None = None
    """Which of several complainants; who holds a code of their own need not say it."""


class ProofBody(OneTimeCodeBody):
    """The six digits of the message; of the channel staff say how they were reached."""

    channel: Channel | None = None


class ContactAskedAnswer(BaseModel):
    """Where the code went, and until when it counts."""

    service: str = "intake"
    case_id: UUID
    version: int
    change_id: UUID
    masked_phone: str
    expires_at: datetime


class ContactAnswer(WrittenAnswer):
    """The telephone that stands now; the query code changed with it, its holder is shown it."""

    masked_phone: str
    query_code: str | None = Field(default=None, repr=False)


@router.post("/cases/{number}/contact", status_code=202)
@demands(Action.CONTACT_CHANGE)
def ask_contact(
    number: Number,
    body: ContactBody,
    door: IntakeDoor,
    actor: Who,
    sent: Annotated[Sent, Depends()],
) -> ContactAskedAnswer:
    """Give a new telephone: a code goes to it by message."""
    once = Once(idempotency, door.keys, actor, sent.key, door.now())
    asking = _asking(body, actor, address_of(sent.request.scope))
    with door.unit.begin() as work:
        return once.run(
            work.db, body, ContactAskedAnswer, lambda: _ask(work, door, actor, (number, asking))
        )


@router.post("/cases/{number}/contact/{change_id}", dependencies=[Depends(not_kept)])
@demands(Action.CONTACT_CHANGE)
def prove_contact(
    number: Number,
    change_id: ChangeId,
    body: ProofBody,
    door: IntakeDoor,
    actor: Who,
) -> ContactAnswer:
    """Show the code of the new telephone: messages go there from now on, by every node."""
    channel = channel_of(actor, body.channel)
    with door.unit.begin() as work:
        case = looked_up(work, door, actor, number, Action.CONTACT_CHANGE).case
        locked = case_of(work.db, case.case_id, lock=True) or case
        proving, caller = Proving(change_id, body.code, channel), Caller(actor, door.now())
        proven = handlers.prove_contact(work.db, house_of(door), locked, proving, caller)
        work.speak()
        version = work.versions.get(case.case_id) or version_of(work.db, case.case_id)
    if proven is None:  # outside of the transaction, so that the try stays counted
        raise Refused("wrong_one_time_code", field="code")
    return ContactAnswer(
        case_id=case.case_id,
        version=version,
        masked_phone=proven.masked_phone,
        query_code=proven.query_code if actor.kind is ActorKind.CITIZEN else None,
    )


def _asking(body: ContactBody, actor: Actor, address: str) -> ContactAsking:
    own = complainant_of(actor)
    whose = own if body.complainant is None else body.complainant
    if actor.kind is ActorKind.CITIZEN and whose != own:
        raise Refused("no_such_party", field="complainant")
    return ContactAsking(body.phone, body.party, address, whose)


def _ask(
    work: Work, door: Door, actor: Actor, asked: tuple[str, ContactAsking]
) -> ContactAskedAnswer:
    number, asking = asked
    found = looked_up(work, door, actor, number, Action.CONTACT_CHANGE).case
    case = case_of(work.db, found.case_id, lock=True) or found
    caller = Caller(actor, door.now())
    told = handlers.ask_contact(work.db, house_of(door), case, asking, caller)
    work.speak()
    return ContactAskedAnswer(
        case_id=case.case_id,
        version=work.versions[case.case_id],
        change_id=told.change_id,
        masked_phone=told.masked_phone,
        expires_at=told.expires_at,
    )
