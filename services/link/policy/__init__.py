"""The rules of link: who hears of a fact, whom to believe, in which order parcels count."""

from services.link.policy.cards import Hindrance, UnderWay, hindrances, is_told, may_answer
from services.link.policy.files import may_go
from services.link.policy.interest import Fact, Known, hearers, may_tell
from services.link.policy.order import (
    NOWHERE,
    Counting,
    Place,
    Reach,
    Received,
    Standing,
    Taken,
    place_of,
    receipt_of,
    taken_of,
)
from services.link.policy.speaking import CLOCK_AHEAD, may_pass_up, may_speak_for
from services.link.policy.state import (
    CLOCK_STEP,
    MOST_AGAIN,
    MOST_AHEAD,
    LinkState,
    Pace,
    is_beat_due,
    resend_after,
    state_of,
)

__all__ = [
    "CLOCK_AHEAD",
    "CLOCK_STEP",
    "MOST_AGAIN",
    "MOST_AHEAD",
    "NOWHERE",
    "Counting",
    "Fact",
    "Hindrance",
    "Known",
    "LinkState",
    "Pace",
    "Place",
    "Reach",
    "Received",
    "Standing",
    "Taken",
    "UnderWay",
    "hearers",
    "hindrances",
    "is_beat_due",
    "is_told",
    "may_answer",
    "may_go",
    "may_pass_up",
    "may_speak_for",
    "may_tell",
    "place_of",
    "receipt_of",
    "resend_after",
    "state_of",
    "taken_of",
]
