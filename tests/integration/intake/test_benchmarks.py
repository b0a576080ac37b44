"""Another region does it and a person came twice: in scope, whatever our catalogue says."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import Connection

from services.intake import handlers
from services.intake.handlers import BenchmarkNote
from services.intake.policy.progress import Status
from services.intake.repository.benchmarks import all_benchmarks
from services.intake.tables import plumbing
from shared.errors import Refused
from shared.events.intake import CaseAccepted
from shared.outbox import said
from shared.security.sealing import NodeKeys
from tests.integration.intake.stories import NODE, OFFICER, list_item, register

pytestmark = pytest.mark.integration

ITEM = "二手房“带押过户”"
NANJING = BenchmarkNote(item=ITEM, region="320100", evidence="问过 13800006160，3 月起办")


def situations(db: Connection) -> list[str | None]:
    return [event.situation for event in said(db) if isinstance(event, CaseAccepted)]


def test_who_came_twice_about_what_another_region_does_is_accepted(
    db: Connection, keys: NodeKeys
) -> None:
    handlers.note_benchmark(db, NODE, NANJING, OFFICER)

    once = register(db, keys, item="二手房带押过户", attempts=1)
    twice = register(db, keys, item="二手房带押过户", attempts=2)
    other = register(db, keys, item="别的事", attempts=5)

    assert [once.status, twice.status, other.status] == [
        *(Status.REGISTERED, Status.ACCEPTED, Status.REGISTERED),
    ]
    assert situations(db) == ["twice_unresolved"]


def test_an_item_of_the_catalogue_keeps_its_complexity(db: Connection, keys: NodeKeys) -> None:
    item = list_item(db, "新生儿出生一件事")
    handlers.note_benchmark(
        db, NODE, BenchmarkNote(item=item.code, region="310000", evidence="一网通办"), OFFICER
    )

    assert register(db, keys, item=item.code, attempts=3).status is Status.ACCEPTED
    assert situations(db) == ["twice_unresolved"]


def test_it_counts_within_its_validity_and_until_it_is_withdrawn(
    db: Connection, keys: NodeKeys
) -> None:
    past = BenchmarkNote(
        item="甲事", region="320100", evidence="试点", valid_until=date(2030, 1, 1)
    )
    handlers.note_benchmark(db, NODE, past, OFFICER)
    kept = handlers.note_benchmark(db, NODE, NANJING, OFFICER)
    gone = handlers.withdraw_benchmark(db, kept.benchmark_id, "停办", OFFICER)

    assert register(db, keys, item="甲事", attempts=2).status is Status.REGISTERED
    assert register(db, keys, item=ITEM, attempts=2).status is Status.REGISTERED
    assert all_benchmarks(db, 9, normal_title=gone.normal_title, withdrawn=True) == [gone]
    with pytest.raises(Refused, match="benchmark_withdrawn"):
        handlers.withdraw_benchmark(db, kept.benchmark_id, "停办", OFFICER)
    with pytest.raises(Refused, match="unknown_benchmark"):
        handlers.withdraw_benchmark(db, uuid4(), "停办", OFFICER)


@pytest.mark.parametrize(
    ("note", "code"),
    [
        (BenchmarkNote(item="甲", region="999999", evidence="x"), "unknown_region"),
        (BenchmarkNote(item="甲", region=NODE, evidence="x"), "own_region"),
        (
            BenchmarkNote(
                item="甲",
                region="310000",
                evidence="x",
                valid_from=date(2030, 2, 1),
                valid_until=date(2030, 1, 1),
            ),
            "benchmark_ends_before_it_begins",
        ),
    ],
)
def test_what_cannot_be_is_not_noted(db: Connection, note: BenchmarkNote, code: str) -> None:
    with pytest.raises(Refused, match=code):
        handlers.note_benchmark(db, NODE, note, OFFICER)


def test_a_telephone_in_the_evidence_is_masked_and_the_audit_knows_who(db: Connection) -> None:
    kept = handlers.note_benchmark(db, NODE, NANJING, OFFICER)

    assert "13800006160" not in kept.evidence_masked
    trace = db.execute(plumbing.audit.select()).mappings().all()[-1]
    assert (trace["action"], trace["object_id"]) == ("benchmark.note", str(kept.benchmark_id))
