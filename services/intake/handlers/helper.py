"""Name the member of staff who goes through a case with its person (帮办员, S2-16)."""

from dataclasses import dataclass

from sqlalchemy import Connection

from services.intake.handlers.follow import tell
from services.intake.handlers.look import Look
from services.intake.handlers.trace import leave_trace
from services.intake.handlers.words import demand_own
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake.care import HelperAssigned
from shared.security.caller import Caller


@dataclass(frozen=True, slots=True)
class Helping:
    """Whose account helps, under which name and telephone of the office; nobody's any more."""

    login: str | None = None
    name: str | None = None
    phone: str | None = None


def assign_helper(db: Connection, look: Look, helping: Helping, caller: Caller) -> bool:
    """Let somebody help the person of a locked case; tell whether it was not so before."""
    demand_own(look.case)
    known = look.progress.helper
    before = None if known is None else known.params["login"]
    if helping.login is None and before is None:
        raise Refused("no_helper")
    if before == helping.login and known is not None and known.params["phone"] == helping.phone:
        return False
    assigned = HelperAssigned(
        case_id=look.case.case_id,
        occurred_at=caller.now,
        assignment_id=new_id(),
        login=helping.login,
        helper=helping.name,
        phone=helping.phone,
        by=caller.by,
    )
    tell(db, assigned)
    leave_trace(db, caller, "helper.assign", look.case.number, after=helping.login or "")
    return True
