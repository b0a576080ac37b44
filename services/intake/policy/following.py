"""What happens next with a case: the one thing its person waits for or should do."""

from collections.abc import Mapping
from enum import StrEnum, unique
from types import MappingProxyType

from services.intake.policy.progress import Progress, Status


@unique
class NextStep(StrEnum):
    """The step that is due; the sentence for people is written at the edge."""

    SCOPE_TEST = "scope_test"
    DISPATCH = "dispatch"
    DISPATCH_ELSEWHERE = "dispatch_elsewhere"
    WITH_ANOTHER = "with_another"
    SIGN = "sign"
    CONTACT = "contact"
    RESULT = "result"
    MATERIALS = "materials"
    MORE = "more"
    FEEDBACK = "feedback"
    RATE = "rate"
    SETTLE = "settle"
    OTHER_ROUTE = "other_route"
    APPEAL = "appeal"
    """A supervisor looks again at a no."""
    CHANGE_MIND = "change_mind"
    COME_BACK = "come_back"
    """The person has changed their mind: it begins anew in a moment."""
    NOTHING = "nothing"


AFTER: Mapping[Status, NextStep] = MappingProxyType(
    {
        Status.REGISTERED: NextStep.SCOPE_TEST,
        Status.ACCEPTED: NextStep.DISPATCH,
        Status.DECLINED: NextStep.OTHER_ROUTE,
        Status.HANDED_OVER: NextStep.DISPATCH_ELSEWHERE,
        Status.POOLED: NextStep.DISPATCH,
        Status.DISPATCHED: NextStep.SIGN,
        Status.SIGNED: NextStep.CONTACT,
        Status.CONTACTED: NextStep.RESULT,
        Status.TRACKING: NextStep.MORE,
        Status.RETURNED: NextStep.DISPATCH,
        Status.FINISHED: NextStep.FEEDBACK,
        Status.CLOSED: NextStep.NOTHING,
        Status.WITHDRAWN: NextStep.CHANGE_MIND,
        Status.REOPENED: NextStep.DISPATCH,
    }
)

SEARCHED = frozenset({Status.ACCEPTED, Status.POOLED, Status.RETURNED, Status.REOPENED})
"""No unit has the case itself; one joined to another waits with it."""


def next_step(progress: Progress) -> NextStep:
    """Say what happens next; once there is a result it is the person's turn to rate it."""
    if progress.status is Status.WITHDRAWN:
        return _after_withdrawal(progress)
    if progress.can_rate:
        return NextStep.RATE
    is_rated = progress.status is Status.FINISHED and progress.rated is not None
    return NextStep.SETTLE if is_rated else _in_work(progress)


def _in_work(progress: Progress) -> NextStep:
    if progress.wanted:
        return NextStep.MATERIALS
    if progress.joined_to is not None and progress.status in SEARCHED:
        return NextStep.WITH_ANOTHER
    is_appealed = progress.appeal is not None and progress.appeal_decided is None
    return NextStep.APPEAL if is_appealed else AFTER[progress.status]


def _after_withdrawal(progress: Progress) -> NextStep:
    if progress.coming_back:
        return NextStep.COME_BACK
    is_final = progress.closed or progress.taken_back > 0
    return NextStep.NOTHING if is_final else NextStep.CHANGE_MIND
