"""The rules of portal: status, who holds a case, what is counted, how long access holds."""

from services.portal.policy.cells import EVERY_CASE, MOST_CELL, Cell, cell_read
from services.portal.policy.claims import ClaimRules, Identity, identity_of
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
from services.portal.policy.days import CHINA, day_of
from services.portal.policy.devices import device_of
from services.portal.policy.duties import Duty, duty_of, is_open
from services.portal.policy.forecast import (
    PAST,
    STEPS,
    Ended,
    Forecast,
    Past,
    Running,
    forecasts,
)
from services.portal.policy.indicators import days_to_count, withheld
from services.portal.policy.lamps import (
    CALLBACK,
    CENTRE_CALLBACK,
    OF_A_PART,
    Clock,
    Promises,
    callback_due,
    promises,
)
from services.portal.policy.passwords import AccountRules, Part, PasswordRules, own_words, verdict
from services.portal.policy.refusals import Refusal
from services.portal.policy.resets import Lost, Reset, ResetRules, ResetState, refusal_of
from services.portal.policy.sessions import Limits, Patience, SessionRules, is_over, wait_after
from services.portal.policy.spans import Age, Span, ages_at, days_from, hours_from
from services.portal.policy.status import Facts, OrderFacts, Standing, Status, standing
from services.portal.policy.tallies import (
    NOT_GOVERNMENT,
    Counted,
    Dimension,
    month_of,
    tallies,
)
from services.portal.policy.tokens import (
    TokenRules,
    TokenState,
    comes_from,
    normal_network,
    overlap_ends,
    token_state,
)

__all__ = [
    "CALLBACK",
    "CENTRE_CALLBACK",
    "CHINA",
    "EVERY_CASE",
    "MOST_CELL",
    "NOT_GOVERNMENT",
    "OF_A_PART",
    "PAST",
    "STEPS",
    "AccountRules",
    "Age",
    "Cell",
    "ClaimRules",
    "Clock",
    "Counted",
    "Custody",
    "Dimension",
    "Duty",
    "Ended",
    "Facts",
    "Forecast",
    "HandOver",
    "HandOverState",
    "Identity",
    "Limits",
    "Lost",
    "OrderFacts",
    "Part",
    "PasswordRules",
    "Past",
    "Patience",
    "Place",
    "Promises",
    "Refusal",
    "Reset",
    "ResetRules",
    "ResetState",
    "Running",
    "SessionRules",
    "Span",
    "Standing",
    "Status",
    "TokenRules",
    "TokenState",
    "ages_at",
    "area_of",
    "callback_due",
    "cell_read",
    "comes_from",
    "custody",
    "day_of",
    "days_from",
    "days_to_count",
    "device_of",
    "duty_of",
    "forecasts",
    "hand_over_state",
    "hours_from",
    "identity_of",
    "is_below",
    "is_open",
    "is_over",
    "month_of",
    "normal_network",
    "overlap_ends",
    "own_words",
    "place",
    "promises",
    "refusal_of",
    "standing",
    "tallies",
    "token_state",
    "verdict",
    "wait_after",
    "withheld",
]
