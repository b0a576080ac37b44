"""What other regions can do, over HTTP: listed, noted, withdrawn (S0-22, N13)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.intake import handlers
from services.intake.api.benchmark_views import BenchmarkView, seen_by
from services.intake.api.bodies import Body, Region
from services.intake.api.cases import IntakeDoor, Number, exact
from services.intake.handlers import BenchmarkCorrection, BenchmarkNote, Caller
from services.intake.policy.scope import normal_title
from services.intake.repository.benchmarks import all_benchmarks
from services.intake.tables import idempotency
from shared.events.words import MOST_COUNTED
from shared.http import ApiRoute, Door, IdempotencyKey, LongText, Once, ShortText, Who
from shared.http.demands import demands
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
        return BenchmarkNote(**self.model_dump(exclude={"edition"}))


Edition = Annotated[int, Field(ge=1, le=MOST_COUNTED)]


class CorrectionBody(BenchmarkBody):
    """Another wording of an entry, by somebody who has read that edition of it."""

    edition: Edition


class ConfirmationBody(Body):
    """Which edition of it was read and is vouched for."""

    edition: Edition


class WithdrawalBody(Body):
    """Why it counts no more."""

    because: LongText


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
    """List what other regions can do, of one item by its name if asked, whoever noted it."""
    door.demand(actor, Action.BENCHMARK_READ, Resource(node=door.node.code))
    named = normal_title(item) or None
    with door.unit.transaction() as db:
        found = all_benchmarks(db, MOST_LISTED, normal_title=named, withdrawn=withdrawn)
        return BenchmarksAnswer(benchmarks=seen_by(db, found, door))


@router.get("/cases/{number}/benchmarks")
@demands(Action.BENCHMARK_READ)
def list_benchmarks_beside(number: Number, door: IntakeDoor, actor: Who) -> BenchmarksAnswer:
    """List what other regions do of a case's item today, by this node or a tier above."""
    door.demand(actor, Action.BENCHMARK_READ, Resource(node=door.node.code))
    with door.unit.transaction() as db:
        found = handlers.benchmarks_beside(db, exact(number), Caller(actor, door.now()))
        return BenchmarksAnswer(benchmarks=seen_by(db, found, door))


@router.post("/benchmarks", status_code=201)
@demands(Action.BENCHMARK_NOTE)
def note_benchmark(
    body: BenchmarkBody, door: IntakeDoor, actor: Who, key: IdempotencyKey = None
) -> BenchmarkView:
    """Note that a region can do an item: it counts for who came twice in vain; tiers above see it.

    Tiers below are told of it once it is confirmed.
    """
    caller = _caller(door, actor, Action.BENCHMARK_NOTE)
    once = Once(idempotency, door.keys, actor, key, caller.now)
    with door.unit.begin() as work:

        def noted() -> BenchmarkView:
            kept = handlers.note_benchmark(work.db, door.node.code, body.note(), caller)
            return seen_by(work.db, [kept], door)[0]

        return once.run(work.db, body, BenchmarkView, noted)


@router.post("/benchmarks/{benchmark_id}/correct")
@demands(Action.BENCHMARK_NOTE)
def correct_benchmark(
    benchmark_id: UUID, body: CorrectionBody, door: IntakeDoor, actor: Who
) -> BenchmarkView:
    """Put an own entry right; of one that was confirmed only who may confirm."""
    caller = _caller(door, actor, Action.BENCHMARK_NOTE)
    with door.unit.begin() as work:
        correction = BenchmarkCorrection(benchmark_id, body.edition, body.note())
        changed = handlers.correct_benchmark(work.db, door.node.code, correction, caller)
        return seen_by(work.db, [changed], door)[0]


@router.post("/benchmarks/{benchmark_id}/confirm")
@demands(Action.BENCHMARK_CONFIRM)
def confirm_benchmark(
    benchmark_id: UUID, body: ConfirmationBody, door: IntakeDoor, actor: Who
) -> BenchmarkView:
    """Vouch for an own entry, or take over one of a tier below: all tiers below use it then."""
    caller = _caller(door, actor, Action.BENCHMARK_CONFIRM)
    with door.unit.begin() as work:
        read = (benchmark_id, body.edition)
        kept = handlers.confirm_benchmark(work.db, door.node.code, *read, caller)
        return seen_by(work.db, [kept], door)[0]


@router.post("/benchmarks/{benchmark_id}/withdraw")
@demands(Action.BENCHMARK_NOTE)
def withdraw_benchmark(
    benchmark_id: UUID, body: WithdrawalBody, door: IntakeDoor, actor: Who
) -> BenchmarkView:
    """Let it count for no new report; cases that were accepted by it stay accepted."""
    caller = _caller(door, actor, Action.BENCHMARK_NOTE)
    with door.unit.begin() as work:
        gone = handlers.withdraw_benchmark(work.db, benchmark_id, body.because, caller)
        return seen_by(work.db, [gone], door)[0]


def _caller(door: Door, actor: Actor, action: Action) -> Caller:
    door.demand(actor, action, Resource(node=door.node.code))
    return Caller(actor, door.now())
