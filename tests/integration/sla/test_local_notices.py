"""Notices of regions and units on a real PostgreSQL: whose clocks move, and what is told of it."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, select

from services.sla import api, handlers, repository
from services.sla.handlers.notices import digest_of
from services.sla.handlers.telling import telling
from services.sla.policy import IssuedNotice, NamedDay, NoticeState, Scope
from services.sla.repository import notices as kept
from services.sla.repository.recomputes import open_recompute
from services.sla.settings import Settings
from services.sla.tables import clocks, metadata, plumbing
from shared.events.base import Envelope
from shared.events.dispatch import OrderReturned, ReturnGround
from shared.events.link import NodeFactRelayed
from shared.events.local import LocalCause
from shared.events.sla import DueDateMoved, LocalNoticeSigned, LocalYearTold
from shared.outbox import said
from shared.security.actor import Role
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.doorway import NODE, Call, calling, door_to, staff
from tests.integration.sla.stories import accepted, dispatched, of_order
from tests.unit.sla.issued import notice_2027

pytestmark = pytest.mark.integration

ADMINISTRATOR, SUPERVISOR = staff(Role.SYSTEM_ADMINISTRATOR), staff(Role.SUPERVISOR)
SETTINGS = Settings(home=NODE)
PROMISE = SETTINGS.promise
FRIDAY_TEN = datetime(2026, 7, 10, 2, tzinfo=UTC)
WEDNESDAY_CLOSING = datetime(2026, 7, 15, 9, tzinfo=UTC)
NOW = FRIDAY_TEN + timedelta(hours=1)
AT = "/calendar-notices"
TITLE = "关于七月窗口开放的通知"
OPEN_DAYS = """2026-07-11 集中办理日 班 09:00-12:00
2026-07-13 系统升级 班 09:00-12:00
周日 上班 09:00-11:00 2026-07-01~2026-07-31"""


@pytest.fixture
def unit(service_database: Callable[..., Engine]) -> Unit:
    return Unit(service_database(metadata), NODE, "sla", plumbing, wake=lambda: None)


@pytest.fixture
def call(unit: Unit, tmp_path: Path) -> Call:
    keys = NodeKeys.create(tmp_path / "node.json")
    return calling(api.router, door_to(unit, keys, SETTINGS, lambda: NOW))


def begin(db: Connection, unit_code: str, region: str = NODE, at: datetime = FRIDAY_TEN) -> UUID:
    """Have a case of a region accepted, and given to a unit."""
    case_id = uuid4()
    about = {"case_id": case_id, "region": region}
    handlers.start_citizen_clocks(db, [accepted(at).model_copy(update=about)], PROMISE)
    order = dispatched(uuid4(), at=at).model_copy(
        update={"case_id": case_id, "unit_code": unit_code}
    )
    handlers.start_custody_clocks(db, [order], PROMISE, at)
    return case_id


def clocks_of(db: Connection, case_id: UUID) -> dict[str, repository.Clock]:
    return {clock.kind: clock for clock in repository.clocks_of_case(db, case_id)}


def file(lines: str, **told: Any) -> dict[str, Any]:
    return {"content": base64.b64encode(lines.encode()).decode(), "title": TITLE, **told}


def signed(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Take a notice down, look at its report, and sign it as somebody else."""
    drafted = call(ADMINISTRATOR, "POST", f"{AT}/file", json=body).json()
    at, seen = f"{AT}/{drafted['notice_id']}", {"digest": drafted["digest"]}
    report: dict[str, Any] = call(SUPERVISOR, "GET", f"{at}/report").json()
    assert call(ADMINISTRATOR, "POST", f"{at}/review", json=seen).status_code == 200
    refused = call(ADMINISTRATOR, "POST", f"{at}/sign", json=seen)
    assert refused.json()["code"] == "notice_second_person"
    assert call(SUPERVISOR, "POST", f"{at}/sign", json=seen).json()["state"] == "signed"
    return report


def move_all(unit: Unit) -> list[DueDateMoved]:
    with unit.transaction() as db:
        while handlers.recompute(db, PROMISE, NODE, NOW, 1):
            pass
        return [event for event in said(db) if isinstance(event, DueDateMoved)]


