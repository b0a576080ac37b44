"""The rules of portal: status, who holds a case, what is counted, how long a sign-in holds."""

from services.portal.policy.custody import (
    Custody,
    HandOver,
    HandOverState,
    Place,
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
    "custody",
    "day_of",
    "hand_over_state",
    "is_below",
    "is_over",
    "place",
    "promises",
    "standing",
    "tallies",
    "wait_after",
]
