"""The life of an order: which step may follow which state, and when a case is finished.

dispatched ─► signed ─► contacted ─► finished, and returned or handed over from any of the first
three. A unit
signs before it does anything else but return: from the signature on the order has a name to it.
The person may be tried any number of times; only a try that reached them makes it contacted. To
finish takes one logged try, reached or not (S3-22): some people cannot be reached, and their
case must not hang on that, yet no unit may close a case in silence.
"""

from collections.abc import Mapping
from enum import StrEnum, unique
from types import MappingProxyType


@unique
class OrderState(StrEnum):
    """Where an order stands."""

    DISPATCHED = "dispatched"
    SIGNED = "signed"
    CONTACTED = "contacted"
    RETURNED = "returned"
    HANDED_OVER = "handed_over"
    FINISHED = "finished"


@unique
class CaseState(StrEnum):
    """Where a case stands in its round: pooled ⇄ held ─► finished ─► the next round.

    Another node may take it out of any of them: then it is away.
    """

    POOLED = "pooled"
    HELD = "held"
    FINISHED = "finished"
    AWAY = "away"


@unique
class Step(StrEnum):
    """What a unit may do with its order."""

    SIGN = "sign"
    CONTACT = "contact"
    RETURN = "return"
    FINISH = "finish"


@unique
class Refusal(StrEnum):
    """Why a step is not possible now; the words are codes of the HTTP door."""

    WRONG_STATE = "wrong_state"
    ALREADY_DONE = "already_done"
    NOT_ATTEMPTED = "not_attempted"
    HAND_OVER_OPEN = "hand_over_open"


OPEN_STATES = frozenset({OrderState.DISPATCHED, OrderState.SIGNED, OrderState.CONTACTED})
IN_WORK = frozenset({OrderState.SIGNED, OrderState.CONTACTED})
ENDING = frozenset({Step.RETURN, Step.FINISH})
"""Steps after which the unit has the order no more."""

ALLOWED: Mapping[Step, frozenset[OrderState]] = MappingProxyType(
    {
        Step.SIGN: frozenset({OrderState.DISPATCHED}),
        Step.CONTACT: IN_WORK,
        Step.RETURN: OPEN_STATES,
        Step.FINISH: IN_WORK,
    }
)
BEHIND: Mapping[Step, frozenset[OrderState]] = MappingProxyType(
    {
        Step.SIGN: IN_WORK,
        Step.CONTACT: frozenset(),
        Step.RETURN: frozenset({OrderState.RETURNED}),
        Step.FINISH: frozenset({OrderState.FINISHED}),
    }
)
"""States that tell that this very step was taken before."""


def objection_to(
    step: Step, state: OrderState, *, lacks_attempt: bool = False, is_offered: bool = False
) -> Refusal | None:
    """Return why a step may not follow a state, or None if it may.

    `lacks_attempt` tells that the node wants a try to reach the person and none was logged;
    `is_offered` that another node may have taken the case already: nothing may end it here.
    """
    if state in BEHIND[step]:
        return Refusal.ALREADY_DONE
    if state not in ALLOWED[step]:
        return Refusal.WRONG_STATE
    if is_offered and step in ENDING:
        return Refusal.HAND_OVER_OPEN
    if step is Step.FINISH and lacks_attempt:
        return Refusal.NOT_ATTEMPTED
    return None


def state_after(step: Step, state: OrderState, *, reached: bool = False) -> OrderState:
    """Return the state that a step leads to; a vain try to reach the person leads nowhere."""
    match step:
        case Step.SIGN:
            return OrderState.SIGNED
        case Step.CONTACT:
            return OrderState.CONTACTED if reached else state
        case Step.RETURN:
            return OrderState.RETURNED
        case Step.FINISH:
            return OrderState.FINISHED


def is_case_finished(state: CaseState, open_orders: int) -> bool:
    """Tell whether nothing is open any more: no order in work, nothing waiting in the pool."""
    return state is CaseState.HELD and open_orders == 0
