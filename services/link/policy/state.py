"""How a link is doing, and when a parcel that nobody receipted goes once more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique

MOST_DOUBLINGS = 16
MOST_AHEAD = 1000
"""So many parcels beyond the last receipt may be on their way: more would only lie there."""
MOST_AGAIN = 50
"""Of those without a receipt only the first so many go once more: it says how far to go on."""
CLOCK_STEP = timedelta(minutes=1)
"""What was done farther ahead than this was done under a clock that has been set right since."""


@unique
class LinkState(StrEnum):
    """What people are told of a link."""

    UP = "up"
    QUIET = "quiet"
    """Nothing for longer than a beat or two."""
    DOWN = "down"
    NEVER = "never"
    """The neighbour has never been heard."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a link beats, and how patient it is."""

    beat: timedelta
    resend: timedelta
    longest: timedelta
    down_after: timedelta
    orders_again: timedelta = timedelta(days=90)
    """How far back a neighbour that was restored is told again what was erased."""
    window: int = 8
    """A piece of a file goes only while the neighbour owes fewer receipts than this."""
    by_hand: int = 200_000_000
    """So many bytes of pieces go into one bundle, whatever the neighbour owes."""


def state_of(last_heard: datetime | None, now: datetime, pace: Pace) -> LinkState:
    """Return how a link is doing by when its neighbour was heard last."""
    if last_heard is None:
        return LinkState.NEVER
    silent = now - last_heard
    if silent > pace.down_after:
        return LinkState.DOWN
    return LinkState.QUIET if silent > 2 * pace.beat else LinkState.UP


def is_beat_due(last_sent: datetime | None, now: datetime, pace: Pace) -> bool:
    """Tell whether the neighbour should hear something, were it only that this node is there."""
    return last_sent is None or last_sent + pace.beat <= now or last_sent > now + CLOCK_STEP


def resend_after(tries: int, pace: Pace) -> timedelta:
    """Return how long a parcel that went so often waits for its receipt: doubling, with an end."""
    doublings = min(max(tries - 1, 0), MOST_DOUBLINGS)
    waits: timedelta = pace.resend * 2**doublings
    return min(waits, pace.longest)
