"""The rules of portal: status, who holds a case, what is counted, how long access holds."""

from services.portal.policy.custody import (
    Custody,
    HandOver,
    HandOverState,
    Place,
    area_of,
    custody,
    hand_over_state,
    is_below,
    place,
)
from services.portal.policy.days import day_of
from services.portal.policy.lamps import Clock, Promises, promises
from services.portal.policy.sessions import Limits, Patience, is_over, wait_after
from services.portal.policy.status import Facts, OrderFacts, Standing, Status, standing
from services.portal.policy.tallies import Counted, Dimension, tallies
from services.portal.policy.tokens import (
    TokenRules,
    TokenState,
    comes_from,
    normal_network,
    overlap_ends,
    token_state,
)

__all__ = [
    "Clock",
    "Counted",
    "Custody",
    "Dimension",
    "Facts",
    "HandOver",
    "HandOverState",
    "Limits",
    "OrderFacts",
    "Patience",
    "Place",
    "Promises",
    "Standing",
    "Status",
    "TokenRules",
    "TokenState",
    "area_of",
    "comes_from",
    "custody",
    "day_of",
    "hand_over_state",
    "is_below",
    "is_over",
    "normal_network",
    "overlap_ends",
    "place",
    "promises",
    "standing",
    "tallies",
    "token_state",
    "wait_after",
]
