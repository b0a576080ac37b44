"""A no that does not go with what another region does: whoever says it has read that (N13)."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.complaint import is_in_conflict
from services.intake.policy.benchmarks import CONTRADICTED, Whose, whose
from services.intake.policy.days import day_in_china
from services.intake.policy.scope import normal_title
from services.intake.repository.benchmarks import Benchmark, benchmarks_for
from services.intake.repository.cases import Case, case_by_number
from shared.errors import Refused
from shared.security.caller import Caller


def benchmarks_beside(db: Connection, number: str, caller: Caller) -> Sequence[Benchmark]:
    """Return what this node or a tier above holds to be done elsewhere of a case's item."""
    case = case_by_number(db, number)
    if case is None or is_in_conflict(case, caller):
        raise Refused("unknown_case")
    return _beside(db, case, caller)


def demand_seen(
    db: Connection, case: Case, reason: str, seen: Collection[UUID], caller: Caller
) -> None:
    """Refuse a no on a ground that entries contradict which nobody says to have read."""
    if reason not in CONTRADICTED:
        return
    unseen = {each.benchmark_id for each in _beside(db, case, caller)}.difference(seen)
    if unseen:
        raise Refused("benchmark_contradicts", str(len(unseen)), field="benchmarks_seen")


def _beside(db: Connection, case: Case, caller: Caller) -> Sequence[Benchmark]:
    if case.item_name is None:
        return ()
    found = benchmarks_for(db, normal_title(case.item_name), day_in_china(caller.now))
    return [each for each in found if whose(each.origin, caller.actor.node) is not Whose.BELOW]