def test_a_units_notice_goes_from_its_signature_to_moved_clocks_and_an_explanation(
    call: Call, unit: Unit
) -> None:
    with unit.transaction() as db:
        mine, others = begin(db, "SCJGJ"), begin(db, "RSJ")
        assert clocks_of(db, mine)["resolve"].due_at == WEDNESDAY_CLOSING

    report = signed(call, file(OPEN_DAYS, year=2026, unit="SCJGJ"))
    with unit.transaction() as db:
        begun = open_recompute(db)
    moved = move_all(unit)
    with unit.transaction() as db:
        after, untouched = clocks_of(db, mine), clocks_of(db, others)

    _is_told_before(report)
    assert begun is not None
    assert (begun.scope, begun.to_examine) == (Scope(NODE, "SCJGJ"), 2)
    resolve, contact = (mine, "resolve"), (mine, "contact")
    assert {(event.case_id, event.kind) for event in moved} == {resolve, contact}
    assert after["resolve"].due_at == datetime(2026, 7, 13, 4, tzinfo=UTC), "the half of Monday"
    assert after["citizen"].due_at == untouched["resolve"].due_at == WEDNESDAY_CLOSING
    _is_explained(call, after["resolve"])
    _is_shown(call)
    with unit.transaction() as db:
        _is_told(db)


def _is_told(db: Connection) -> None:
    for _ in range(2):
        handlers.tell_local_days(db, PROMISE, NOW)
    this_year, next_year = (each for each in said(db) if isinstance(each, LocalYearTold))
    assert (this_year.year, this_year.unit_code, next_year.days) == (2026, "SCJGJ", ())
    told = [(f"{one.day:%m-%d}", one.hours, one.opens) for one in this_year.days]
    assert told == [
        ("07-05", "09:00-11:00", True),
        ("07-11", "09:00-12:00", True),
        ("07-12", "09:00-11:00", True),
        ("07-13", "09:00-12:00", False),
        ("07-19", "09:00-11:00", True),
        ("07-26", "09:00-11:00", True),
    ]


def _is_told_before(report: dict[str, Any]) -> None:
    assert (report["running"], report["findings"], report["was_provisional"]) == (2, [], False)
    assert report["moves"] == {"contact": {"earlier": 1}, "resolve": {"earlier": 1}}
    assert [(each["day"], each["works"], each["hours"]) for each in report["changes"]][:3] == [
        ("2026-07-05", True, "09:00-11:00"),
        ("2026-07-11", True, "09:00-12:00"),
        ("2026-07-12", True, "09:00-11:00"),
    ]


def _is_explained(call: Call, clock: repository.Clock) -> None:
    asked = {"start": FRIDAY_TEN.isoformat(), "clock": "resolve", "unit": "SCJGJ"}
    told = call(SUPERVISOR, "GET", "/due-date", params=asked).json()
    assert told["digest"] == clock.digest
    lines = "\n".join(line["zh"] for line in told["trace"])
    assert "2026年7月11日集中办理日，本来休息，当地 09:00-12:00 上班，算一天" in lines
    assert "2026年7月13日系统升级，当地只在 09:00-12:00 上班" in lines
    assert f"周日在 09:00-11:00 上班（依据《{TITLE}》）" in lines
    shown = call(SUPERVISOR, "GET", f"/clocks?case_id={clock.case_id}").json()
    assert any("集中办理日" in line["zh"] for each in shown for line in each["trace"])
    plain = call(SUPERVISOR, "GET", "/due-date", params={**asked, "unit": "RSJ"}).json()
    assert plain["calendar_version"] == PROMISE.calendar.version


def _is_shown(call: Call) -> None:
    days = call(SUPERVISOR, "GET", "/calendar/2026?unit=SCJGJ").json()["days"]
    kinds = {each["day"]: (each["kind"], each["hours"], each["notice"]) for each in days}
    assert kinds["2026-07-11"] == ("opening", "09:00-12:00", TITLE)
    assert kinds["2026-07-13"] == ("short", "09:00-12:00", TITLE)
    assert kinds["2026-07-12"] == ("worked", "09:00-11:00", TITLE)
    known = call(SUPERVISOR, "GET", "/calendar").json()
    assert known["scopes"] == [{"region": NODE, "unit": "SCJGJ"}]


def test_what_is_handed_to_another_unit_begins_under_that_units_calendar(
    call: Call, unit: Unit
) -> None:
    signed(call, file(OPEN_DAYS, year=2026, unit="SCJGJ"))
    with unit.transaction() as db:
        handlers.start_citizen_clocks(db, [accepted(FRIDAY_TEN)], PROMISE)
        handlers.start_custody_clocks(db, [dispatched(at=FRIDAY_TEN)], PROMISE, FRIDAY_TEN)
        ground = {"ground": ReturnGround.WRONG_ITEM, "legal_basis": "三定方案"}
        handlers.end_custody(db, of_order(OrderReturned, NOW, **ground), PROMISE)
        again = dispatched(uuid4(), at=NOW).model_copy(update={"unit_code": "RSJ"})
        handlers.start_custody_clocks(db, [again], PROMISE, NOW)
        c = clocks.c
        resolving = select(c.unit_code, c.due_at, c.calendar_version).where(c.kind == "resolve")
        found = db.execute(resolving.order_by(c.started_at)).all()
        terms = {term.unit_code: term.due_at for term in repository.running_terms(db, NOW)}

    (mine, early, local), (theirs, late, country) = found
    assert (mine, theirs) == ("SCJGJ", "RSJ")
    assert early < late == WEDNESDAY_CLOSING
    assert local.startswith(f"{country}+")
    assert terms == {"RSJ": datetime(2026, 7, 13, 9, tzinfo=UTC)}


