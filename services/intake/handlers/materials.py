"""The person answers what a unit has asked for."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.follow import tell
from services.intake.handlers.look import Look
from services.intake.handlers.words import sealed_words
from shared.errors import Refused
from shared.events.intake import MaterialsAnswered
from shared.events.words import By
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys

TEXT = "materials"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Which request is answered, and how."""

    request_id: UUID
    text: str


def answer_materials(
    db: Connection, keys: NodeKeys, look: Look, answering: Answering, caller: Caller
) -> None:
    """Keep an answer sealed, and say it masked: the unit that waits goes on."""
    case_id = look.case.case_id
    if str(answering.request_id) not in look.progress.wanted:
        raise Refused("no_materials_open")
    if look.case.erased_at is not None:
        raise Refused("case_erased")
    text, masked = sealed_words(db, keys, look.case, TEXT, answering.text)
    assert text is not None, "an answer has words"  # noqa: S101
    answered = MaterialsAnswered(
        case_id=case_id,
        occurred_at=caller.now,
        request_id=answering.request_id,
        text=text,
        text_masked=masked,
        by=By(kind=caller.actor.kind),
    )
    tell(db, answered)
