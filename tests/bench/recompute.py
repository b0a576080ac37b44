"""How many promises a notice moves a second, and how long its report takes.

Run with `./dev bench recompute [--clocks 1000000]`, on a PostgreSQL of its own. A notice turns
days before every one of the clocks, so that each moves: written, said and audited. Beside it the
same due dates are only computed. `--profile` tells where this process spends its time.
"""

import argparse
import cProfile
import pstats
import sys
import tempfile
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from uuid import UUID

from sqlalchemy import Engine, text

from backstop import starting
from backstop.servers.postgres import PostgresServer
from services.sla import handlers, policy
from services.sla.handlers.clocks import Subject, start
from services.sla.policy import ClockKind, Complexity, Limit
from services.sla.service import RECOMPUTE_BATCH
from services.sla.settings import Settings
from services.sla.tables import metadata, plumbing
from shared.clock import new_id
from shared.security.actor import Actor, ActorKind
from shared.security.caller import Caller
from shared.unit import Unit
from tests.bench._processor import spent
from tests.integration.schemas import build_schemas
from tests.unit.sla.issued import notice_2027

NODE = "341500"
PROMISE = Settings().promise
SINCE = datetime(2027, 2, 4, 2, tzinfo=UTC)
FILL = """
INSERT INTO sla.clocks (id, case_id, kind, round, complexity, started_at, due_at, provisional,
    lamp, next_step_at, pauses, calendar_version, steps, digest, limit_rule, limit_set)
SELECT CAST(lpad(to_hex(n), 12, '0') || left(md5(n::text), 20) AS uuid),
    CAST(lpad(to_hex(n), 32, '0') AS uuid), kind, round, complexity,
    started_at + n * ('10000 seconds'::interval / :clocks), due_at, provisional, lamp,
    next_step_at, pauses, calendar_version, steps, digest, limit_rule, limit_set
FROM sla.clocks, generate_series(1, :clocks - 1) AS n
"""
KNOWN = """
INSERT INTO sla.cases (case_id) SELECT case_id FROM sla.clocks ON CONFLICT DO NOTHING;
INSERT INTO sla.spoken (subject_id, version) SELECT case_id, 1 FROM sla.clocks
ON CONFLICT DO NOTHING
"""
TO_REACH, IN_SECONDS = 1_000_000, 120


def main() -> None:
    """Measure and print."""
    given = argparse.ArgumentParser(description=main.__doc__)
    given.add_argument("--clocks", type=int, default=1_000_000)
    given.add_argument("--profile", action="store_true")
    asked = given.parse_args()
    starting.loaded()
    with tempfile.TemporaryDirectory(prefix="backstop-recompute-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o711)
        with PostgresServer(folder / "postgres") as server:
            engine = build_schemas(server.create_database("recompute"), metadata)
            measure(engine, asked.clocks, profiled=asked.profile)
            engine.dispose()


def measure(engine: Engine, clocks: int, *, profiled: bool) -> None:
    """Start the clocks, ask for the report, sign, and move them all."""
    unit = Unit(engine, NODE, "sla", plumbing, wake=lambda: None)
    fill(unit, clocks)
    began = perf_counter()
    told = foretold(unit)
    say(f"report over {told.examined:,} of {told.running:,}", perf_counter() - began, "s")
    rate("due dates computed, explained", clocks, compute(clocks))
    began = perf_counter()
    signed(unit)
    say("signature", perf_counter() - began, "s")
    profile = cProfile.Profile() if profiled else None
    begun = spent(engine)
    with profile or nullcontext():
        while move(unit):
            continue
    ended = spent(engine)
    passed = ended.wall - begun.wall
    rate("clocks moved, said and audited", clocks, passed)
    sys.stdout.write(f"    {ended.since(begun)}\n")
    say(f"for {TO_REACH:,} that makes (aim {IN_SECONDS} s)", passed * TO_REACH / clocks, "s")
    if profile is not None:
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)


def foretold(unit: Unit) -> handlers.Forecast:
    """Ask which clocks the notice would move."""
    with unit.transaction() as db:
        before, after = handlers.calendars_with(db, notice_2027(), PROMISE)
        turns = handlers.turning(db, notice_2027(), before, after)
        return handlers.forecast(db, handlers.under_notices(db, PROMISE), after, turns, SINCE)


def fill(unit: Unit, clocks: int) -> None:
    """Start a clock, and have as many of as many cases, all on one morning.

    Their ids rise with their moments, as those of a node do.
    """
    with unit.transaction() as db:
        start(db, [subject(0)], PROMISE)
    with unit.engine.begin() as db:
        db.execute(text("SET LOCAL statement_timeout = 0"))
        db.execute(text(FILL), {"clocks": clocks})
        for each in KNOWN.split(";"):
            db.execute(text(each))
    with unit.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("VACUUM ANALYZE sla.clocks, sla.cases, sla.spoken"))


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
        return handlers.recompute(db, PROMISE, NODE, SINCE, RECOMPUTE_BATCH)


def rate(what: str, many: int, seconds: float) -> None:
    """Print how many a second."""
    say(what, many / seconds, "/s")


def say(what: str, number: float, unit: str) -> None:
    """Print one line."""
    sys.stdout.write(f"{what:<52}{number:>12,.1f} {unit}\n")


if __name__ == "__main__":
    main()
