"""A person wants not to be known to who works on their case, from now on and in every copy.

Carried out at once as a correction, without a second person: it only ever shows less. Nobody takes
it back; who wants to be known says so to whom they like.
"""

from dataclasses import replace

from sqlalchemy import Connection

from services.intake.handlers.amend import Opened, amend, open_case, order_at_once
from services.intake.handlers.trace import leave_trace
from services.intake.handlers.words import demand_own
from services.intake.policy.corrections import WITHHELD, field_of
from services.intake.repository.cases import Case
from services.intake.repository.orders import Order, add_order, has_asked_correction
from shared.errors import Refused
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys

WISH = "诉求人要求对承办单位保密"


def withhold_name(db: Connection, keys: NodeKeys, case: Case, caller: Caller) -> bool:
    """Withhold the persons of a locked case; tell whether they were not withheld before."""
    demand_own(case)
    if case.complainant.withheld:
        return False
    if has_asked_correction(db, case.case_id):
        raise Refused("correction_asked")
    order = _order(case, open_case(db, keys, case), caller)
    add_order(db, order)
    amend(db, keys, case, order, caller)
    leave_trace(db, caller, "name.withhold", case.number, after=str(order.order_id))
    return True


def _order(case: Case, told: Opened, caller: Caller) -> Order:
    names = [field_of(role, WITHHELD) for role in told.parties]
    sealed = {name: told.sealer.seal(f"proposed.{name}", "yes") for name in names}
    return replace(
        order_at_once(case, names, caller),
        reason=WISH,
        proposed={name: value.model_dump(mode="json") for name, value in sealed.items()},
        changes={name: {"before": "no", "after": "yes"} for name in names},
    )
