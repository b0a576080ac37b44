"""Facts and answers from which the tests of review make their stories."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine

from services.review import handlers
from services.review.handlers import Answer
from services.review.policy import CallbackRules, Level
from shared.clock import new_id
from shared.events.base import Event
from shared.events.dispatch import CaseFinished
from shared.events.intake import CaseRegistered
from shared.events.review import SupervisionOrdered
from shared.events.sealed import Sealed, SealedParty
from shared.events.words import By, Channel, Outcome
from shared.outbox import said
from shared.security import vault
from shared.security.sealing import NodeKeys

NINE = datetime(2030, 1, 2, 1, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
FIFTEEN_DAYS = timedelta(days=15)
RULES = CallbackRules()
NUMBER = "BCS-341523-20300102-00001-X"


def sealed(field: str) -> Sealed:
    return Sealed(key_id=uuid4(), field=field, data="AAAA")


def registered() -> CaseRegistered:
    return CaseRegistered(
        case_id=uuid4(),
        occurred_at=NINE,
        number=NUMBER,
        region="341523",
        channel=Channel.WEB,
        title=sealed("title"),
        title_masked="许可证没有回音",
        text=sealed("text"),
        text_masked="二十天了",
        complainant=SealedParty(name=sealed("complainant.name"), masked_name="张**"),
        query_code=sealed("query_code"),
        query_code_hash="00",
        by=By(kind="anonymous"),
    )


def finished(case_id: UUID, round_: int = 1, unit: str = "scjgj") -> CaseFinished:
    return CaseFinished(
        case_id=case_id,
        occurred_at=NINE,
        round=round_,
        unit_code=unit,
        unit_name="县市场监督管理局",
        outcome=Outcome.DONE,
        answer=sealed("answer"),
        answer_masked="已经办好",
    )


def asked_from_above(case_id: UUID, to: str) -> SupervisionOrdered:
    return SupervisionOrdered(
        case_id=case_id,
        occurred_at=NINE,
        supervision_id=new_id(),
        number=NUMBER,
        to_node=to,
        text_masked="为什么还没有办？",
        answer_by=NINE + timedelta(days=1),
        by=By(kind="staff", role="supervisor"),
    )


def known_case(db: Connection) -> UUID:
    """A case of which there is no result yet."""
    event = registered()
    handlers.know_cases(db, [event])
    return event.case_id


def invited_case(db: Connection) -> UUID:
    """A case whose first result is there."""
    case_id = known_case(db)
    handlers.invite(db, finished(case_id), FIFTEEN_DAYS, RULES)
    return case_id


def give_key(engine: Engine, keys: NodeKeys, case_id: UUID) -> None:
    """What intake does when it registers a case."""
    with engine.begin() as db:
        vault.create_key(db, keys, case_id, NINE)


def answer(case_id: UUID, **changed: Any) -> Answer:
    told: dict[str, Any] = {
        "case_id": case_id,
        "level": Level.SATISFIED,
        "solved": True,
        "at": TEN,
        "via": "citizen",
    }
    return Answer(**{**told, **changed})


def names(db: Connection) -> list[str]:
    """What was said so far, without speaker and version."""
    return [event.name.removeprefix("review.").removesuffix(".v1") for event in said(db)]


def last(db: Connection, kind: type[Event]) -> Any:
    """The youngest fact of a kind."""
    return next(event for event in reversed(said(db)) if isinstance(event, kind))
