"""A person withdraws a case: nobody asks them to rate it; it closes when that cannot change."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.review import repository
from services.review.policy import CallbackState, CaseState
from services.review.repository import Case
from services.review.repository.callbacks import end_callbacks
from shared.errors import NotYet
from shared.events.dispatch import CaseFinished
from shared.events.intake import CaseWithdrawn, PressureTold, WithdrawalTakenBack
from shared.events.review import WITHDRAWN, CaseClosed, CaseReopened, Closing
from shared.outbox import say

ON_THE_WAY = timedelta(hours=1)
"""So long what a person takes back at the last moment may be on its way."""
CHANGED_MIND = "诉求人改变主意，请接着办"
SETTLED = frozenset({CaseState.RATED, CaseState.CLOSED})


def hear_withdrawn(db: Connection, event: CaseWithdrawn) -> None:
    """Keep that a round was withdrawn; where it has ended already, nobody is asked any more."""
    case = _known(repository.lock_case(db, event.case_id))
    is_over = case.round == event.round and case.state in SETTLED
    if case.round > event.round or is_over:
        return
    ended = not event.accepted or case.round == event.round
    close_from = _later(case, event.take_back_by)
    kept = replace(case, withdrawn_round=event.round, close_from=close_from, taken_back_at=None)
    repository.move_case(db, replace(kept, state=CaseState.WITHDRAWN) if ended else kept)
    if ended:
        end_callbacks(db, case.case_id, event.occurred_at, CallbackState.DROPPED)


def hear_pressure(db: Connection, event: PressureTold) -> None:
    """Let a withdrawn case close no sooner than one who was pressed can take that back."""
    case = _known(repository.lock_case(db, event.case_id))
    repository.move_case(db, replace(case, close_from=_later(case, event.take_back_by)))


def end_round(db: Connection, case: Case, event: CaseFinished) -> None:
    """Let a withdrawn round rest that has ended everywhere, or begin the next if they want it."""
    ended = replace(case, round=event.round, unit_code=event.unit_code)
    ended = replace(ended, finished_at=event.occurred_at, state=CaseState.WITHDRAWN)
    repository.move_case(db, ended)
    if case.taken_back_at is not None:
        _reopen(db, ended, max(case.taken_back_at, event.occurred_at))


def hear_taken_back(db: Connection, event: WithdrawalTakenBack) -> None:
    """Let a case go on: with its next round as soon as the withdrawn one has ended everywhere."""
    case = _known(repository.lock_case(db, event.case_id))
    if not event.accepted:
        fresh = replace(case, state=CaseState.NONE, withdrawn_round=0, close_from=None)
        repository.move_case(db, fresh)
    elif case.round < event.round:
        waits = replace(case, taken_back_at=event.occurred_at, close_from=None)
        repository.move_case(db, waits)
    else:
        _reopen(db, case, event.occurred_at)


def close_withdrawn(db: Connection, now: datetime, limit: int) -> int:
    """Close withdrawn cases that nobody can take back any more; return how many."""
    over = repository.withdrawn_before(db, now, limit)
    if over:
        repository.close_cases(db, [case.case_id for case in over])
    for case in over:
        how = {"how": Closing.UNANSWERED, "how_detail": WITHDRAWN}
        about = {"case_id": case.case_id, "round": case.withdrawn_round}
        say(db, CaseClosed(**about, **how, occurred_at=now))
    return len(over)


def _later(case: Case, take_back_by: datetime) -> datetime:
    over = take_back_by + ON_THE_WAY
    return max(over, case.close_from or over)


def _reopen(db: Connection, case: Case, at: datetime) -> None:
    repository.move_case(
        db, replace(case, state=CaseState.RATED, close_from=None, taken_back_at=None)
    )
    about = {"case_id": case.case_id, "occurred_at": at, "round": case.round + 1}
    say(db, CaseReopened(**about, because=CHANGED_MIND, taken_back=True))


def _known(case: Case | None) -> Case:
    if case is None:
        raise NotYet("the case has not been registered here")
    return case
