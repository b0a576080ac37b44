"""Versions of the limits on a real PostgreSQL: drafted, signed, kept or moved by open cases."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, select

from services.sla import api, handlers, policy
from services.sla.handlers import limit_replays, limit_sets
from services.sla.handlers.limit_sets import Beginning, SetSigning
from services.sla.policy import ClockKind, Lamp, Limit, LimitKind, LimitRow, LimitTable, When
from services.sla.policy.limits import Limits
from services.sla.policy.replay import RedTally
from services.sla.policy.shipped import SHIPPED
from services.sla.repository import limit_sets as sets
from services.sla.repository.limit_replays import find_replay
from services.sla.repository.limit_sets import KeptSet
from services.sla.settings import Settings
from services.sla.tables import complaints, metadata, plumbing, terms
from shared.complaints import Complaint, keep_complaint
from shared.errors import Refused
from shared.events.dispatch import CasePooled, MaterialsAsked, Matter, OrderFinished, PoolReason
from shared.events.sealed import Sealed
from shared.events.sla import DueDateMoved, MoveReason
from shared.events.words import Outcome
from shared.outbox import said
from shared.security.actor import Actor, Role
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.doorway import NODE, Call, calling, door_to, staff
from tests.integration.sla.stories import (
    CASE,
    MONDAY_TEN,
    PROMISE,
    accepted,
    clocks,
    dispatched,
    finished,
    of_order,
    taken,
)

pytestmark = pytest.mark.integration

AUTHOR = staff(Role.SYSTEM_ADMINISTRATOR)
SUPERVISOR = replace(staff(Role.SUPERVISOR), id="supervisor", name="督办员")
DISPATCHER = staff(Role.DISPATCHER)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BEFORE = MONDAY_TEN - 3 * DAY
"""Friday: when sets are signed, before anything happens."""
TWO_HOURS = Limit(
    2, policy.LimitUnit.HOUR, policy.StartRule.INSTANT, policy.EndRule.SAME_CLOCK_TIME
)
URGENT = LimitRow(
    code="L020",
    kind=LimitKind.RESOLVE,
    limit=TWO_HOURS,
    when=When(item="SPXK", place="3415", urgency="urgent"),
    warn_minutes=30,
    rests=False,
)
PROMISED = LimitRow(
    code="L021", kind=LimitKind.CITIZEN, limit=Limit(2), when=When(channel="web", place="341523")
)
SIGNED_FOR = LimitRow(
    code="L022", kind=LimitKind.SIGN, limit=TWO_HOURS, when=When(urgency="urgent")
)


def by(actor: Actor, at: datetime = BEFORE) -> Caller:
    return Caller(actor, at)


def signed(
    db: Connection,
    *rows: LimitRow,
    at: datetime = BEFORE,
    moves: bool = False,
    shipped: str | None = "chongming",
) -> KeptSet:
    limit_sets.begin_set(db, Beginning("县里的时限", shipped), Limits(), by(AUTHOR, at))
    for row in rows:
        limit_sets.enter_row(db, row, by(AUTHOR, at))
    draft = limit_sets.say_moving(db, by(AUTHOR, at), moves=moves)
    limit_sets.sign_set(db, SetSigning(draft.edition), by(AUTHOR, at))
    return limit_sets.sign_set(db, SetSigning(draft.edition), by(SUPERVISOR, at))


def matter(urgency: str | None = None, accepted_at: datetime = MONDAY_TEN) -> Matter:
    return Matter(
        accepted_at=accepted_at, region="341523", channel="web", item_code="SPXK", urgency=urgency
    )


def order(urgency: str | None = None, **told: Any) -> Any:
    return dispatched().model_copy(update={"matter": matter(urgency), **told})


def start_order(db: Connection, *events: Any) -> None:
    handlers.start_custody_clocks(db, list(events), PROMISE, MONDAY_TEN)


def done(at: datetime) -> Any:
    sealed = Sealed(case_id=CASE, key_id=uuid4(), field="answer", data="AAAA")
    told = {"outcome": Outcome.DONE, "answer": sealed, "answer_masked": "已办"}
    return of_order(OrderFinished, at, **told)


def due(db: Connection, kind: ClockKind) -> datetime:
    return clocks(db)[kind].due_at


def test_a_clock_keeps_which_row_of_which_version_decided_it(db: Connection) -> None:
    signed(db, URGENT, PROMISED, SIGNED_FOR)

    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    start_order(db, order("urgent"))

    decided = {kind: (each.limit_set, each.limit_row) for kind, each in clocks(db).items()}
    assert decided == {
        ClockKind.CITIZEN: (1, "L021"),
        ClockKind.CONTACT: (1, "L005"),
        ClockKind.RESOLVE: (1, "L020"),
    }
    assert due(db, ClockKind.RESOLVE) == MONDAY_TEN + 2 * HOUR
    assert clocks(db)[ClockKind.RESOLVE].next_step_at == MONDAY_TEN + 90 * timedelta(minutes=1)
    assert db.scalar(select(terms.c.due_at)) == MONDAY_TEN + 2 * HOUR


def test_what_an_order_tells_is_enough_where_its_acceptance_is_heard_later(db: Connection) -> None:
    signed(db, URGENT, PROMISED)

    start_order(db, order("urgent"))
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    handlers.meet_promise(db, finished(MONDAY_TEN + HOUR), PROMISE)

    rows = {kind: each.limit_row for kind, each in clocks(db).items()}
    assert rows[ClockKind.RESOLVE] == "L020"
    assert rows[ClockKind.CITIZEN] == "L021"
    assert rows[ClockKind.FEEDBACK] == "L006"


def test_a_pooled_case_and_a_leg_are_counted_by_the_version_of_their_acceptance(
    db: Connection,
) -> None:
    signed(db, replace(SHIPPED["chongming"].rows[7], limit=TWO_HOURS))
    earlier = matter(accepted_at=BEFORE - DAY)
    told = {"case_id": CASE, "occurred_at": MONDAY_TEN, "reason": PoolReason.NO_RULE}

    handlers.start_search_term(db, CasePooled(**told, matter=matter()), PROMISE, MONDAY_TEN)
    other = {**told, "case_id": uuid4(), "matter": earlier}
    handlers.start_search_term(db, CasePooled(**other), PROMISE, MONDAY_TEN)
    handlers.start_leg_clock(db, taken(1, matter=matter()), PROMISE)

    ends = db.execute(select(terms.c.case_id, terms.c.due_at)).all()
    by_case: dict[UUID, datetime] = {row.case_id: row.due_at for row in ends}
    assert by_case.pop(CASE) == MONDAY_TEN + 2 * HOUR
    assert list(by_case.values()) == [datetime(2026, 3, 3, 9, tzinfo=UTC)]
    assert clocks(db)[ClockKind.LEG].limit_set == 1


def test_the_lamp_and_the_rest_of_a_clock_are_those_of_its_row(db: Connection) -> None:
    signed(db, URGENT)
    start_order(db, order("urgent"))
    asked = of_order(
        MaterialsAsked,
        MONDAY_TEN + HOUR,
        request_id=uuid4(),
        round=1,
        materials_masked="营业执照",
        answer_by=MONDAY_TEN + DAY,
    )

    handlers.pause(db, asked, PROMISE)
    assert clocks(db)[ClockKind.RESOLVE].paused_at is None
    handlers.sweep(db, MONDAY_TEN + 89 * timedelta(minutes=1), PROMISE, 10)
    assert clocks(db)[ClockKind.RESOLVE].lamp is Lamp.GREEN
    handlers.sweep(db, MONDAY_TEN + 90 * timedelta(minutes=1), PROMISE, 10)
    assert clocks(db)[ClockKind.RESOLVE].lamp is Lamp.YELLOW


def test_open_cases_keep_their_version_or_move_as_the_author_says(db: Connection) -> None:
    signed(db)
    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    start_order(db, order())
    later = MONDAY_TEN + 4 * HOUR
    kept = {kind: each.due_at for kind, each in clocks(db).items()}

    signed(db, at=later, shipped="tianjin")
    assert not handlers.move_open_cases(db, later)
    assert {kind: each.due_at for kind, each in clocks(db).items()} == kept

    latest = sets.in_force(db, later)
    assert latest is not None
    tried = sets.tried_set(latest)
    moves = handlers.forecast_limits(db, handlers.under_notices(db, PROMISE), tried, later).moves
    assert moves == {"citizen": {"later": 1}, "resolve": {"later": 1}}
    signed(db, at=later + HOUR, shipped="tianjin", moves=True)
    now = later + 2 * HOUR
    assert handlers.move_open_cases(db, now)
    assert not handlers.move_open_cases(db, now)
    while handlers.recompute(db, PROMISE, NODE, now, 1):
        pass
    assert due(db, ClockKind.CITIZEN) == datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert {each.limit_set for each in clocks(db).values()} == {3}
    told = [each for each in said(db) if isinstance(each, DueDateMoved)]
    assert {(each.kind, each.reason) for each in told} == {
        ("citizen", MoveReason.LIMITS),
        ("resolve", MoveReason.LIMITS),
    }


def test_a_version_comes_into_force_at_its_moment_and_never_before_the_last(
    db: Connection,
) -> None:
    live = MONDAY_TEN + DAY
    limit_sets.begin_set(db, Beginning("以后的时限", "tianjin"), Limits(), by(AUTHOR))
    limit_sets.sign_set(db, SetSigning(0, live), by(AUTHOR))
    limit_sets.sign_set(db, SetSigning(0), by(SUPERVISOR))

    handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    assert clocks(db)[ClockKind.CITIZEN].limit_set == 0
    later = accepted(live).model_copy(update={"case_id": uuid4()})
    promise = handlers.under_notices(db, PROMISE)
    assert promise.ruled("resolve", "complex", later.occurred_at, None).limit == Limit(10)

    limit_sets.begin_set(db, Beginning("又一版", None), Limits(), by(AUTHOR))
    with pytest.raises(Refused) as refused:
        limit_sets.sign_set(db, SetSigning(0, live), by(AUTHOR))
    assert refused.value.code == "live_before_last"


def test_a_signature_is_void_when_the_draft_changes_and_no_one_signs_twice(
    db: Connection,
) -> None:
    limit_sets.begin_set(db, Beginning("时限", "chongming"), Limits(), by(AUTHOR))
    limit_sets.sign_set(db, SetSigning(0), by(AUTHOR))

    def refusal(signing: SetSigning, actor: Actor) -> str:
        with pytest.raises(Refused) as refused:
            limit_sets.sign_set(db, signing, by(actor))
        return refused.value.code

    assert refusal(SetSigning(0), AUTHOR) == "signed_by_you"
    changed = limit_sets.enter_row(db, URGENT, by(AUTHOR))
    assert changed.first_by is None
    assert refusal(SetSigning(0), SUPERVISOR) == "changed_meanwhile"
    limit_sets.enter_row(db, replace(URGENT, code="L021"), by(AUTHOR))
    assert refusal(SetSigning(2), SUPERVISOR) == "limits_not_clean"


def test_a_replay_tells_which_lamps_would_have_been_red(db: Connection) -> None:
    start_order(db, order("urgent"))
    handlers.end_custody(db, done(MONDAY_TEN + 3 * HOUR), PROMISE)
    limit_sets.begin_set(db, Beginning("时限", "chongming"), Limits(), by(AUTHOR))
    limit_sets.enter_row(db, URGENT, by(AUTHOR))
    past = limit_replays.Past(MONDAY_TEN - DAY, MONDAY_TEN + DAY)

    asked = limit_replays.ask_replay(db, past, by(AUTHOR, MONDAY_TEN + 2 * DAY))
    assert handlers.replay_some(db, PROMISE, MONDAY_TEN + 2 * DAY)
    assert not handlers.replay_some(db, PROMISE, MONDAY_TEN + 2 * DAY)

    told = find_replay(db, asked.replay_id)
    assert told is not None
    assert (told.state, told.total) == ("done", 2)
    tally = RedTally.of(told.tally)
    assert tally.reds("kind") == {"contact": (0, 0), "resolve": (0, 1)}
    assert tally.reds("unit") == {"SCJGJ": (0, 1)}
    assert tally.examples == [str(CASE)]
    assert clocks(db)[ClockKind.RESOLVE].limit_set == 0
    table = LimitTable([*SHIPPED["chongming"].rows, URGENT], "county")
    assert limit_replays.replay_all(db, past, table, PROMISE, MONDAY_TEN + 2 * DAY) == tally


@pytest.fixture
def unit(service_database: Callable[..., Engine]) -> Unit:
    return Unit(service_database(metadata), NODE, "sla", plumbing, wake=lambda: None)


@pytest.fixture
def call(unit: Unit, tmp_path: Path) -> Call:
    keys = NodeKeys.create(tmp_path / "node.json")
    return calling(api.router, door_to(unit, keys, Settings(), lambda: MONDAY_TEN))


AT = "/limit-sets"
TRIED = {"start": MONDAY_TEN.isoformat(), "item": "SPXK", "complexity": "complex"}
ROW = {"kind": "resolve", "when": {"item": "SPXK", "place": "341500"}, "amount": 2}


def test_a_set_is_drafted_and_tried_through_the_doors(call: Call) -> None:
    shipped = call(SUPERVISOR, "GET", f"{AT}/shipped").json()
    assert [one["name"] for one in shipped] == list(SHIPPED)
    assert "普通件 · 办结 · 3 个工作日 · 从派单次日起 · 到下班为止" in [
        row["spoken"]["zh"] for row in shipped[0]["rows"]
    ]
    draft = call(AUTHOR, "POST", AT, json={"title": "县里的时限", "shipped": "tianjin"}).json()
    assert (draft["number"], draft["state"], draft["next_code"]) == (1, "draft", "L012")
    assert call(AUTHOR, "POST", AT, json={"title": "再来一份"}).status_code == 409
    entered = call(AUTHOR, "PUT", f"{AT}/draft/rows/L020", json=ROW).json()
    assert entered["rows"][-1]["when"] == {"item": "SPXK", "place": "3415"}
    check = call(AUTHOR, "GET", f"{AT}/1/check").json()
    assert call(AUTHOR, "GET", f"{AT}/1/moves").json()["running"] == 0
    assert check["signable"]
    assert not check["findings"]

    told = call(AUTHOR, "GET", f"{AT}/1/due-date", params=TRIED).json()
    assert (told["due_date"], told["limit_row"]) == ("2026-03-04", "L020")
    assert "第 1 版 L020：事项 SPXK · 地区 3415 · 办结 · 2 个工作日" in told["trace"][0]["zh"]
    assert call(DISPATCHER, "GET", "/due-date", params=TRIED).json()["limit_set"] == 0


def test_two_people_put_a_set_in_force_through_the_doors(call: Call, unit: Unit) -> None:
    call(AUTHOR, "POST", AT, json={"title": "县里的时限"})
    entered = call(AUTHOR, "PUT", f"{AT}/draft/rows/L020", json=ROW).json()
    edition = {"edition": entered["edition"]}
    assert call(AUTHOR, "POST", f"{AT}/draft/sign", json=edition).json()["first_name"]
    live = call(SUPERVISOR, "POST", f"{AT}/draft/sign", json=edition).json()
    assert live["in_force"]
    answer = call(DISPATCHER, "GET", "/due-date", params=TRIED).json()
    assert (answer["limit_set"], answer["limit_row"]) == (1, "L020")
    assert [one["in_force"] for one in call(DISPATCHER, "GET", AT).json()["items"]] == [True]
    with unit.transaction() as db:
        handlers.start_citizen_clocks(db, [accepted()], PROMISE)
    shown = call(DISPATCHER, "GET", f"/clocks?case_id={CASE}").json()
    assert (shown[0]["limit_set"], shown[0]["limit_row"]) == (1, "L003")


BAD: Sequence[tuple[str, str, dict[str, Any] | None, int]] = (
    ("POST", "", {"title": "x", "shipped": "none"}, 422),
    ("POST", "", {"title": ""}, 422),
    ("PUT", "/draft/rows/L001", {"kind": "resolve", "amount": 1}, 409),
    ("PUT", "/draft/rows/L 1", {"kind": "resolve", "amount": 1}, 422),
    ("PUT", "/draft/rows/L1", {"kind": "resolve", "amount": 0}, 422),
    ("PUT", "/draft/rows/L1", {"kind": "nothing", "amount": 1}, 422),
    ("PUT", "/draft/rows/L1", {"kind": "resolve", "amount": 1, "when": {"place": "9"}}, 422),
    (
        "PUT",
        "/draft/rows/L1",
        {"kind": "sign", "amount": 1, "start": "same_day", "end": "same_clock_time"},
        422,
    ),
    ("PUT", "/draft/rows", {"rows": []}, 422),
    ("DELETE", "/draft/rows/L001", None, 409),
    ("DELETE", "/draft", None, 409),
    ("POST", "/draft/sign", {"edition": 0}, 409),
    ("GET", "/7", None, 404),
    ("GET", "/7/due-date", None, 404),
    (
        "POST",
        "/draft/replays",
        {"since": "2026-03-02T00:00:00Z", "until": "2026-03-01T00:00:00Z"},
        422,
    ),
)


def test_bad_input_is_refused_with_a_way_out(call: Call) -> None:
    for method, path, body, status in BAD:
        answer = call(AUTHOR, method, f"{AT}{path}", json=body)

        assert answer.status_code == status, (method, path, body)
        assert answer.json()["detail"]


def test_who_may_not_is_told_so_and_a_case_against_one_is_no_example(
    call: Call, unit: Unit
) -> None:
    officer = staff(Role.DISPOSAL_OFFICER, unit="SCJGJ")
    assert call(officer, "GET", "/limit-sets").status_code == 403
    assert call(DISPATCHER, "POST", "/limit-sets", json={"title": "x"}).status_code == 403
    with unit.transaction() as db:
        start_order(db, order("urgent"))
        handlers.end_custody(db, done(MONDAY_TEN + 3 * HOUR), PROMISE)
        limit_sets.begin_set(db, Beginning("时限", "chongming"), Limits(), by(AUTHOR))
        limit_sets.enter_row(db, URGENT, by(AUTHOR))
        limit_replays.ask_replay(
            db, limit_replays.Past(MONDAY_TEN - DAY, MONDAY_TEN + DAY), by(AUTHOR)
        )
        handlers.replay_some(db, PROMISE, MONDAY_TEN + DAY)
        keep_complaint(db, complaints, CASE, Complaint(units=frozenset({"XNB"})))

    def examples(actor: Actor) -> list[str] | None:
        told: list[str] | None = call(actor, "GET", "/limit-sets/1/replays").json()[0]["examples"]
        return told

    assert examples(DISPATCHER) == [str(CASE)]
    assert examples(staff(Role.SUPERVISOR, unit="XNB")) == []
    assert examples(AUTHOR) is None
