"""What was said and heard of each case."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import Connection, select, update

from services.intake.policy.facts import Fact, FactKind
from services.intake.tables import timeline
from shared.db.bulk import Row, among, insert_new
from shared.security.erasing import redacted

REFERENCES = (
    "part_id",
    "split_id",
    "request_id",
    "urge_id",
    "addition_id",
    "change_id",
    "withdrawal_id",
    "assignment_id",
    "question_id",
    "report_id",
    "order_id",
    "clock_id",
    "evaluation_id",
    "hand_over_id",
    "epoch",
)


def add_facts(db: Connection, facts: Iterable[tuple[UUID, Fact]]) -> None:
    """Add facts to the stories of cases; one that is there already changes nothing."""
    insert_new(db, timeline, [fact_row(case_id, fact) for case_id, fact in facts], "case_id")


def erase_facts(db: Connection, case_id: UUID) -> None:
    """Leave of the facts about a case what names nobody."""
    mine = timeline.c.case_id == case_id
    db.execute(update(timeline).where(mine).values(params=redacted(timeline.c.params)))


def fact_row(case_id: UUID, fact: Fact) -> Row:
    """Return a fact as a row."""
    refers_to = next((fact.params[key] for key in REFERENCES if key in fact.params), "")
    return {
        "case_id": case_id,
        "event": fact.kind.value,
        "at": fact.at,
        "ref": str(refers_to),
        "round": fact.round,
        "params": dict(fact.params),
    }


def facts_among(db: Connection, case_ids: Collection[UUID]) -> dict[UUID, list[Fact]]:
    """Return all facts about each of these cases, in no particular order."""
    found: dict[UUID, list[Fact]] = {case_id: [] for case_id in case_ids}
    for row in db.execute(select(timeline).where(among(timeline.c.case_id, sorted(found)))):
        found[row.case_id].append(Fact(FactKind(row.event), row.at, row.round, row.params))
    return found


def facts_of(db: Connection, case_id: UUID) -> Sequence[Fact]:
    """Return all facts about a case, in no particular order."""
    rows = db.execute(select(timeline).where(timeline.c.case_id == case_id))
    return [Fact(FactKind(row.event), row.at, row.round, row.params) for row in rows]
