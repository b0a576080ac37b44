"""One of several complainants leaves: their data are destroyed, the case of the others goes on."""

from dataclasses import replace

from sqlalchemy import Connection

from services.intake.handlers.amend import open_case, restate
from services.intake.handlers.others import key_owner, without
from services.intake.handlers.trace import leave_trace
from services.intake.handlers.words import demand_own
from services.intake.repository.cases import Case
from services.intake.repository.contacts import forget_changes_of_one
from services.intake.repository.one_time_codes import forget_asks_of_one
from services.intake.repository.orders import open_hold
from shared.errors import Refused
from shared.security import vault
from shared.security.caller import Caller
from shared.security.parties import hashes_of
from shared.security.sealing import NodeKeys


def leave_case(db: Connection, keys: NodeKeys, case: Case, serial: int, caller: Caller) -> None:
    """Destroy what is kept of one who reports a locked case too, in every copy; no code opens it.

    Refused while the case is on legal hold, and for whoever is none of them, or has left.
    """
    demand_own(case)
    if all(each.left or each.serial != serial for each in case.others):
        raise Refused("no_such_party", field="serial")
    if open_hold(db, case.case_id) is not None:
        raise Refused("held_together")
    vault.destroy(db, key_owner(case.case_id, serial), caller.now)
    forget_asks_of_one(db, case.case_id, serial)
    forget_changes_of_one(db, case.case_id, serial)
    left = replace(case, others=without(case.others, serial), amendment=case.amendment + 1)
    told = open_case(db, keys, left)
    found = hashes_of(keys, (*told.parties.values(), *told.others))
    amended = replace(left, person_hashes=found)
    restate(db, (case, amended), (f"others.{serial}",), caller)
    leave_trace(db, caller, "complainant.leave", case.number, after=str(serial))
