"""The rules of dispatch: where a case goes, and which step of an order may follow."""

from services.dispatch.policy.custody import (
    Custody,
    Direction,
    HandOverKind,
    Heard,
    Hearing,
    OfferState,
    hearing_of,
    kind_of,
)
from services.dispatch.policy.orders import (
    OPEN_STATES,
    CaseState,
    OrderState,
    Refusal,
    Step,
    is_case_finished,
    objection_to,
    state_after,
)
from services.dispatch.policy.places import is_place_code, prefixes_of, significant
from services.dispatch.policy.routing import (
    Decision,
    ItemRule,
    Matter,
    PoolReason,
    Route,
    Rules,
    UnitRule,
    choose_unit,
)
from services.dispatch.policy.units import is_below

__all__ = [
    "OPEN_STATES",
    "CaseState",
    "Custody",
    "Decision",
    "Direction",
    "HandOverKind",
    "Heard",
    "Hearing",
    "ItemRule",
    "Matter",
    "OfferState",
    "OrderState",
    "PoolReason",
    "Refusal",
    "Route",
    "Rules",
    "Step",
    "UnitRule",
    "choose_unit",
    "hearing_of",
    "is_below",
    "is_case_finished",
    "is_place_code",
    "kind_of",
    "objection_to",
    "prefixes_of",
    "significant",
    "state_after",
]
