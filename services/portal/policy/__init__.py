"""The rules of portal: which status is shown, what is counted, how long a sign-in holds."""

from services.portal.policy.days import day_of
from services.portal.policy.lamps import Clock, Promises, promises
from services.portal.policy.sessions import Limits, Patience, is_over, wait_after
from services.portal.policy.status import Facts, OrderFacts, Standing, Status, standing
from services.portal.policy.tallies import Counted, Dimension, tallies

__all__ = [
    "Clock",
    "Counted",
    "Dimension",
    "Facts",
    "Limits",
    "OrderFacts",
    "Patience",
    "Promises",
    "Standing",
    "Status",
    "day_of",
    "is_over",
    "promises",
    "standing",
    "tallies",
    "wait_after",
]
