"""The person answers what a unit has asked for."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.follow import tell
from services.intake.handlers.look import Look
from shared.errors import Refused
from shared.events.intake import MaterialsAnswered
from shared.events.words import By
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.sealing import KeyDestroyed, NodeKeys
from shared.security.vault import sealer_of_case

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
    try:
        sealer = sealer_of_case(db, keys, case_id)
    except KeyDestroyed as error:
        raise Refused("case_erased") from error
    answered = MaterialsAnswered(
        case_id=case_id,
        occurred_at=caller.now,
        request_id=answering.request_id,
        text=sealer.seal(TEXT, answering.text),
        text_masked=mask_text(answering.text),
        by=By(kind=caller.actor.kind),
    )
    tell(db, answered)
