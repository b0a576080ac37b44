"""Replay past cases under the draft before it goes live: asked once, worked off in pieces (N22).

Each piece is a transaction of its own that keeps what was counted and where to go on, so a replay
survives whatever ends the process. Personal data play no part: rules see masked words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.dispatch.handlers.deciding import Asked, decide
from services.dispatch.handlers.drafting import the_draft
from services.dispatch.handlers.live_rules import CHINA, rules_of
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy.simulation import (
    POOL,
    Gone,
    Replayed,
    Way,
    expected_returns,
    ways_of,
)
from services.dispatch.repository.rules import catalogue_by_id
from services.dispatch.repository.simulation_ways import (
    add_ways,
    forget_ways,
    loads_of,
    moves_of,
)
from services.dispatch.repository.simulations import (
    DONE,
    OUTDATED,
    RUNNING,
    Past,
    Simulation,
    add_simulation,
    change_simulation,
    count_past,
    history_of,
    lock_running,
    past_cases,
)
from shared.clock import new_id
from shared.errors import Refused
from shared.security.caller import Caller
from shared.security.policy import Action

AT_ONCE = 1_000
"""Cases in one piece."""
MOST_WAYS = 300
"""So many ways from one unit to another a report tells, the busiest first; it counts all."""


@dataclass(frozen=True, slots=True)
class Period:
    """Cases accepted from one moment up to another."""

    since: datetime
    until: datetime


def ask_simulation(db: Connection, period: Period, caller: Caller) -> Simulation:
    """Ask for a replay of a period under the draft as it stands."""
    if period.until <= period.since:
        raise Refused("period_empty", field="until")
    draft = the_draft(db)
    simulation = Simulation(
        simulation_id=new_id(),
        catalogue_id=draft.catalogue_id,
        edition=draft.edition,
        since=period.since,
        until=period.until,
        state=RUNNING,
        asked_by=caller.actor.id or "",
        asked_name=caller.actor.name or "",
        asked_at=caller.now,
        total=count_past(db, period.since, period.until),
        tally={"cases": 0},
    )
    add_simulation(db, simulation)
    told = {"since": period.since, "until": period.until, "edition": draft.edition}
    trace = Trace(Action.CATALOGUE_WRITE, "simulation", str(simulation.simulation_id), told)
    leave_trace(db, caller, trace)
    return simulation


def simulate_some(db: Connection, node: str, now: datetime) -> bool:
    """Replay one piece of the oldest replay; tell whether there was anything to do."""
    simulation = lock_running(db)
    if simulation is None:
        return False
    catalogue = catalogue_by_id(db, simulation.catalogue_id)
    if catalogue is None or catalogue.edition != simulation.edition:
        change_simulation(db, simulation.simulation_id, state=OUTDATED, ended_at=now)
        forget_ways(db, simulation.simulation_id)
        return True
    past = past_cases(db, simulation, CHINA, AT_ONCE)
    asked = [Asked(one.facts, one.case_id) for one in past]
    decisions = decide(db, rules_of(db, catalogue), asked, node) if asked else []
    replayed = (
        Replayed(one.case_id, one.unit_code, made.unit.code if made.unit else POOL)
        for one, made in zip(past, decisions, strict=True)
    )
    add_ways(db, simulation.simulation_id, ways_of(replayed))
    change_simulation(db, simulation.simulation_id, **_changed(db, simulation, past, now))
    return True


def _changed(
    db: Connection, simulation: Simulation, past: Sequence[Past], now: datetime
) -> dict[str, Any]:
    counted = simulation.counted + len(past)
    told: dict[str, Any] = {"tally": {"cases": counted}}
    if past:
        told |= {"after_at": past[-1].accepted_at, "after_id": past[-1].case_id}
    if len(past) < AT_ONCE:
        told |= {"state": DONE, "ended_at": now, "report": _report(db, simulation, counted)}
        forget_ways(db, simulation.simulation_id)
    return told


def _report(db: Connection, simulation: Simulation, counted: int) -> dict[str, Any]:
    history = history_of(db, simulation.since, simulation.until)
    moves = moves_of(db, simulation.simulation_id, MOST_WAYS)
    loads = loads_of(db, simulation.simulation_id)
    before, after = loads.before, loads.after
    return {
        "cases": counted,
        "changed": moves.cases,
        "ways": moves.ways,
        "moves": [_move(way, gone) for way, gone in moves.busiest],
        "load": [
            {"unit": code, "before": before.get(code, 0), "after": after.get(code, 0)}
            for code in sorted((before.keys() | after.keys()) - {POOL})
        ],
        "pooled": {"before": before.get(POOL, 0), "after": after.get(POOL, 0)},
        "returns": {
            "before": round(expected_returns(before, history), 1),
            "after": round(expected_returns(after, history), 1),
        },
    }


def _move(way: Way, gone: Gone) -> dict[str, Any]:
    before, after = way
    examples = [str(case_id) for case_id in gone.examples]
    return {"from": before, "to": after, "count": gone.cases, "examples": examples}