FESTIVAL = IssuedNotice(
    2026,
    "关于火把节放假的通知",
    "",
    None,
    tuple(NamedDay(date(2026, 7, day), "火把节", off=True) for day in (13, 14)),
    Scope("341523"),
)
CITY = "341500"


def test_days_off_of_a_place_move_the_promises_there_and_no_unit_of_the_city(
    unit: Unit, call: Call
) -> None:
    city = Settings(home=CITY).promise
    with unit.transaction() as db:
        there, elsewhere = begin(db, "SCJGJ"), begin(db, "SCJGJ", "341502")
        one, other = (Caller(actor, NOW) for actor in (ADMINISTRATOR, SUPERVISOR))
        drafted = handlers.draft_notice(db, FESTIVAL, "form", one)
        handlers.review_notice(db, drafted.notice_id, drafted.digest, one)
        handlers.sign_notice(db, drafted.notice_id, drafted.digest, city, other)
        while handlers.recompute(db, city, CITY, NOW, 1):
            pass
        [told] = [event for event in said(db) if isinstance(event, LocalNoticeSigned)]
        [move] = [event for event in said(db) if isinstance(event, DueDateMoved)]
        mine, theirs = clocks_of(db, there), clocks_of(db, elsewhere)

    assert move.case_id == there
    assert move.local == LocalCause(region="341523", names=("火把节",), off=True)
    assert mine["citizen"].due_at == WEDNESDAY_CLOSING + timedelta(days=2)
    assert mine["resolve"].due_at == theirs["citizen"].due_at == WEDNESDAY_CLOSING
    assert (told.region, told.unit_code, told.digest) == ("341523", "", drafted.digest)
    asked = {"start": FRIDAY_TEN.isoformat(), "region": "341523"}
    due = call(SUPERVISOR, "GET", "/due-date", params={**asked, "clock": "citizen"}).json()
    assert due["digest"] == mine["citizen"].digest
    assert call(SUPERVISOR, "GET", "/due-date", params=asked).json()["due_at"] == due["due_at"]


def arrived(fact: LocalNoticeSigned) -> NodeFactRelayed:
    envelope = Envelope(
        id=uuid4(),
        source=f"/nodes/{fact.node}/sla",
        type=fact.name,
        time=NOW,
        subject=fact.subject_id,
        version=1,
        data=fact.model_dump(mode="json"),
    )
    return NodeFactRelayed(occurred_at=NOW, fact_id=fact.subject_id, via=CITY, fact=envelope)


def test_a_local_notice_from_above_waits_here_unless_it_concerns_nobody_here(
    db: Connection,
) -> None:
    def hear(scope: Scope, title: str = "x") -> kept.KeptNotice:
        issued = replace(FESTIVAL, scope=scope, title=title)
        fact = telling(issued, digest_of(issued), CITY, NOW)
        assert isinstance(fact, LocalNoticeSigned)
        known = (PROMISE, "sign", handlers.by_time(NODE, NOW))
        handlers.hear_notice(db, arrived(fact), *known)
        handlers.hear_notice(db, arrived(fact), *known)
        return next(each for each in kept.all_notices(db) if each.issued == issued)

    states = [
        hear(scope).state
        for scope in (Scope("34"), Scope(NODE), Scope("3415", "SCJGJ"), Scope("3401"))
    ]
    again = hear(Scope("3401"), "改过的")

    assert states == ["arrived", "arrived", "signed", "signed"]
    assert again.state is NoticeState.SIGNED
    replaced = [each.issued.title for each in kept.all_notices(db) if each.state == "replaced"]
    assert replaced == ["x"]
    assert [event for event in said(db) if isinstance(event, LocalNoticeSigned)] == []


