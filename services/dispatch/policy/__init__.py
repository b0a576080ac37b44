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
    choose_unit,
    past_conflict,
)
from services.dispatch.policy.units import Tree, UnitRule, is_barred, is_below, next_above

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
    "Tree",
    "UnitRule",
    "choose_unit",
    "hearing_of",
    "is_barred",
    "is_below",
    "is_case_finished",
    "is_place_code",
    "kind_of",
    "next_above",
    "objection_to",
    "past_conflict",
    "prefixes_of",
    "significant",
    "state_after",
]
