"""The life of an order: which step may follow which state, and when a case is finished.

dispatched ─► signed ─► contacted ─► finished, and returned or handed over from any of the first
three. A unit
signs before it does anything else but return: from the signature on the order has a name to it.
What cannot be settled now goes from signed or contacted to tracking, with an explanation, and from
there only to finished (S3-23); it may still be handed over, or moved where its unit ends.
The person may be tried any number of times; only a try that reached them makes it contacted. To
finish takes one logged try, reached or not (S3-22): some people cannot be reached, and their
case must not hang on that, yet no unit may close a case in silence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType


@unique
class OrderState(StrEnum):
    """Where an order stands."""

    DISPATCHED = "dispatched"
    SIGNED = "signed"
    CONTACTED = "contacted"
    TRACKING = "tracking"
    """Explained to the person and not settled: its unit tells more on a day that it has named."""
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
    JOINED = "joined"
    """It waits for the answer of the case that leads it."""


@unique
class Step(StrEnum):
    """What a unit may do with its order."""

    SIGN = "sign"
    CONTACT = "contact"
    RETURN = "return"
    FINISH = "finish"
    WORK = "work"
    MATERIALS = "materials"
    EXTEND = "extend"
    TRACK = "track"


@unique
class Refusal(StrEnum):
    """Why a step is not possible now; the words are codes of the HTTP door."""

    WRONG_STATE = "wrong_state"
    ALREADY_DONE = "already_done"
    NOT_ATTEMPTED = "not_attempted"
    HAND_OVER_OPEN = "hand_over_open"
    SIGN_LIMIT_OVER = "sign_limit_over"
    ARBITRATED = "arbitrated"
    FIRST_RECEIVER = "first_receiver"


BEFORE_AN_ANSWER = frozenset({OrderState.SIGNED, OrderState.CONTACTED})
"""The limit to solve it runs."""
IN_WORK = BEFORE_AN_ANSWER | {OrderState.TRACKING}
OPEN_STATES = IN_WORK | {OrderState.DISPATCHED}
ENDING = frozenset({Step.RETURN, Step.FINISH})
"""Steps after which the unit has the order no more."""
ANSWERING = frozenset({Step.FINISH, Step.TRACK})
"""Steps that tell the person what came of it."""

ALLOWED: Mapping[Step, frozenset[OrderState]] = MappingProxyType(
    {
        Step.SIGN: frozenset({OrderState.DISPATCHED}),
        Step.CONTACT: IN_WORK,
        Step.RETURN: OPEN_STATES - {OrderState.TRACKING},
        Step.FINISH: IN_WORK,
        Step.WORK: IN_WORK,
        Step.MATERIALS: IN_WORK,
        Step.EXTEND: BEFORE_AN_ANSWER,
        Step.TRACK: IN_WORK,
    }
)
BEHIND: Mapping[Step, frozenset[OrderState]] = MappingProxyType(
    {
        Step.SIGN: IN_WORK,
        Step.CONTACT: frozenset(),
        Step.RETURN: frozenset({OrderState.RETURNED}),
        Step.FINISH: frozenset({OrderState.FINISHED}),
        Step.WORK: frozenset(),
        Step.MATERIALS: frozenset(),
        Step.EXTEND: frozenset(),
        Step.TRACK: frozenset(),
    }
)
"""States that tell that this very step was taken before."""


LEADS_TO: Mapping[Step, OrderState] = MappingProxyType(
    {
        Step.SIGN: OrderState.SIGNED,
        Step.RETURN: OrderState.RETURNED,
        Step.FINISH: OrderState.FINISHED,
        Step.TRACK: OrderState.TRACKING,
    }
)
"""Whatever the state was; the other steps leave it, but for a try that reached the person."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What else than the state of an order decides about a step."""

    lacks_attempt: bool = False
    """The node wants a try to reach the person, and none was logged."""
    is_offered: bool = False
    """Another node may have taken the case already: nothing may end it here."""
    sign_is_over: bool = False
    """The limit to sign has passed: who is not the right unit had to say so before (N7)."""
    is_arbitrated: bool = False
    """An arbitration gave it to this unit: it cannot be given back again (N7)."""
    leads_others: bool = False
    """The unit asked others to help, and so stays responsible (首接负责, S3-24)."""


AS_IT_IS = Standing()


def objection_to(step: Step, state: OrderState, standing: Standing = AS_IT_IS) -> Refusal | None:
    """Return why a step may not follow a state, or None if it may."""
    if state in BEHIND[step]:
        return Refusal.ALREADY_DONE
    if state not in ALLOWED[step]:
        return Refusal.WRONG_STATE
    return _objection_now(step, standing)


def _objection_now(step: Step, standing: Standing) -> Refusal | None:
    if standing.is_offered and step in ENDING | ANSWERING:
        return Refusal.HAND_OVER_OPEN
    if step is Step.RETURN and standing.is_arbitrated:
        return Refusal.ARBITRATED
    if step is Step.RETURN and standing.leads_others:
        return Refusal.FIRST_RECEIVER
    if step is Step.RETURN and standing.sign_is_over:
        return Refusal.SIGN_LIMIT_OVER
    return Refusal.NOT_ATTEMPTED if step in ANSWERING and standing.lacks_attempt else None


def state_after(step: Step, state: OrderState, *, reached: bool = False) -> OrderState:
    """Return the state that a step leads to; a vain try to reach the person leads nowhere."""
    if step is Step.CONTACT:
        is_news = reached and state is not OrderState.TRACKING
        return OrderState.CONTACTED if is_news else state
    return LEADS_TO.get(step, state)


def is_case_finished(state: CaseState, open_orders: int) -> bool:
    """Tell whether nothing is open any more: no order in work, nothing waiting in the pool."""
    return state is CaseState.HELD and open_orders == 0
