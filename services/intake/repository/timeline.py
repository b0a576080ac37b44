"""What was said and heard of each case."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.intake.policy.facts import Fact, FactKind
from services.intake.tables import timeline

REFERENCES = ("order_id", "clock_id", "evaluation_id", "hand_over_id", "epoch")


def add_fact(db: Connection, case_id: UUID, fact: Fact) -> None:
    """Add a fact to a case's story; one that is there already changes nothing."""
    refers_to = next((fact.params[key] for key in REFERENCES if key in fact.params), "")
    row = {
        "case_id": case_id,
        "event": fact.kind.value,
        "at": fact.at,
        "ref": str(refers_to),
        "round": fact.round,
        "params": dict(fact.params),
    }
    db.execute(insert(timeline).values(row).on_conflict_do_nothing())


def facts_of(db: Connection, case_id: UUID) -> Sequence[Fact]:
    """Return all facts about a case, in no particular order."""
    rows = db.execute(select(timeline).where(timeline.c.case_id == case_id))
    return [Fact(FactKind(row.event), row.at, row.round, row.params) for row in rows]
