"""Who answers for finding the unit of a pooled case: nothing waits in a list nobody owns."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.conflict import complaint_free_of
from services.dispatch.handlers.trace import THE_RULES, Trace, leave_trace
from services.dispatch.policy import CaseState, choose_owner
from services.dispatch.repository.cases import Case, lock_case
from services.dispatch.repository.disputes import loads_of_searchers, note_searcher, own_case
from services.dispatch.tables import complaints
from shared.complaints import complaint_of
from shared.errors import Refused
from shared.events.dispatch import SearchTaken
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.policy import Action

AT_WORK = timedelta(days=14)
"""Who has not dispatched for longer is given no search."""


def own_search(db: Connection, case: Case, at: datetime) -> None:
    """Give the search for a unit to the dispatcher who has the fewest.

    Not of a case that complains of somebody: whether it is of a dispatcher, only they can tell
    apart, so somebody has to take it.
    """
    told = complaint_of(db, complaints, case.case_id)
    if told.units or told.persons:
        return
    owner = choose_owner(loads_of_searchers(db, at - AT_WORK))
    if owner is not None:
        own_case(db, case.case_id, owner)
        about = {"case_id": case.case_id, "occurred_at": at, "owner": owner}
        say(db, SearchTaken(**about, by=THE_RULES))


def take_search(db: Connection, case_id: UUID, caller: Caller) -> UUID:
    """Answer for a search oneself, whoever did before. Returns the case."""
    case = lock_case(db, case_id)
    if case is None:
        raise Refused("unknown_case", field="case_id")
    complaint_free_of(db, case_id, caller)
    if case.state is not CaseState.POOLED:
        raise Refused("wrong_state")
    if case.searcher == caller.actor.id:
        raise Refused("already_done")
    note_searcher(db, caller.actor.id, caller.now)
    own_case(db, case_id, caller.actor.id)
    about = {"case_id": case_id, "occurred_at": caller.now, "owner": caller.actor.id}
    say(db, SearchTaken(**about, by=caller.by))
    after = {"searcher": caller.actor.id}
    leave_trace(db, caller, Trace(Action.ORDER_DISPATCH, "case", str(case_id), after))
    return case_id
