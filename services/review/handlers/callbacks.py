"""Call the person back after a result: who owes that, what was tried, what the person said."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.review import policy
from services.review.handlers.supervise import complains_of
from services.review.handlers.trace import leave_trace
from services.review.policy import (
    CallbackObjection,
    CallbackRules,
    CallbackState,
    CalledBy,
    CaseState,
    Owed,
    Told,
)
from services.review.repository.callbacks import (
    Callback,
    add_callbacks,
    end_callbacks,
    lock_callback,
    write_callback,
)
from services.review.repository.evaluations import Case, lock_case, move_case
from services.review.repository.leads import active_unit
from shared.clock import new_id
from shared.errors import Refused
from shared.events import review as events
from shared.events import words
from shared.events.dispatch import CaseFinished
from shared.events.review import CallbackMade, CaseReopened
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action

NOT_SOLVED = "回访时反映人表示问题没有解决"
NOT_TRUE = "回访发现承办单位反映的办理情况不实"
ACTIONS = {CalledBy.UNIT: Action.CALLBACK_UNIT, CalledBy.CENTRE: Action.CALLBACK_CENTRE}
FIELDS = {
    CallbackObjection.NOT_REACHED: "reached",
    CallbackObjection.NOT_THE_CENTRE: "truthful",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """One try to reach the person after a result, and what they said."""

    case_id: UUID
    by: CalledBy
    told: Told
    note: str = ""


def owe_callbacks(
    db: Connection, event: CaseFinished, rules: CallbackRules
) -> tuple[events.CallbackOwed, ...]:
    """Note who calls the person of a result back, and return them as an invitation tells them."""
    # The unit of a case that another one's answer ended never had it, nor may it look at it.
    has_unit = not event.joined and active_unit(db, event.unit_code) is not None
    owed = [
        Callback(
            callback_id=new_id(),
            case_id=event.case_id,
            round=event.round,
            by=by,
            unit_code=event.unit_code if by is CalledBy.UNIT else None,
            since=event.occurred_at,
        )
        for by in policy.callers(event.case_id, event.round, rules.share, has_unit=has_unit)
    ]
    add_callbacks(db, owed)
    return tuple(
        events.CallbackOwed(by=events.CalledBy(each.by), unit_code=each.unit_code) for each in owed
    )


def record_callback(
    db: Connection, calling: Calling, rules: CallbackRules, caller: Caller
) -> Callback:
    """Write down a try; what was reached in vain often enough ends, what does not hold reopens.

    Refused: `unknown_case`, `no_callback_due`, and what `objection_to_callback` says.
    """
    case = lock_case(db, calling.case_id)
    if case is None or complains_of(db, calling.case_id, caller):
        raise Refused("unknown_case", field="case_id")
    owed = lock_callback(db, calling.case_id, calling.by)
    if owed is None or owed.round != case.round:
        raise Refused("no_callback_due")
    _check(owed, calling, rules, caller.now)

    made = _made(owed, calling, rules, caller.now)
    write_callback(db, made)
    say(db, _fact(made, calling, caller))
    told = {"reached": calling.told.reached, "state": made.state, "note": made.note_masked}
    leave_trace(db, caller, ACTIONS[calling.by], made.callback_id, told)
    if policy.reopens(calling.told):
        _reopen(db, case, calling.told, caller.now)
    return made


def _check(owed: Callback, calling: Calling, rules: CallbackRules, now: datetime) -> None:
    standing = Owed(owed.by, owed.state, owed.last_try_at)
    wrong = policy.objection_to_callback(standing, calling.told, rules, now)
    if wrong is not None:
        raise Refused(wrong, field=FIELDS.get(wrong))


def _made(owed: Callback, calling: Calling, rules: CallbackRules, now: datetime) -> Callback:
    told, tries = calling.told, owed.tries + 1
    state = policy.callback_after(told, tries, rules)
    return replace(
        owed,
        state=state,
        tries=tries,
        last_try_at=now,
        ended_at=None if state is CallbackState.DUE else now,
        solved=told.solved,
        level=told.level,
        truthful=told.truthful,
        note_masked=mask_text(calling.note),
    )


def _fact(made: Callback, calling: Calling, caller: Caller) -> CallbackMade:
    told = calling.told
    return CallbackMade(
        case_id=made.case_id,
        occurred_at=caller.now,
        callback_id=made.callback_id,
        round=made.round,
        called_by=events.CalledBy(made.by),
        unit_code=made.unit_code,
        reached=told.reached,
        tries=made.tries,
        ended=made.state is not CallbackState.DUE,
        solved=told.solved,
        level=None if told.level is None else words.Level(told.level),
        truthful=told.truthful,
        note_masked=made.note_masked,
        by=caller.by,
    )


def _reopen(db: Connection, case: Case, told: Told, at: datetime) -> None:
    end_callbacks(db, case.case_id, at, CallbackState.DROPPED)
    move_case(db, replace(case, state=CaseState.RATED))
    because = NOT_TRUE if told.truthful is False else NOT_SOLVED
    facts = {"case_id": case.case_id, "occurred_at": at, "because": because}
    say(db, CaseReopened(**facts, round=case.round + 1))
