"""Register what a channel sends under an id of its own: the same id twice is the same case.

An application left midway, a review, a text message (S3-14, N25).
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.look import look_up
from services.intake.handlers.register import Registered, Report, register_case
from services.intake.policy.channels import CHANNEL_ROWS
from services.intake.policy.progress import Status
from services.intake.repository.cases import case_of
from services.intake.repository.outside_ids import take_outside_id
from shared.clock import new_id
from shared.security.caller import Caller
from shared.security.policy import is_complained_of
from shared.security.sealing import NodeKeys

OUTSIDE_ID = "outside_id"


@dataclass(frozen=True, slots=True)
class KnownBefore:
    """The case that the same id had made; its query code is shown once only."""

    case_id: UUID
    number: str
    status: Status


def register_once(
    db: Connection, keys: NodeKeys, report: Report, caller: Caller
) -> Registered | KnownBefore:
    """Register a report, or return the case that its channel's id has already made."""
    known = _known_by(keys, report)
    if known is None:
        return register_case(db, keys, report, caller)
    mine = new_id()
    first = take_outside_id(db, known, mine)
    before = None if first == mine else _before(db, first, caller)
    if before is None:
        return register_case(db, keys, report, caller, mine)
    return before


def _known_by(keys: NodeKeys, report: Report) -> str | None:
    named = CHANNEL_ROWS[report.channel].known_by
    value = report.channel_fields.get(named) if named else None
    return None if value is None else keys.lasting_hash(OUTSIDE_ID, f"{report.channel}/{value}")


def _before(db: Connection, case_id: UUID, caller: Caller) -> KnownBefore | None:
    case = case_of(db, case_id)
    look = None if case is None else look_up(db, case.number)
    # Of whom it complains learns of no case: what they send is taken down as any report.
    if look is None or is_complained_of(caller.actor, look.resource_at(caller.actor.node)):
        return None
    return KnownBefore(case_id, look.case.number, look.progress.status)
