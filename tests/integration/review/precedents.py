"""Precedents from which the tests of the case library make their stories."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.review import handlers
from services.review.handlers import Drafting
from services.review.repository.precedents import Text
from shared.clock import new_id
from shared.events.base import Envelope
from shared.events.link import NodeFactRelayed
from shared.events.review import PrecedentFact
from shared.events.words import Scope
from shared.security.actor import Role
from shared.security.caller import Caller
from tests.integration.doorway import NODE, staff
from tests.integration.review.stories import NINE

CITY = "341500"
WRITER = Caller(staff(Role.DISPATCHER), NINE)
READER = Caller(staff(Role.REVIEWER), NINE)
TITLE = "社保卡补办要单位盖章，单位已注销"
QUESTION = "社保卡丢了去补办，窗口要原单位盖章，单位早就注销了，盖不了章。"
ANSWER = "凭注销证明和本人身份证，由窗口核验参保记录后直接补办。"


def text(**changed: Any) -> Text:
    told: dict[str, Any] = {"title": TITLE, "question": QUESTION, "answer": ANSWER}
    return Text(**{**told, **changed})


def body(**changed: Any) -> dict[str, Any]:
    return {"title": TITLE, "question": QUESTION, "answer": ANSWER, **changed}


def drafted(
    db: Connection, scope: Scope = Scope.NODE, case_id: UUID | None = None, **changed: Any
) -> UUID:
    drafting = Drafting(text(**changed), scope, case_id)
    return handlers.draft_precedent(db, drafting, WRITER, NODE).precedent_id


def published(db: Connection, scope: Scope = Scope.NODE, **changed: Any) -> UUID:
    precedent_id = drafted(db, scope, **changed)
    handlers.publish_precedent(db, precedent_id, READER, NODE)
    return precedent_id


def relayed(
    fact: PrecedentFact, at: datetime = NINE, said_by: str | None = None
) -> NodeFactRelayed:
    """What another node said of a precedent, as it came over the link."""
    node = said_by or fact.node
    envelope = Envelope(
        id=new_id(),
        source=f"/nodes/{node}/review",
        type=fact.name,
        time=at,
        subject=fact.subject_id,
        version=1,
        data=fact.model_dump(mode="json"),
    )
    return NodeFactRelayed(occurred_at=at, fact_id=fact.subject_id, via=node, fact=envelope)
