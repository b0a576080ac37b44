"""What other regions can do, over HTTP: listed, noted, withdrawn (S0-22, N13)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from services.intake import handlers
from services.intake.api.bodies import Body, Region
from services.intake.api.cases import IntakeDoor
from services.intake.handlers import BenchmarkNote, Caller
from services.intake.policy.benchmarks import counts_on
from services.intake.policy.days import day_in_china
from services.intake.policy.scope import normal_title
from services.intake.repository.benchmarks import Benchmark, all_benchmarks
from services.intake.tables import idempotency
from shared.http import ApiRoute, Door, IdempotencyKey, LongText, Once, ShortText, Who
from shared.http.demands import demands
from shared.regions import full_name_of
from shared.security.actor import Actor
from shared.security.policy import Action, Resource

router = APIRouter(route_class=ApiRoute)

MOST_LISTED = 500


class BenchmarkBody(Body):
    """A region does an item: name or code of it, on which evidence, within which days."""

    item: ShortText
    region: Region
    evidence: LongText
    valid_from: date | None = None
    valid_until: date | None = None

    def note(self) -> BenchmarkNote:
        """Return it as the handlers take it."""
        return BenchmarkNote(**self.model_dump())


class WithdrawalBody(Body):
    """Why it counts no more."""

    because: LongText


class BenchmarkView(BaseModel):
    """A benchmark; `region_name` from the province down, `counts` whether it holds today."""

    model_config = ConfigDict(from_attributes=True)

    benchmark_id: UUID
    item_code: str | None
    item_name: str
    region: str
    region_name: str
    evidence_masked: str
    valid_from: date | None
    valid_until: date | None
    noted_at: datetime
    noted_name: str
    withdrawn_at: datetime | None
    withdrawn_because_masked: str | None
    counts: bool

    @classmethod
    def of(cls, benchmark: Benchmark, today: date) -> "BenchmarkView":
        """Return a benchmark as it is read on a day."""
        holds = counts_on(today, benchmark.valid_from, benchmark.valid_until)
        told = {name: getattr(benchmark, name) for name in cls.model_fields if name not in ADDED}
        return cls(
            **told,
            region_name=full_name_of(benchmark.region) or benchmark.region,
            counts=holds and benchmark.withdrawn_at is None,
        )


ADDED = ("region_name", "counts")


class BenchmarksAnswer(BaseModel):
    """Benchmarks, the latest first, at most 500."""

    benchmarks: list[BenchmarkView]


@router.get("/benchmarks")
@demands(Action.BENCHMARK_READ)
def list_benchmarks(
    door: IntakeDoor,
    actor: Who,
    item: Annotated[str, Query(max_length=200)] = "",
    withdrawn: Annotated[bool, Query()] = False,
) -> BenchmarksAnswer:
    """List what other regions can do, of one item by its name if asked."""
    door.demand(actor, Action.BENCHMARK_READ, Resource(node=door.node.code))
    named, today = normal_title(item) or None, day_in_china(door.now())
    with door.unit.transaction() as db:
        found = all_benchmarks(db, MOST_LISTED, normal_title=named, withdrawn=withdrawn)
    return BenchmarksAnswer(benchmarks=[BenchmarkView.of(each, today) for each in found])


@router.post("/benchmarks", status_code=201)
@demands(Action.BENCHMARK_NOTE)
def note_benchmark(
    body: BenchmarkBody, door: IntakeDoor, actor: Who, key: IdempotencyKey = None
) -> BenchmarkView:
    """Note that a region can do an item: from now on it counts for who came twice in vain."""
    caller = _caller(door, actor)
    once = Once(idempotency, door.keys, actor, key, caller.now)
    today = day_in_china(caller.now)
    with door.unit.begin() as work:
        return once.run(
            work.db,
            body,
            BenchmarkView,
            lambda: BenchmarkView.of(
                handlers.note_benchmark(work.db, door.node.code, body.note(), caller), today
            ),
        )


@router.post("/benchmarks/{benchmark_id}/withdraw")
@demands(Action.BENCHMARK_NOTE)
def withdraw_benchmark(
    benchmark_id: UUID, body: WithdrawalBody, door: IntakeDoor, actor: Who
) -> BenchmarkView:
    """Let it count for no new report; cases that were accepted by it stay accepted."""
    caller = _caller(door, actor)
    with door.unit.begin() as work:
        gone = handlers.withdraw_benchmark(work.db, benchmark_id, body.because, caller)
    return BenchmarkView.of(gone, day_in_china(caller.now))


def _caller(door: Door, actor: Actor) -> Caller:
    door.demand(actor, Action.BENCHMARK_NOTE, Resource(node=door.node.code))
    return Caller(actor, door.now())
