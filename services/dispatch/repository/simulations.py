"""Replays: their rows, what they have counted, and the past cases that they go through."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    Select,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from services.dispatch.policy import OrderState, Route
from services.dispatch.policy.rules import Facts, facts_text
from services.dispatch.policy.simulation import POOL, History
from services.dispatch.repository.simulation_ways import forget_ways
from services.dispatch.tables import cases, complaints, orders, simulations
from shared.complaints import shown_to
from shared.security.actor import Actor

RUNNING, DONE, OUTDATED = "running", "done", "outdated"


BY_HAND = (Route.MANUAL, Route.SUGGESTION, Route.ON_SPOT)
"""What no rule has placed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """One replay of a period under one edition of a draft."""

    simulation_id: UUID
    catalogue_id: UUID
    edition: int
    since: datetime
    until: datetime
    state: str
    asked_by: str
    asked_name: str
    asked_at: datetime
    total: int
    after_at: datetime | None = None
    after_id: UUID | None = None
    tally: dict[str, Any]
    report: dict[str, Any] | None = None
    ended_at: datetime | None = None

    @property
    def counted(self) -> int:
        """How many cases were counted; of what an earlier release began, none are kept here."""
        return 0 if "moves" in self.tally else int(self.tally["cases"])


@dataclass(frozen=True, slots=True)
class Past:
    """A case of the past and the unit that got it first; `POOL` if a dispatcher placed it."""

    case_id: UUID
    accepted_at: datetime
    facts: Facts
    unit_code: str


def add_simulation(db: Connection, simulation: Simulation) -> None:
    """Insert a replay."""
    db.execute(insert(simulations).values(asdict(simulation)))


def change_simulation(db: Connection, simulation_id: UUID, **changes: object) -> None:
    """Write columns of a replay."""
    mine = simulations.c.simulation_id == simulation_id
    db.execute(update(simulations).where(mine).values(changes))


def lock_running(db: Connection) -> Simulation | None:
    """Lock the oldest replay that is not at its end; None also while another works on it."""
    s = simulations.c
    query = select(simulations).where(s.state == RUNNING).order_by(s.asked_at).limit(1)
    return _one(db, query.with_for_update(skip_locked=True))


def find_simulation(db: Connection, simulation_id: UUID) -> Simulation | None:
    """Return a replay."""
    return _one(db, select(simulations).where(simulations.c.simulation_id == simulation_id))


def simulations_of(db: Connection, catalogue_id: UUID, limit: int) -> Sequence[Simulation]:
    """Return the replays under a version, the newest first."""
    s = simulations.c
    query = select(simulations).where(s.catalogue_id == catalogue_id)
    rows = db.execute(query.order_by(s.asked_at.desc(), s.simulation_id.desc()).limit(limit))
    return [Simulation(**row) for row in rows.mappings()]


def forget_simulations(db: Connection, catalogue_id: UUID) -> None:
    """Remove the replays under a draft."""
    under = simulations.c.catalogue_id == catalogue_id
    forget_ways(db, select(simulations.c.simulation_id).where(under))
    db.execute(delete(simulations).where(under))


def count_past(db: Connection, since: datetime, until: datetime) -> int:
    """Count the cases accepted in a period."""
    period = (cases.c.accepted_at >= since, cases.c.accepted_at < until)
    return db.scalar(select(func.count()).select_from(cases).where(*period)) or 0


def past_cases(db: Connection, simulation: Simulation, zone: Any, limit: int) -> Sequence[Past]:
    """Return cases of a period in the order of their acceptance, after those counted already."""
    c = cases.c
    key = (c.accepted_at, c.case_id)
    some = select(cases).where(c.accepted_at >= simulation.since, c.accepted_at < simulation.until)
    if simulation.counted:
        some = some.where(tuple_(*key) > tuple_(simulation.after_at, simulation.after_id))
    page = some.order_by(*key).limit(limit).subquery()
    first = (
        select(orders.c.unit_code, orders.c.route)
        .where(orders.c.case_id == page.c.case_id)
        .order_by(orders.c.dispatched_at, orders.c.order_id)
        .limit(1)
        .lateral()
    )
    told = select(page, first.c.unit_code.label("first_unit"), first.c.route.label("route"))
    joined = told.select_from(page.outerjoin(first, ~false()))
    rows = db.execute(joined.order_by(page.c.accepted_at, page.c.case_id))
    return [_past(row, zone) for row in rows.all()]


def history_of(db: Connection, since: datetime, until: datetime) -> dict[str, History]:
    """Return of each unit how many orders it got in a period and how many of them it returned.

    Neither what was moved from an ended unit nor what one complained of gave up is a return.
    """
    o = orders.c
    stood_back = exists().where(
        complaints.c.case_id == o.case_id, func.cardinality(complaints.c.units) > 0
    )
    counts = or_(o.return_ground != "conflict_of_interest", ~stood_back)
    returned = func.count().filter(
        o.state == OrderState.RETURNED, o.return_ground.is_not(None), counts
    )
    query = select(o.unit_code, func.count(), returned).where(
        o.dispatched_at >= since, o.dispatched_at < until
    )
    return {code: History(n, back) for code, n, back in db.execute(query.group_by(o.unit_code))}


def shown_report(db: Connection, simulation: Simulation, reader: Actor) -> Simulation:
    """Return a replay whose examples are the numbers of cases of which a reader may know."""
    report = simulation.report
    if report is None:
        return simulation
    wanted = {UUID(told) for move in report["moves"] for told in move["examples"]}
    query = select(cases.c.case_id, cases.c.number).where(cases.c.case_id.in_(sorted(wanted)))
    seen = query.where(shown_to(reader, complaints, cases.c.case_id))
    numbers = {str(row.case_id): row.number for row in db.execute(seen)}
    moves = [
        {**move, "examples": [numbers[told] for told in move["examples"] if told in numbers]}
        for move in report["moves"]
    ]
    return replace(simulation, report={**report, "moves": moves})


def _past(row: Any, zone: Any) -> Past:
    by_hand = row.first_unit is None or row.route in BY_HAND
    facts = Facts(
        at=row.accepted_at.astimezone(zone).replace(tzinfo=None),
        item_code=row.item_code,
        region=row.region,
        channel=row.channel,
        party=row.party,
        text=facts_text(row.title_masked, row.text_masked),
    )
    return Past(row.case_id, row.accepted_at, facts, POOL if by_hand else row.first_unit)


def _one(db: Connection, query: Select[Any]) -> Simulation | None:
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else Simulation(**row)
