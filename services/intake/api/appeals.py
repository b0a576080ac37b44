"""Appeals against a no over HTTP: asked once, listed by when they are due, decided."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import Connection

from services.intake import handlers
from services.intake.api.answers import WrittenAnswer
from services.intake.api.bodies import AcceptBody, Body
from services.intake.api.cases import IntakeDoor, Number, looked_up
from services.intake.handlers import Appealing, Caller, Deciding, Look, look_at_all
from services.intake.handlers.complaint import is_in_conflict
from services.intake.policy.appeals import AppealState
from services.intake.repository.appeals import Appeal, decided_appeals, open_appeals
from services.intake.repository.cases import case_of, cases_among
from services.intake.tables import idempotency
from shared.events.intake import DeclineReason
from shared.http import ApiRoute, IdempotencyKey, LongText, Once, Who
from shared.http.demands import demands
from shared.security.policy import Action, Resource

router = APIRouter(route_class=ApiRoute)

MOST_LISTED = 200


class AppealBody(Body):
    """Why the no is wrong."""

    because: LongText


class DecideBody(AcceptBody):
    """What is decided, and why; complexity and item count if the case is accepted."""

    upheld: bool
    words: LongText

    def deciding(self) -> Deciding:
        """Return it as the handlers take it."""
        return Deciding(self.upheld, self.words, self.acceptance())


class AskedAppeal(WrittenAnswer):
    """An appeal that waits for the supervisor."""

    appeal_id: UUID
    decide_by: datetime


class AppealView(BaseModel):
    """An appeal with the no that it is against."""

    appeal_id: UUID
    number: str
    title_masked: str
    state: AppealState
    because_masked: str
    asked_at: datetime
    asked_by_staff: bool
    decide_by: datetime
    late: bool
    declined_at: datetime
    reason: DeclineReason
    legal_basis: str
    explanation: str
    guide_to: str | None
    decided_at: datetime | None
    decided_name: str | None
    words_masked: str | None
    mine: bool
    """Who reads it said the no or took the appeal down: somebody else decides."""

    @classmethod
    def of(cls, appeal: Appeal, look: Look, caller: Caller) -> Self:
        """Return an appeal as somebody reads it."""
        no = look.progress.decline
        assert no is not None, "an appeal is against a no"  # noqa: S101
        named = ("appeal_id", "state", "because_masked", "asked_at", "decide_by")
        decided = ("decided_at", "decided_name", "words_masked")
        told: dict[str, Any] = {name: getattr(appeal, name) for name in (*named, *decided)}
        because = ("reason", "legal_basis", "explanation", "guide_to")
        waits = appeal.state is AppealState.ASKED
        return cls(
            **told,
            **{name: no.params.get(name) for name in because},
            number=look.case.number,
            title_masked=look.case.title_masked,
            asked_by_staff=appeal.asked_by is not None,
            late=waits and appeal.decide_by < caller.now,
            declined_at=no.at,
            mine=caller.actor.id in (look.case.declined_by, appeal.asked_by),
        )


class AppealsAnswer(BaseModel):
    """Appeals that wait, the earliest due first; or those that were decided, the latest first."""

    appeals: list[AppealView]


@router.post("/cases/{number}/appeal", status_code=201)
@demands(Action.DECLINE_APPEAL)
def appeal_decline(
    number: Number, body: AppealBody, door: IntakeDoor, actor: Who, key: IdempotencyKey = None
) -> AskedAppeal:
    """Say, as the person of a case or for them, that its no is wrong; once."""
    caller = Caller(actor, door.now())
    once = Once(idempotency, door.keys, actor, key, caller.now)
    appealing = Appealing(body.because, door.settings.appeal_terms)

    def ask() -> AskedAppeal:
        look = looked_up(work, door, actor, number, Action.DECLINE_APPEAL)
        asked = handlers.appeal_decline(work.db, door.keys, look, appealing, caller)
        work.speak()
        version = work.versions[asked.case_id]
        told = {"appeal_id": asked.appeal_id, "decide_by": asked.decide_by}
        return AskedAppeal(case_id=asked.case_id, version=version, **told)

    with door.unit.begin() as work:
        case = looked_up(work, door, actor, number, Action.DECLINE_APPEAL).case
        case_of(work.db, case.case_id, lock=True)
        return once.run(work.db, body, AskedAppeal, ask)


@router.get("/appeals")
@demands(Action.APPEAL_READ)
def list_appeals(
    door: IntakeDoor, actor: Who, decided: Annotated[bool, Query()] = False
) -> AppealsAnswer:
    """List appeals that wait, or those that were decided; none of whom a case complains."""
    door.demand(actor, Action.APPEAL_READ, Resource(node=door.node.code))
    caller = Caller(actor, door.now())
    with door.unit.transaction() as db:
        found = decided_appeals(db, MOST_LISTED) if decided else open_appeals(db, MOST_LISTED)
        return AppealsAnswer(appeals=_views(db, found, caller))


@router.post("/appeals/{appeal_id}/decide")
@demands(Action.APPEAL_DECIDE)
def decide_appeal(
    appeal_id: UUID, body: DecideBody, door: IntakeDoor, actor: Who
) -> WrittenAnswer:
    """Let the no stand with words, or accept the case; the promise counts from registration."""
    door.demand(actor, Action.APPEAL_DECIDE, Resource(node=door.node.code))
    with door.unit.begin() as work:
        caller = Caller(actor, door.now())
        case_id = handlers.decide_appeal(work.db, appeal_id, body.deciding(), caller)
        work.speak()
        return WrittenAnswer(case_id=case_id, version=work.versions[case_id])


def _views(db: Connection, found: Sequence[Appeal], caller: Caller) -> list[AppealView]:
    cases = cases_among(db, [appeal.case_id for appeal in found])
    shown = {key: case for key, case in cases.items() if not is_in_conflict(case, caller)}
    looks = {look.case.case_id: look for look in look_at_all(db, list(shown.values()))}
    return [
        AppealView.of(appeal, looks[appeal.case_id], caller)
        for appeal in found
        if appeal.case_id in looks
    ]
