"""Which codes open a case, and for whom."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from services.intake.tables import cases
from shared.events.intake import AgentAuthority, CoComplainant


@dataclass(frozen=True, slots=True)
class Lock:
    """What a query code must fit to open a case, and what is known of whoever holds it."""

    code_hash: str
    case_id: UUID
    withheld: bool
    authority: AgentAuthority | None
    others: tuple[CoComplainant, ...] = ()


def lock_of(db: Connection, number: str) -> Lock | None:
    """Return what opens a case; None if no code opens it here."""
    withheld = cases.c.complainant["withheld"].as_boolean().is_(True)
    c = cases.c
    query = select(c.query_code_hash, c.case_id, withheld, c.authority, c.others)
    mine = (cases.c.number == number, cases.c.query_code_hash.is_not(None))
    row = db.execute(query.where(*mine)).one_or_none()
    return None if row is None else Lock(*row[:3], authority_in(row[3]), others_in(row[4]))


def authority_in(told: Any) -> AgentAuthority | None:
    """Return an authority as a row has it."""
    return None if told is None else AgentAuthority.model_validate(told)


def others_in(told: Any) -> tuple[CoComplainant, ...]:
    """Return who reports too as a row has them."""
    return tuple(CoComplainant.model_validate(each) for each in told or ())
