"""The register between tiers: what is said of an entry, and what is made of what others say."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, func, select, update

from services.intake import handlers
from services.intake.handlers import BenchmarkCorrection, BenchmarkNote, Declining
from services.intake.policy.progress import Status
from services.intake.repository.benchmarks import Benchmark, all_benchmarks
from services.intake.tables import benchmarks
from shared.clock import new_id
from shared.errors import Refused
from shared.events.base import Envelope, Way
from shared.events.intake import BenchmarkNoted, CaseDeclined, DeclineReason
from shared.events.link import NodeFactRelayed
from shared.outbox import said
from shared.security.actor import Role
from shared.security.sealing import NodeKeys
from tests.integration.intake.stories import CITY, NINE, NODE, OFFICER, TERMS, register

pytestmark = pytest.mark.integration

ITEM = "二手房“带押过户”"
NOTE = BenchmarkNote(item=ITEM, region="320100", evidence="问过 13800006160，3 月起办")
HEAD = replace(OFFICER, actor=replace(OFFICER.actor, roles=frozenset({Role.WINDOW_HEAD})))
JUDGE = replace(OFFICER, actor=replace(OFFICER.actor, roles=frozenset({Role.SUPERVISOR})))
UP, BOTH = frozenset({Way.UP}), frozenset(Way)


def told(db: Connection) -> list[BenchmarkNoted]:
    return [event for event in said(db) if isinstance(event, BenchmarkNoted)]


def fact(origin: str = CITY, **changed: Any) -> BenchmarkNoted:
    known: dict[str, Any] = {
        **{"benchmark_id": uuid4(), "edition": 1, "item_name": ITEM, "region": "320100"},
        **{"evidence_masked": "宁规〔2025〕12 号", "noted_at": NINE, "confirmed_at": NINE},
    }
    return BenchmarkNoted(node=origin, **({"occurred_at": NINE} | known | changed))


def hear(db: Connection, told: BenchmarkNoted, version: int = 1) -> None:
    envelope = Envelope(
        id=new_id(),
        source=f"/nodes/{told.node}/intake",
        type=told.name,
        time=told.occurred_at,
        subject=told.subject_id,
        version=version,
        data=told.model_dump(mode="json"),
    )
    about = {"occurred_at": NINE, "fact_id": told.subject_id, "via": told.node}
    handlers.hear_benchmark(db, NodeFactRelayed(**about, fact=envelope), NODE)


def kept(db: Connection, *, withdrawn: bool = False) -> list[Benchmark]:
    return list(all_benchmarks(db, 9, normal_title=None, withdrawn=withdrawn))


def test_an_own_entry_goes_up_and_down_once_a_supervisor_has_confirmed_it(db: Connection) -> None:
    noted = handlers.note_benchmark(db, NODE, NOTE, HEAD)
    better = replace(NOTE, evidence="宁规〔2025〕12 号")
    correction = BenchmarkCorrection(noted.benchmark_id, 1, better)
    handlers.correct_benchmark(db, NODE, correction, HEAD)
    with pytest.raises(Refused, match="benchmark_changed"):
        handlers.correct_benchmark(db, NODE, correction, HEAD)
    with pytest.raises(Refused, match="benchmark_changed"):
        handlers.confirm_benchmark(db, NODE, noted.benchmark_id, 1, JUDGE)
    handlers.confirm_benchmark(db, NODE, noted.benchmark_id, 2, JUDGE)
    with pytest.raises(Refused, match="benchmark_confirmed"):
        handlers.confirm_benchmark(db, NODE, noted.benchmark_id, 2, JUDGE)
    with pytest.raises(Refused, match="benchmark_vouched_for"):
        handlers.withdraw_benchmark(db, noted.benchmark_id, "停办", HEAD)
    with pytest.raises(Refused, match="benchmark_vouched_for"):
        handlers.correct_benchmark(db, NODE, replace(correction, edition=2), HEAD)
    handlers.withdraw_benchmark(db, noted.benchmark_id, "李四 13800006160 说停办", JUDGE)

    facts = told(db)
    assert [(each.edition, each.ways) for each in facts] == [
        (1, UP),
        (2, UP),
        (2, BOTH),
        (2, BOTH),
    ]
    assert len({each.subject_id for each in facts}) == 1
    assert [each.withdrawn_at for each in facts] == [None, None, None, NINE]
    assert not any(name in str(facts) for name in ("13800006160", "李窗口", "chuangkou"))


def test_a_person_in_the_name_of_an_item_is_refused(db: Connection) -> None:
    named = replace(NOTE, item="给张晓明 13800006160 办的事")
    with pytest.raises(Refused, match="2") as wrong:
        handlers.note_benchmark(db, NODE, named, HEAD)

    assert (wrong.value.code, wrong.value.field) == ("person_found", "item")


def test_what_comes_late_twice_or_out_of_order_changes_nothing(db: Connection) -> None:
    first = fact(evidence_masked="张晓明 13800006160 说的")
    later = first.model_copy(
        update={"occurred_at": NINE + timedelta(hours=1), "edition": 2, "region": "310000"}
    )
    gone = later.model_copy(
        update={"occurred_at": NINE + timedelta(hours=2), "withdrawn_at": NINE}
    )
    hear(db, first)
    assert "13800006160" not in kept(db)[0].evidence_masked
    hear(db, later, version=2)
    hear(db, first)
    hear(db, later, version=2)
    [standing] = kept(db)
    assert (standing.edition, standing.region, standing.origin) == (2, "310000", CITY)

    hear(db, first.model_copy(update={"node": "340000", "occurred_at": NINE + timedelta(days=1)}))
    assert kept(db) == [standing]  # nobody speaks of another's entry
    hear(db, gone, version=3)
    hear(db, later, version=2)
    assert (kept(db), len(kept(db, withdrawn=True))) == ([], 1)


def test_what_is_told_from_above_counts_and_what_is_told_from_elsewhere_is_only_seen(
    db: Connection, keys: NodeKeys
) -> None:
    hear(db, fact("341502", item_name="甲事"))
    hear(db, fact(item_name="乙事", region=NODE))
    hear(db, fact(item_name="丙事"))

    states = [
        register(db, keys, item=item, attempts=2).status for item in ("甲事", "乙事", "丙事")
    ]
    assert states == [Status.REGISTERED, Status.REGISTERED, Status.ACCEPTED]


def test_an_entry_of_a_tier_below_is_taken_over_and_taken_again_when_it_was_put_right(
    db: Connection,
) -> None:
    city = replace(JUDGE, actor=replace(JUDGE.actor, node=CITY))
    source = fact(NODE, confirmed_at=None)
    hear(db, source)
    taken = handlers.confirm_benchmark(db, CITY, source.benchmark_id, 1, city)
    with pytest.raises(Refused, match="benchmark_confirmed"):
        handlers.confirm_benchmark(db, CITY, source.benchmark_id, 1, city)
    later = {"occurred_at": NINE + timedelta(hours=1), "edition": 2, "evidence_masked": "新规"}
    hear(db, source.model_copy(update=later), version=2)
    again = handlers.confirm_benchmark(db, CITY, source.benchmark_id, 2, city)

    assert (again.benchmark_id, again.edition, again.evidence_masked) == (
        *(taken.benchmark_id, 2, "新规"),
    )
    facts = told(db)
    assert [(each.adopted_node, each.adopted_from) for each in facts] == [
        (NODE, source.benchmark_id)
    ] * 2
    assert {each.ways for each in facts} == {BOTH}
    with pytest.raises(Refused, match="benchmark_not_ours"):
        handlers.withdraw_benchmark(db, source.benchmark_id, "停办", city)
    above = fact("340000")
    hear(db, above)
    with pytest.raises(Refused, match="benchmark_of_above"):
        handlers.confirm_benchmark(db, CITY, above.benchmark_id, 1, city)


def test_a_no_that_an_entry_contradicts_waits_until_it_was_read(
    db: Connection, keys: NodeKeys
) -> None:
    above = fact()
    hear(db, above)
    hear(db, fact("341502"))
    barred = Declining(DeclineReason.LAW_BARS, "条例第九条", "法律不允许。")
    case, other = (register(db, keys, item=ITEM, attempts=1).number for _ in range(2))

    with pytest.raises(Refused, match="1") as refused:
        handlers.decline_case(db, case, barred, OFFICER, TERMS)
    assert (refused.value.code, refused.value.field) == (
        "benchmark_contradicts",
        "benchmarks_seen",
    )
    assert [each.benchmark_id for each in handlers.benchmarks_beside(db, case, OFFICER)] == [
        above.benchmark_id
    ]
    seen = replace(barred, seen=(above.benchmark_id,))
    handlers.decline_case(db, case, seen, OFFICER, TERMS)
    sued = replace(barred, reason=DeclineReason.LITIGATION)
    handlers.decline_case(db, other, sued, OFFICER, TERMS)
    assert sum(isinstance(event, CaseDeclined) for event in said(db)) == 2


def test_what_a_release_before_had_noted_is_told_once(db: Connection) -> None:
    handlers.note_benchmark(db, NODE, NOTE, HEAD)
    db.execute(update(benchmarks).values(told_at=None))

    assert [handlers.tell_untold(db, NODE, NINE, 9) for _ in range(2)] == [1, 0]
    assert len(told(db)) == 2
    assert db.scalar(select(func.count()).where(benchmarks.c.told_at.is_(None))) == 0
