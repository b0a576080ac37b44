"""Callbacks: who calls the person back after a result, how often in vain, what an answer means.

The unit that gave the result calls every case of its own (S3-26), the centre those of its share
(S3-27). Where no unit of this node had the case, or its last result did not hold, the centre calls
whatever its share is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from hashlib import sha256
from uuid import UUID

ALL = 100


@unique
class CalledBy(StrEnum):
    """Who owes a callback."""

    UNIT = "unit"
    """The unit that gave the result."""
    CENTRE = "centre"
    """The service centre, which looks whether that is true."""


@unique
class CallbackState(StrEnum):
    """Where a callback stands.

    due ─► reached    the person was spoken to
      ├──► unreached  nobody was reached, as often as the rules ask
      ├──► answered   the person has rated of their own
      └──► dropped    the case was opened again or withdrawn, or its person erased
    """

    DUE = "due"
    REACHED = "reached"
    UNREACHED = "unreached"
    ANSWERED = "answered"
    DROPPED = "dropped"


@unique
class CallbackObjection(StrEnum):
    """Why a callback may not be written down; the words are codes of the HTTP door."""

    OVER = "callback_over"
    TOO_SOON = "callback_too_soon"
    NOT_REACHED = "not_reached"
    NOT_THE_CENTRE = "not_the_centre"


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """How often is tried in vain, how far apart that counts, and the share that the centre calls.

    The share is a percentage.
    """

    tries: int = 3
    apart: timedelta = timedelta(hours=4)
    share: int = ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of one try; all but `reached` is None where nobody said it."""

    reached: bool
    solved: bool | None = None
    level: int | None = None
    truthful: bool | None = None
    """What the unit reported is true; only the centre judges that."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A callback as far as it decides what may be written down."""

    by: CalledBy
    state: CallbackState
    last_try_at: datetime | None


def callers(case_id: UUID, round_: int, share: int, *, has_unit: bool) -> tuple[CalledBy, ...]:
    """Return who calls back after a result; the same for the same case and round."""
    unit = (CalledBy.UNIT,) if has_unit else ()
    is_called = not has_unit or round_ > 1 or is_sampled(case_id, round_, share)
    return (*unit, CalledBy.CENTRE) if is_called else unit


def is_sampled(case_id: UUID, round_: int, share: int) -> bool:
    """Tell whether a round falls into the share of the centre."""
    drawn = sha256(b"%b %d" % (case_id.bytes, round_)).digest()
    return int.from_bytes(drawn[:8], "big") % ALL < share


def objection_to_callback(
    owed: Owed, told: Told, rules: CallbackRules, now: datetime
) -> CallbackObjection | None:
    """Return why a try may not be written down; one in vain counts only so far from the last."""
    if owed.state is not CallbackState.DUE:
        return CallbackObjection.OVER
    if told.truthful is not None and owed.by is CalledBy.UNIT:
        return CallbackObjection.NOT_THE_CENTRE
    if told.reached:
        return None
    if (told.solved, told.level, told.truthful) != (None, None, None):
        return CallbackObjection.NOT_REACHED
    soon = owed.last_try_at is not None and now < owed.last_try_at + rules.apart
    return CallbackObjection.TOO_SOON if soon else None


def callback_after(told: Told, tries: int, rules: CallbackRules) -> CallbackState:
    """Return where a callback stands after its try of this number."""
    if told.reached:
        return CallbackState.REACHED
    return CallbackState.UNREACHED if tries >= rules.tries else CallbackState.DUE


def reopens(told: Told) -> bool:
    """Tell whether a case begins anew: it is not solved, or what was reported is not true."""
    return told.solved is False or told.truthful is False
