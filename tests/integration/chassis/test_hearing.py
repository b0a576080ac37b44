"""Three fates of a message, on a real PostgreSQL and without a broker."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from shared import inbox
from shared.chassis.hearing import PATIENCE, Cue, Hearing
from shared.errors import Unavailable
from shared.events.base import Event
from shared.events.review import CaseClosed
from shared.outbox import unsent
from tests.integration.chassis.listener import (
    NOON,
    Listener,
    accepted,
    closed,
    effects,
    envelope,
    metadata,
    packed,
    plumbing,
    reopened,
    resumed,
)

pytestmark = pytest.mark.integration


@pytest.fixture
def listener(service_database: Callable[..., Engine]) -> Listener:
    return Listener(service_database(metadata))


def test_the_same_message_twice_in_a_batch_and_again_later_has_one_effect(
    listener: Listener,
) -> None:
    case = uuid4()
    message = envelope(closed(case))

    listener.hearing.hear([packed(message, message), message])
    listener.hearing.hear([message])

    assert listener.effects_of(case) == [1]
    assert listener.said() == 1


def test_one_poison_message_parks_alone_and_the_batch_flows_on(listener: Listener) -> None:
    case = uuid4()
    before, poison, after = closed(case, 1), closed(case, 13), closed(case, 3)

    listener.hearing.hear([packed(*map(envelope, (before, poison, after)))])

    assert listener.effects_of(case) == [1, 3]
    [row] = listener.parked()
    assert row.reason == "ZeroDivisionError: a bug"
    assert "on_closed" in row.traceback
    assert json.loads(row.body)["data"]["round"] == 13


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"{not json", "not JSON", id="not JSON"),
        pytest.param(b"\xff\xfe", "not JSON", id="not UTF-8"),
        pytest.param(b'{"specversion": "1.0"}', "not an envelope", id="not an envelope"),
        pytest.param(b"17", "not an envelope", id="a number"),
    ],
)
def test_bytes_that_are_no_event_are_parked_as_they_came(
    listener: Listener, body: bytes, reason: str
) -> None:
    case = uuid4()

    listener.hearing.hear([body, envelope(closed(case))])

    assert listener.effects_of(case) == [1]
    [row] = listener.parked()
    assert row.reason.startswith(reason)


def test_an_event_that_breaks_its_contract_is_parked_without_its_values(
    listener: Listener,
) -> None:
    broken = json.loads(envelope(closed(uuid4())))
    broken["data"]["round"] = "13812345678"
    broken["data"]["how"] = "张三"

    listener.hearing.hear([json.dumps(broken).encode()])

    [row] = listener.parked()
    assert row.name == CaseClosed.name
    assert "how" in row.reason
    assert "张三" not in row.reason


def test_a_foreign_event_is_passed_over(listener: Listener) -> None:
    listener.hearing.hear([envelope(resumed(uuid4()))])

    assert listener.parked() == []
    assert not listener.hearing.wants(["sla.clock_resumed.v1"])


def test_what_lacks_its_prerequisite_is_kept_and_run_when_that_arrives(
    listener: Listener,
) -> None:
    case = uuid4()
    listener.hearing.hear([envelope(reopened(case, 2), "dispatch")])
    assert listener.effects_of(case) == []

    listener.hearing.hear([envelope(closed(case, 1))])

    assert listener.effects_of(case) == [1, 2]
    assert listener.parked() == []


def test_facts_of_one_speaker_about_one_case_keep_their_order_behind_a_kept_one(
    listener: Listener,
) -> None:
    case = uuid4()
    listener.hearing.hear([envelope(reopened(case, 2), "dispatch")])
    listener.hearing.hear([envelope(closed(case, 5), "dispatch")])
    assert listener.effects_of(case) == []

    listener.hearing.hear([envelope(closed(case, 1))])

    assert listener.effects_of(case) == [1, 2, 5]


def test_a_prerequisite_that_comes_by_another_door_is_noticed_by_the_tick(
    listener: Listener,
) -> None:
    case = uuid4()
    listener.hearing.hear([envelope(reopened(case))])
    with listener.unit.transaction() as db:
        db.execute(effects.insert().values(case_id=case, round=0))

    listener.hearing.tick(datetime.now(UTC) + timedelta(seconds=5))

    assert listener.effects_of(case) == [0, 2]


def test_what_waited_in_vain_for_a_day_is_parked(listener: Listener) -> None:
    listener.hearing.hear([envelope(reopened(uuid4()))])

    listener.hearing.tick(datetime.now(UTC) + PATIENCE + timedelta(seconds=1))

    [row] = listener.parked()
    assert row.reason == "its prerequisite never came"


def test_a_database_that_is_away_parks_nothing_and_loses_nothing(listener: Listener) -> None:
    case = uuid4()
    message = envelope(closed(case))
    listener.away = True

    with pytest.raises(Unavailable):
        listener.hearing.hear([message])
    assert listener.parked() == []

    listener.away = False
    listener.hearing.hear([message])
    assert listener.effects_of(case) == [1]


def test_a_parked_message_is_replayed_once_its_bug_is_mended(listener: Listener) -> None:
    case = uuid4()
    listener.hearing.hear([envelope(closed(case, 13))])
    [row] = listener.parked()

    ask(listener, row.position)
    listener.hearing.tick(NOON)
    assert [again.attempts for again in listener.parked()] == [2]

    listener.mended = True
    ask(listener, row.position)
    listener.hearing.tick(NOON)
    assert listener.parked() == []
    assert listener.effects_of(case) == [13]


def ask(listener: Listener, position: int) -> None:
    with listener.unit.transaction() as db:
        assert inbox.ask_replay(db, plumbing.inbox, position)


def test_versions_count_what_was_said_about_one_case(listener: Listener) -> None:
    case, other = uuid4(), uuid4()
    listener.hearing.hear([packed(*(envelope(closed(which, 1)) for which in (case, other)))])
    listener.hearing.hear([envelope(closed(case, 2))])

    with listener.unit.transaction() as db:
        rows = unsent(db, plumbing.outbox, 10)
    versions = [(row.subject_id, json.loads(row.body)["version"]) for row in rows]
    assert versions == [(case, 1), (other, 1), (case, 2)]


@pytest.mark.parametrize("fact", [closed, accepted], ids=["one by one", "in runs"])
def test_what_was_said_in_a_batch_carries_the_trace_of_its_own_message(
    listener: Listener, fact: Callable[[UUID], Event]
) -> None:
    traces = [f"00-{digit * 32}-{digit * 16}-01" for digit in "ab"]
    cases = [uuid4(), uuid4()]
    bodies = [
        json.loads(envelope(fact(case))) | {"traceparent": trace}
        for case, trace in zip(cases, traces, strict=True)
    ]
    listener.hearing.hear([json.dumps(bodies).encode()])

    with listener.unit.transaction() as db:
        rows = unsent(db, plumbing.outbox, 10)
    assert [json.loads(row.body)["traceparent"] for row in rows] == traces


def test_consecutive_events_of_one_cue_are_handed_over_together(listener: Listener) -> None:
    first, second, third = uuid4(), uuid4(), uuid4()
    told = (accepted(first), accepted(second), closed(first), accepted(third))

    listener.hearing.hear([packed(*map(envelope, told[:2])), *map(envelope, told[2:])])

    assert listener.runs == [2, 1]
    assert listener.effects_of(first) == [0, 1]


def test_a_poison_message_in_a_run_parks_alone(listener: Listener) -> None:
    cases = [uuid4(), uuid4(), uuid4()]
    run = [accepted(cases[0]), accepted(cases[1], "a bug"), accepted(cases[2])]

    listener.hearing.hear([packed(*map(envelope, run))])

    assert [listener.effects_of(case) for case in cases] == [[0], [], [0]]
    assert [row.subject_id for row in listener.parked()] == [cases[1]]


def test_a_name_that_no_row_can_hold_is_parked_all_the_same(listener: Listener) -> None:
    strange = json.loads(envelope(closed(uuid4()))) | {"source": "/nodes/3\0/re\0view"}
    strange["data"]["how"] = "no\0how"

    listener.hearing.hear([json.dumps(strange).encode()])

    assert len(listener.parked()) == 1


def test_what_nests_too_deeply_is_parked(listener: Listener) -> None:
    listener.hearing.hear([b"[" * 100_000, b'{"data":' * 100_000])

    assert [row.reason[:8] for row in listener.parked()] == ["not JSON", "not JSON"]


def test_what_a_handler_wrote_before_it_knew_better_is_undone(listener: Listener) -> None:
    case = uuid4()
    listener.early = case

    listener.hearing.hear([envelope(closed(case))])

    assert listener.effects_of(case) == []
    assert listener.said() == 0
    listener.early = None
    listener.hearing.tick(datetime.now(UTC) + timedelta(seconds=5))
    assert listener.effects_of(case) == [1]


def test_a_kept_event_that_cannot_be_read_any_more_is_parked_not_dropped(
    listener: Listener,
) -> None:
    listener.hearing.hear([envelope(reopened(uuid4()))])
    later = Hearing(listener.unit, [Cue((CaseClosed,), listener.on_closed)])

    later.tick(datetime.now(UTC) + timedelta(seconds=5))

    [row] = listener.parked()
    assert "nothing this service hears" in row.reason


def test_two_consumers_that_look_at_the_same_waiting_event_run_it_once(
    listener: Listener,
) -> None:
    case = uuid4()
    listener.hearing.hear([envelope(reopened(case))])
    with listener.unit.transaction() as db:
        db.execute(effects.insert().values(case_id=case, round=0))
        [kept] = inbox.kept_about(db, plumbing.inbox, [case])

    with listener.unit.transaction() as db:
        assert inbox.release(db, plumbing.inbox, kept.position)
    with listener.unit.transaction() as db:
        assert not inbox.release(db, plumbing.inbox, kept.position)
    assert listener.hearing._run_kept(kept)
    assert listener.effects_of(case) == [0]


def test_a_replay_that_another_consumer_has_done_is_not_done_again(listener: Listener) -> None:
    case = uuid4()
    listener.hearing.hear([envelope(closed(case, 13))])
    [row] = listener.parked()
    listener.mended = True

    listener.hearing._replay(row)
    listener.hearing._replay(row)

    assert listener.effects_of(case) == [13]


def test_no_waiting_case_is_left_out_however_many_wait(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.chassis.hearing.RETRIES_AT_ONCE", 2)
    cases = [uuid4() for _ in range(5)]
    listener.hearing.hear([envelope(reopened(case)) for case in cases])
    with listener.unit.transaction() as db:
        db.execute(effects.insert().values(case_id=cases[-1], round=0))

    soon = datetime.now(UTC) + timedelta(seconds=5)
    for _ in range(3):
        listener.hearing.tick(soon)

    assert listener.effects_of(cases[-1]) == [0, 2]


def test_a_line_of_waiting_events_runs_in_order_also_by_the_tick(listener: Listener) -> None:
    case = uuid4()
    listener.hearing.hear([envelope(reopened(case, 2))])
    listener.hearing.hear([envelope(closed(case, 3))])
    with listener.unit.transaction() as db:
        db.execute(effects.insert().values(case_id=case, round=0))

    listener.hearing.tick(datetime.now(UTC) + timedelta(seconds=5))

    assert listener.effects_of(case) == [0, 2, 3]
