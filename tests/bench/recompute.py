"""How many promises a notice moves a second, and how long its report takes.

Run with `./dev bench recompute [--clocks 100000]`, on a PostgreSQL of its own. A notice turns days
before every one of the clocks, so that each moves: written, said and audited. Beside it the same
due dates are only computed.
"""

import argparse
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from uuid import UUID

from sqlalchemy import Engine, text

from backstop.servers.postgres import PostgresServer
from services.sla import handlers, policy
from services.sla.handlers.clocks import Subject, start
from services.sla.policy import ClockKind, Complexity, Limit
from services.sla.settings import Settings
from services.sla.tables import metadata, plumbing
from shared.clock import new_id
from shared.security.actor import Actor, ActorKind
from shared.security.caller import Caller
from shared.unit import Unit
from tests.integration.schemas import build_schemas
from tests.unit.sla.issued import notice_2027

NODE = "341500"
PROMISE = Settings().promise
SINCE = datetime(2027, 2, 4, 2, tzinfo=UTC)
AT_ONCE, BATCH = 2_000, 500
TO_REACH, IN_SECONDS = 1_000_000, 120


def main() -> None:
    """Measure and print."""
    given = argparse.ArgumentParser(description=main.__doc__)
    given.add_argument("--clocks", type=int, default=100_000)
    clocks = given.parse_args().clocks
    with tempfile.TemporaryDirectory(prefix="backstop-recompute-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o711)
        with PostgresServer(folder / "postgres") as server:
            engine = build_schemas(server.create_database("recompute"), metadata)
            measure(engine, clocks)
            engine.dispose()


def measure(engine: Engine, clocks: int) -> None:
    """Start the clocks, ask for the report, sign, and move them all."""
    unit = Unit(engine, NODE, "sla", plumbing, wake=lambda: None)
    fill(unit, clocks)
    with engine.begin() as db:
        db.execute(text("ANALYZE sla.clocks"))
    began = perf_counter()
    with unit.transaction() as db:
        before, after = handlers.calendar_with(db, notice_2027(), PROMISE)
        told = handlers.forecast(db, handlers.under_notices(db, PROMISE), after, [2027], SINCE)
    say(f"report over {told.examined:,} of {told.running:,}", perf_counter() - began, "s")
    assert before is not after
    rate("due dates computed, explained", clocks, compute(clocks))
    began, busy = perf_counter(), process_time()
    signed(unit)
    say("signature", perf_counter() - began, "s")
    began, busy = perf_counter(), process_time()
    while move(unit):
        continue
    passed = perf_counter() - began
    rate("clocks moved, said and audited", clocks, passed)
    say("of which this process computed", process_time() - busy, "s")
    say(f"for {TO_REACH:,} that makes (aim {IN_SECONDS} s)", passed * TO_REACH / clocks, "s")


def fill(unit: Unit, clocks: int) -> None:
    """Start clocks of as many cases, some seconds apart."""
    for first in range(0, clocks, AT_ONCE):
        with unit.transaction() as db:
            many = range(first, min(first + AT_ONCE, clocks))
            start(db, [subject(n) for n in many], PROMISE)


def subject(n: int) -> Subject:
    """The nth case's promise."""
    at = SINCE + timedelta(milliseconds=100 * (n % 100_000))
    return Subject(UUID(int=n), ClockKind.CITIZEN, 1, Complexity.ORDINARY, at)


def compute(clocks: int) -> float:
    """Return how many seconds it takes only to compute the due dates."""
    began = perf_counter()
    for n in range(clocks):
        policy.due_at(subject(n).at, Limit(3), PROMISE.calendar)
    return perf_counter() - began


def signed(unit: Unit) -> None:
    """Let two people sign the notice."""
    one, other = (
        Caller(Actor(kind=ActorKind.STAFF, node=NODE, id=new_id().hex), SINCE) for _ in range(2)
    )
    with unit.transaction() as db:
        kept = handlers.draft_notice(db, notice_2027(), "bench", one)
        handlers.review_notice(db, kept.notice_id, kept.digest, one)
        handlers.sign_notice(db, kept.notice_id, kept.digest, PROMISE, other)


def move(unit: Unit) -> bool:
    """Move a batch, as the service does."""
    with unit.transaction() as db:
        return handlers.recompute(db, PROMISE, NODE, SINCE, BATCH)


def rate(what: str, many: int, seconds: float) -> None:
    """Print how many a second."""
    say(what, many / seconds, "/s")


def say(what: str, number: float, unit: str) -> None:
    """Print one line."""
    sys.stdout.write(f"{what:<52}{number:>12,.1f} {unit}\n")


if __name__ == "__main__":
    main()
