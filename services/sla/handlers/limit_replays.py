"""Replay past clocks under other limits: asked once, worked off in pieces, nothing changes (N22).

Each piece is a transaction that keeps what was counted and where to go on; a draft that changes
ends its replay. Every clock is counted under the draft, whenever its case was accepted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.sla import policy, repository
from services.sla.handlers.clocks import Promise, matter_of, under_notices
from services.sla.handlers.limit_sets import the_draft, trace_set
from services.sla.policy import UNHEARD, LimitKind, LimitSet, LimitTable, Promised, Signing
from services.sla.policy.replay import RedTally, Replayed
from services.sla.repository import Case, Clock
from services.sla.repository import limit_replays as rows
from services.sla.repository.limit_replays import DONE, OUTDATED, RUNNING, Replay
from services.sla.repository.limit_sets import set_by_id, table_of
from shared.clock import new_id
from shared.errors import Refused
from shared.security.caller import Caller
from shared.security.policy import Action

AT_ONCE = 2_000
"""Clocks in one piece."""
LONGEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Past:
    """Clocks that started from one moment up to another."""

    since: datetime
    until: datetime


def ask_replay(db: Connection, past: Past, caller: Caller) -> Replay:
    """Ask for a replay of a period under the draft as it stands; Refused: `period_empty`."""
    if not past.since < past.until <= past.since + LONGEST:
        raise Refused("period_empty", field="until")
    draft = the_draft(db)
    for known in rows.replays_of(db, draft.set_id, 1):
        same = (known.state, known.edition, known.since, known.until)
        if same == (RUNNING, draft.edition, past.since, past.until):
            return known
    asked = Replay(
        replay_id=new_id(),
        set_id=draft.set_id,
        edition=draft.edition,
        since=past.since,
        until=past.until,
        state=RUNNING,
        asked_by=caller.actor.id or "",
        asked_name=caller.actor.name or "",
        asked_at=caller.now,
        total=rows.count_past(db, past.since, past.until),
        tally=RedTally().told(),
    )
    rows.add_replay(db, asked)
    told = {"since": past.since, "until": past.until, "edition": draft.edition}
    trace_set(db, caller, Action.LIMITS_WRITE, draft, told)
    return asked


def replay_some(db: Connection, promise: Promise, now: datetime) -> bool:
    """Replay one piece of the oldest replay; tell whether there was anything to do."""
    asked = rows.lock_running(db)
    if asked is None:
        return False
    draft = set_by_id(db, asked.set_id)
    if draft is None or draft.edition != asked.edition:
        rows.change_replay(db, asked.replay_id, state=OUTDATED, ended_at=now)
        return True
    tally = RedTally.of(asked.tally)
    found = rows.past_clocks(db, asked.since, asked.until, asked.after_id, AT_ONCE)
    tried = Tried(table_of(draft), under_notices(db, promise), now)
    tally.count(replayed(db, found, tried))
    done = {} if len(found) == AT_ONCE else {"state": DONE, "ended_at": now}
    after = {"after_id": found[-1].id} if found else {}
    rows.change_replay(db, asked.replay_id, tally=tally.told(), **after, **done)
    return True


def replay_all(
    db: Connection, past: Past, table: LimitTable, promise: Promise, now: datetime
) -> RedTally:
    """Replay a period under rows that stand in no draft; nothing is kept."""
    tally, after = RedTally(), None
    tried = Tried(table, under_notices(db, promise), now)
    while found := rows.past_clocks(db, past.since, past.until, after, AT_ONCE):
        tally.count(replayed(db, found, tried))
        after = found[-1].id
    return tally


@dataclass(frozen=True, slots=True)
class Tried:
    """Under which rows clocks are counted, on whose calendar, seen from when."""

    table: LimitTable
    promise: Promise
    now: datetime


def replayed(db: Connection, clocks: Sequence[Clock], tried: Tried) -> list[Replayed]:
    """Return what these clocks would have been under other rows."""
    cases = repository.cases_of(db, {clock.case_id for clock in clocks}) if clocks else {}
    return [_replayed(clock, cases.get(clock.case_id), tried) for clock in clocks]


def _replayed(clock: Clock, case: Case | None, tried: Tried) -> Replayed:
    chosen = LimitSet(0, "", tried.now, moves=False, table=tried.table)
    limits, calendar = tried.promise.limits, tried.promise.calendar_of(clock, case)
    matter = matter_of(case, clock.complexity)
    ruled = policy.ruled_by(chosen, limits, clock.kind, matter, clock.started_at)
    begun = (clock.started_at, ruled.limit, clock.due_at, clock.provisional)
    signing = _signing(clock, case, chosen, tried) if ruled.limit.by_signature else UNHEARD
    promised = Promised(*begun, changes=clock.steps, signing=signing)
    after = policy.moved(promised, calendar, clock.started_at)
    return Replayed(
        case_id=str(clock.case_id),
        kind=clock.kind,
        row=ruled.code or "",
        unit=clock.unit_code or "",
        ended=clock.paused_at or clock.stopped_at or tried.now,
        before=clock.due_at,
        after=after.due.at,
    )


def _signing(clock: Clock, case: Case | None, chosen: LimitSet, tried: Tried) -> Signing:
    """Return when an order was signed for, and until when it had to be under the same rows."""
    if clock.sign_by is None:
        return clock.signing
    about = (LimitKind.SIGN, matter_of(case, clock.complexity), clock.started_at)
    within = policy.ruled_by(chosen, tried.promise.limits, *about).limit
    calendar = tried.promise.calendar_of(clock, case)
    return Signing(policy.due_at(clock.started_at, within, calendar).at, clock.signed_at)
