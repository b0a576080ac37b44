"""The rota: who keeps it, who is on duty at once when somebody is away, and gaps told in time."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from services.dispatch import handlers
from services.dispatch.handlers import Caller, Watch
from services.dispatch.policy.rota import Crew, DutyKind, Span
from services.dispatch.repository import rota as repository
from services.dispatch.repository.rota import Post, open_gaps
from services.dispatch.tables import duty_gaps, duty_people, plumbing
from shared.errors import Refused
from shared.events.dispatch import DutyGapEnded, DutyGapFound
from shared.events.local import LocalDay
from shared.events.sla import LocalYearTold
from shared.outbox import said
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.dispatch.stories import (
    DISPATCHER,
    MARKET_OFFICER,
    NINE,
    TOWN_OFFICER,
    fill_catalogue,
)
from tests.integration.doorway import Call

pytestmark = pytest.mark.integration

TODAY = date(2030, 1, 2)  # a Wednesday; NINE is its 9:00
NOTICE = timedelta(hours=16)
KEY = ("coordinator", "zwfw")
HOURS = {"opens": "09:00", "closes": "17:00", "weekdays": [1, 2, 3, 4, 5]}
POST = "/rota/posts/coordinator/zwfw"
OF = "/rota/units/zwfw"


def watch_at(now: datetime = NINE) -> Watch:
    return Watch(Caller(DISPATCHER, now), NOTICE)


def person(db: Connection, keys: NodeKeys, login: str, **more: Any) -> None:
    told = {"name": login, "unit_code": "zwfw", "duties": ("coordinator",)} | more
    handlers.list_person(db, keys, handlers.PersonListing(login=login, **told), watch_at())


@pytest.fixture
def rota(db: Connection, keys: NodeKeys) -> Connection:
    fill_catalogue(db)
    for login in ("zhang", "li"):
        person(db, keys, login)
    db.info.clear()
    return db


def open_post(db: Connection, now: datetime = NINE) -> None:
    post = Post(
        kind=DutyKind.COORDINATOR,
        unit_code="zwfw",
        opens=time(9),
        closes=time(17),
        weekdays=range(1, 6),
    )
    handlers.list_post(db, post, watch_at(now))


def facts(db: Connection) -> list[Any]:
    return [each for each in said(db) if isinstance(each, DutyGapFound | DutyGapEnded)]


def test_a_gap_is_told_before_the_door_opens_once_and_ends_when_it_is_filled(
    rota: Connection,
) -> None:
    evening = NINE - timedelta(hours=12)
    open_post(rota, evening)
    handlers.look_for_gaps(rota, evening + timedelta(minutes=1), NOTICE)

    [found] = facts(rota)
    assert (found.unit_name, found.begins, found.ends) == (
        "县政务服务中心",
        NINE,
        NINE + timedelta(hours=8),
    )
    assert [gap.key[0] for gap in open_gaps(rota)] == [KEY]

    handlers.set_day(rota, KEY, TODAY, Crew("zhang"), watch_at(evening))

    ended = facts(rota)[-1]
    assert (ended.gap_id, ended.filled) == (found.gap_id, True)
    assert open_gaps(rota) == []


def test_a_gap_that_nobody_filled_ends_with_its_time(rota: Connection) -> None:
    open_post(rota)

    handlers.look_for_gaps(rota, NINE + timedelta(hours=8), timedelta(hours=1))

    assert [each.filled for each in facts(rota)[1:]] == [False]
    assert rota.scalars(select(duty_gaps.c.filled)).all() == [False]


def test_who_is_away_without_a_substitute_leaves_a_gap_of_just_that_time(rota: Connection) -> None:
    open_post(rota)
    handlers.set_day(rota, KEY, TODAY, Crew("zhang"), watch_at())
    ten, noon = NINE + timedelta(hours=1), NINE + timedelta(hours=3)

    away = handlers.mark_away(rota, "zhang", Span(ten, noon), "请假 13800006160", watch_at())

    assert [gap.key[1] for gap in open_gaps(rota)] == [Span(ten, noon)]
    kept = repository.find_away(rota, away)
    assert kept is not None
    assert "13800006160" not in kept.ground
    handlers.mark_back(rota, away, watch_at())
    assert open_gaps(rota) == []
    assert repository.find_away(rota, away) is None


def test_a_post_is_open_as_the_local_notice_of_its_unit_says(
    rota: Connection,
) -> None:
    open_post(rota)
    early = {"occurred_at": NINE - timedelta(hours=1), "year": 2030}
    off, short = LocalDay(day=TODAY), LocalDay(day=TODAY, hours="09:00-12:00")
    theirs, mine = (
        LocalYearTold(occurred_at=NINE, year=2030, unit_code=code, days=(day,))
        for code, day in (("", off), ("zwfw", short))
    )
    handlers.hear_local_year(rota, theirs)
    handlers.look_for_gaps(rota, NINE, NOTICE)
    assert open_gaps(rota) == []

    handlers.hear_local_year(rota, mine)
    handlers.hear_local_year(rota, mine.model_copy(update={**early, "days": ()}))
    handlers.look_for_gaps(rota, NINE, NOTICE)

    assert [gap.key[1] for gap in open_gaps(rota)] == [Span(NINE, NINE + timedelta(hours=3))]


def test_who_left_the_list_is_on_duty_no_more(rota: Connection, keys: NodeKeys) -> None:
    open_post(rota)
    handlers.set_day(rota, KEY, TODAY, Crew("zhang"), watch_at())
    assert open_gaps(rota) == []

    person(rota, keys, "zhang", active=False)

    assert len(open_gaps(rota)) == 1


@pytest.mark.parametrize(
    ("crew", "code", "field"),
    [
        (Crew("nobody"), "unknown_person_on_duty", "person"),
        (Crew("zhang", ("nobody",)), "unknown_person_on_duty", "substitutes"),
        (Crew("zhang", ("zhang",)), "substitute_twice", "substitutes"),
        (Crew("clerk"), "not_their_duty", "person"),
    ],
)
def test_a_crew_is_of_people_who_do_this_duty(
    rota: Connection, keys: NodeKeys, crew: Crew, code: str, field: str
) -> None:
    open_post(rota)
    person(rota, keys, "clerk", duties=("disposal_officer",))

    with pytest.raises(Refused) as refused:
        handlers.set_day(rota, KEY, TODAY, crew, watch_at())

    assert (refused.value.code, refused.value.field) == (code, field)


def test_the_telephone_is_sealed_and_the_change_audited(rota: Connection, keys: NodeKeys) -> None:
    person(rota, keys, "zhang", phone="0564-8621234")
    person(rota, keys, "zhang", name="张三")

    sealed = rota.scalar(select(duty_people.c.phone).where(duty_people.c.login == "zhang"))
    assert sealed is not None
    assert b"8621234" not in sealed
    actions = rota.scalars(select(plumbing.audit.c.action)).all()
    assert actions.count("rota.write") == 4


def test_a_month_is_planned_and_shown_and_a_substitute_stands_in(call: Call, unit: Unit) -> None:
    with unit.begin() as work:
        fill_catalogue(work.db)
    for login, name in (("zhang", "张三"), ("li", "李四")):
        body = {
            "name": name,
            "duties": ["coordinator"],
            "phone": "0564-8621234",
        }
        assert call(DISPATCHER, "PUT", f"{OF}/people/{login}", json=body).status_code == 200
    holiday = {"closed_on": ["2030-01-03"], "open_on": ["2030-01-05"]}
    with unit.begin() as work:
        short = LocalDay(day=date(2030, 1, 4), hours="09:00-12:00")
        told_days = LocalYearTold(occurred_at=NINE, year=2030, days=(short,))
        handlers.hear_local_year(work.db, told_days)
    assert call(DISPATCHER, "PUT", POST, json=HOURS | holiday).status_code == 200
    plan = {
        "first": "2030-01-02",
        "last": "2030-01-31",
        "turn": "day",
        "crews": [
            {"person": "zhang", "substitutes": ["li"]},
            {"person": "li", "substitutes": ["zhang"]},
        ],
    }

    made = call(DISPATCHER, "POST", f"{POST}/plan", json=plan)
    away = {"login": "zhang", "begins": "2030-01-02T08:00+08:00", "ends": "2030-01-02T18:00+08:00"}
    assert (
        call(DISPATCHER, "POST", f"{OF}/absences", json=away | {"ground": "病假"}).status_code
        == 201
    )

    assert made.json() == {"shifts": 22}
    [now] = call(MARKET_OFFICER, "GET", "/rota/now").json()
    told = (now["name"], now["instead_of"], now["phone"], now["unit_name"])
    assert told == ("李四", "张三", "0564-8621234", "县政务服务中心")
    shown = call(
        DISPATCHER, "GET", "/rota", params={"first": "2030-01-02", "last": "2030-01-06"}
    ).json()
    assert [each["local"] for each in shown["days"]] == [
        None,
        None,
        ["09:00:00", "12:00:00"],
        None,
        None,
    ]
    days = [(each["is_open"], each["person"], each["there"]) for each in shown["days"]]
    assert days == [
        (True, "zhang", "li"),
        (False, None, None),
        (True, "li", "li"),
        (True, "zhang", "zhang"),
        (False, None, None),
    ]
    assert shown["gaps"] == []


def test_a_unit_keeps_its_own_rota_and_no_other(call: Call, unit: Unit) -> None:
    with unit.begin() as work:
        fill_catalogue(work.db)
    officer = {"name": "王五", "duties": ["disposal_officer"]}
    market, town = "/rota/units/scjgj", "/rota/units/cgz"

    own = call(MARKET_OFFICER, "PUT", f"{market}/people/wang", json=officer)
    stolen = call(TOWN_OFFICER, "PUT", f"{town}/people/wang", json=officer)
    other = call(MARKET_OFFICER, "PUT", "/rota/posts/disposal_officer/cgz", json=HOURS)
    away = {"login": "wang", "begins": "2030-01-02T08:00Z", "ends": "2030-01-02T08:00Z"}
    away |= {"ground": "病假"}
    never = call(MARKET_OFFICER, "POST", f"{market}/absences", json=away)
    elsewhere = call(TOWN_OFFICER, "POST", f"{town}/absences", json=away)

    assert [each.status_code for each in (own, stolen, other)] == [200, 403, 403]
    assert elsewhere.json()["errors"][0]["field"] == "login"
    assert never.json()["errors"][0]["field"] == "ends"
    assert (
        call(MARKET_OFFICER, "PUT", POST + "/days/2030-01-02", json={"crew": None}).status_code
        == 403
    )
    unset = call(DISPATCHER, "PUT", POST + "/days/2030-01-02", json={"crew": None})
    assert unset.json()["errors"][0]["field"] == "kind"


def test_an_account_is_on_duty_for_its_own_unit_alone(call: Call, unit: Unit) -> None:
    with unit.begin() as work:
        fill_catalogue(work.db)
    officer = {"name": "王五", "duties": ["disposal_officer"]}

    put = [
        call(actor, "PUT", f"/rota/units/{of_unit}/people/{login}", json=officer)
        for actor, of_unit, login in (
            (MARKET_OFFICER, "scjgj", "of_town"),
            (DISPATCHER, "scjgj", "of_town"),
            (TOWN_OFFICER, "cgz", "of_town"),
            (MARKET_OFFICER, "scjgj", "of_node"),
            (DISPATCHER, "scjgj", "of_node"),
        )
    ]

    assert [each.status_code for each in put] == [422, 422, 200, 422, 200]
    refused = put[0].json()
    assert (refused["code"], refused["errors"][0]["field"]) == ("account_of_other_unit", "login")


def test_a_unit_puts_its_own_people_on_duty_and_tells_nobody_else_why_one_is_away(
    call: Call, unit: Unit
) -> None:
    with unit.begin() as work:
        fill_catalogue(work.db)
    market, post = "/rota/units/scjgj", "/rota/posts/disposal_officer/scjgj"
    officer = {"name": "王五", "duties": ["disposal_officer"]}
    for of_unit, login in ((market, "wang"), ("/rota/units/cgz", "sun")):
        call(DISPATCHER, "PUT", f"{of_unit}/people/{login}", json=officer)
    call(MARKET_OFFICER, "PUT", post, json=HOURS)
    away = {"login": "wang", "begins": "2030-01-02T08:00Z", "ends": "2030-01-02T10:00Z"}
    away |= {"ground": "病假"}

    put = [
        call(actor, "PUT", f"{post}/days/2030-01-02", json={"crew": {"person": login}})
        for actor, login in (
            (MARKET_OFFICER, "wang"),
            (MARKET_OFFICER, "sun"),
            (DISPATCHER, "sun"),
        )
    ]
    call(MARKET_OFFICER, "POST", f"{market}/absences", json=away)
    seen = [
        call(actor, "GET", "/rota?first=2030-01-02&last=2030-01-03").json()["absences"]
        for actor in (MARKET_OFFICER, DISPATCHER, TOWN_OFFICER)
    ]

    assert [each.status_code for each in put] == [200, 422, 200]
    assert put[1].json()["errors"][0]["field"] == "person"
    assert [each["ground"] for [each] in seen] == ["病假", "病假", None]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("first=0001-01-01&last=0001-01-02", "first"),
        ("first=2030-01-01&last=9999-12-31", "last"),
        ("first=9999-12-31&last=9999-12-31", "first"),
    ],
)
def test_days_out_of_this_century_are_named(call: Call, query: str, field: str) -> None:
    answer = call(DISPATCHER, "GET", f"/rota?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    "body",
    [
        HOURS | {"closes": "08:00"},
        HOURS | {"weekdays": [8]},
        HOURS | {"opens": "25:00"},
        HOURS | {"closed_on": ["2030-02-30"]},
    ],
)
def test_hours_that_cannot_be_are_refused(call: Call, unit: Unit, body: dict[str, Any]) -> None:
    with unit.begin() as work:
        fill_catalogue(work.db)

    answer = call(DISPATCHER, "PUT", POST, json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"]