@pytest.mark.parametrize(
    ("told", "field", "code"),
    [
        ({"region": "110000"}, "region", "notice_region"),
        ({"unit": "SCJGJ", "region": "341502"}, "unit", "notice_unit"),
        ({"content": "2026-07-13 x 班 12:00-09:00", "region": NODE}, "content", "notice_hours"),
        ({"content": "2026-07-13 x 班 09:00-12:00"}, "region", "notice_hours_national"),
        ({"content": "2026-07-13 x 休 09:00-12:00", "unit": "A"}, "days", "notice_hours_off"),
    ],
)
def test_what_cannot_be_a_local_notice_is_refused_with_its_field(
    call: Call, told: dict[str, str], field: str, code: str
) -> None:
    lines = told.get("content", "2026-07-13 x 休")
    body = file(lines, year=2026, **{name: it for name, it in told.items() if name != "content"})

    refused = call(ADMINISTRATOR, "POST", f"{AT}/file", json=body)

    assert refused.status_code == 422
    assert (refused.json()["errors"][0]["field"], refused.json()["code"]) == (field, code)


def test_a_form_takes_hours_and_weeks_and_names_what_is_wrong(call: Call) -> None:
    day = {"date": "2026-03-09", "name": "妇女节", "off": False, "hours": "09:00-12:00"}
    week = {"weekdays": [6], "hours": "09:00-12:00", "since": "2026-03-01"}
    body = {"year": 2026, "title": TITLE, "unit": "SCJGJ", "days": [day], "weeks": [week]}

    made = call(ADMINISTRATOR, "POST", AT, json=body).json()
    lines = file("2026-03-09 妇女节 班 09:00-12:00\n周六 班 09:00-12:00 2026-03-01~", year=2026)
    read = call(ADMINISTRATOR, "POST", f"{AT}/file", json={**lines, "unit": "SCJGJ"}).json()
    others: list[dict[str, Any]] = [
        {"weeks": [{**week, "weekdays": [8]}]},
        {"weeks": [{**week, "hours": "nine"}]},
        {"weeks": [{**week, "until": "2026-02-01"}]},
        {"days": [{**day, "hours": "12:00"}]},
        {"unit": "市 局"},
        {"days": [], "weeks": []},
    ]
    wrong = [call(ADMINISTRATOR, "POST", AT, json={**body, **other}) for other in others]

    assert made["digest"] == read["digest"]
    assert made["weeks"] == [
        {"weekdays": [6], "hours": "09:00-12:00", "since": "2026-03-01", "until": None}
    ]
    assert [each.status_code for each in wrong] == [422] * 6
    assert call(SUPERVISOR, "GET", "/due-date?unit=x%20y").status_code == 422
    assert call(SUPERVISOR, "GET", "/calendar/2026?region=9").status_code == 422


def test_the_countrys_notice_moves_each_clock_by_its_own_calendar_once(
    call: Call, unit: Unit
) -> None:
    thursday = datetime(2027, 2, 4, 2, tzinfo=UTC)
    signed(call, file("周六 班 09:00-12:00 2026-03-01~", year=2026, unit="SCJGJ"))
    with unit.transaction() as db:
        mine, others = begin(db, "SCJGJ", at=thursday), begin(db, "RSJ", at=thursday)
        before = clocks_of(db, mine)["resolve"].due_at
        one, other = (Caller(actor, NOW) for actor in (ADMINISTRATOR, SUPERVISOR))
        drafted = handlers.draft_notice(db, notice_2027(), "form", one)
        handlers.review_notice(db, drafted.notice_id, drafted.digest, one)
        handlers.sign_notice(db, drafted.notice_id, drafted.digest, PROMISE, other)
    moved = [(event.case_id, event.kind) for event in move_all(unit) if event.sign_by is None]
    with unit.transaction() as db:
        ends = [clocks_of(db, case_id)["resolve"].due_at for case_id in (mine, others)]
        while handlers.tell_notices(db, NODE, datetime(2031, 1, 1, tzinfo=UTC)):
            pass
        again = [event for event in said(db) if isinstance(event, LocalNoticeSigned)]

    assert before == datetime(2027, 2, 8, 9, tzinfo=UTC), "Friday, the open Saturday, Monday"
    assert ends == [datetime(2027, 2, day, 9, tzinfo=UTC) for day in (15, 16)]
    assert len(moved) == len(set(moved)) == 6
    assert [event.weeks[0].weekdays for event in again] == [(5,)], "it holds until further notice"


def test_notices_of_two_units_signed_one_after_the_other_move_the_clocks_of_both(
    call: Call, unit: Unit
) -> None:
    with unit.transaction() as db:
        cases = {code: begin(db, code) for code in ("SCJGJ", "RSJ", "GAJ")}
    for code in ("SCJGJ", "RSJ"):
        signed(call, file(OPEN_DAYS, year=2026, unit=code))

    moved = {event.case_id for event in move_all(unit) if event.sign_by is None}

    assert moved == {cases["SCJGJ"], cases["RSJ"]}
