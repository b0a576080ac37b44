"""Parts of orders: what other units do for the lead, and when an order may end over them (N9).

open ─► answered, or dissenting ─► answered; taken back from open and dissenting. Who is not the
right unit says so once, within the limit to sign: the part stays open until somebody takes it
back, so that nothing falls between two units.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from types import MappingProxyType


@unique
class PartState(StrEnum):
    """Where a part stands."""

    OPEN = "open"
    ANSWERED = "answered"
    DISSENTING = "dissenting"
    WITHDRAWN = "withdrawn"


@unique
class PartStep(StrEnum):
    """What may be done with a part: the first four by its unit, the others by the lead."""

    ANSWER = "answer"
    DISSENT = "dissent"
    DECLINE = "decline"
    WORK = "work"
    URGE = "urge"
    WITHDRAW = "withdraw"


@unique
class PartRefusal(StrEnum):
    """Why something is not possible with parts; the words are codes of the HTTP door."""

    WRONG_STATE = "wrong_state"
    ALREADY_DONE = "already_done"
    SIGN_LIMIT_OVER = "sign_limit_over"
    DECLINED_ONCE = "declined_once"
    URGED_LATELY = "urged_lately"
    OF_THE_LEAD = "part_of_the_lead"
    OPEN_ALREADY = "part_open_already"
    UNSETTLED = "parts_unsettled"
    WORDS_NEEDED = "override_words_needed"


UNSETTLED = frozenset({PartState.OPEN, PartState.DISSENTING})
"""While one of its parts is among these, an order does not end without a reason."""
URGE_AGAIN_AFTER = timedelta(hours=4)

ALLOWED: Mapping[PartStep, frozenset[PartState]] = MappingProxyType(
    {
        PartStep.ANSWER: UNSETTLED,
        PartStep.DISSENT: frozenset({PartState.OPEN}),
        PartStep.DECLINE: frozenset({PartState.OPEN}),
        PartStep.WORK: UNSETTLED,
        PartStep.URGE: frozenset({PartState.OPEN}),
        PartStep.WITHDRAW: UNSETTLED,
    }
)
BEHIND: Mapping[PartStep, PartState] = MappingProxyType(
    {
        PartStep.ANSWER: PartState.ANSWERED,
        PartStep.DISSENT: PartState.DISSENTING,
        PartStep.WITHDRAW: PartState.WITHDRAWN,
    }
)
"""The state that tells that this very step was taken before."""


@dataclass(frozen=True, slots=True)
class PartStanding:
    """What else than the state of a part decides about a step."""

    has_declined: bool = False
    """Its unit said before of this order that it is not its matter."""
    sign_by: datetime | None = None
    """Until when it may say so; None while no limit is known."""
    urged_at: datetime | None = None


def objection_to_part(
    step: PartStep, state: PartState, standing: PartStanding, now: datetime
) -> PartRefusal | None:
    """Return why a step of a part is not possible, or None if it is."""
    if BEHIND.get(step) is state:
        return PartRefusal.ALREADY_DONE
    if state not in ALLOWED[step]:
        return PartRefusal.WRONG_STATE
    if step is PartStep.DECLINE:
        return _objection_to_decline(standing, now)
    if step is PartStep.URGE and standing.urged_at is not None:
        is_late = now >= standing.urged_at + URGE_AGAIN_AFTER
        return None if is_late else PartRefusal.URGED_LATELY
    return None


def _objection_to_decline(standing: PartStanding, now: datetime) -> PartRefusal | None:
    if standing.has_declined:
        return PartRefusal.DECLINED_ONCE
    is_over = standing.sign_by is not None and now > standing.sign_by
    return PartRefusal.SIGN_LIMIT_OVER if is_over else None


def state_of_part_after(step: PartStep, state: PartState) -> PartState:
    """Return the state that a step leads to."""
    match step:
        case PartStep.ANSWER:
            return PartState.ANSWERED
        case PartStep.DISSENT:
            return PartState.DISSENTING
        case PartStep.WITHDRAW:
            return PartState.WITHDRAWN
        case PartStep.DECLINE | PartStep.WORK | PartStep.URGE:
            return state


def objection_to_opening(unit: str, lead: str, at_work: Collection[str]) -> PartRefusal | None:
    """Return why a unit is given no part: it is the lead, or `at_work` on one of this kind."""
    if unit == lead:
        return PartRefusal.OF_THE_LEAD
    return PartRefusal.OPEN_ALREADY if unit in at_work else None


def objection_to_ending(
    states: Collection[PartState], reason: str | None, words: str
) -> PartRefusal | None:
    """Return why an order does not end over its parts: each is settled, or a reason is given."""
    if not UNSETTLED & set(states):
        return None
    if reason is None:
        return PartRefusal.UNSETTLED
    return None if words.strip() else PartRefusal.WORDS_NEEDED
