"""The ledger as staff use it: filtered, kept as views, many cases done at once, exported."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from services.portal.pages import many
from services.portal.pages.calling import Answer
from services.portal.pages.ledger import CHOICES
from services.portal.policy.ledger import COLUMNS
from services.portal.tables import bulk_lines
from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.whole.node import WholeNode
from tests.whole.stories import UNIT, Told, accept, place, register

pytestmark = pytest.mark.integration

PAGE = "/desk/ledger"
VIEWS = "/api/v1/ledger-views"
BOATS = {"title": "渔船登记证书", "text": "渔船登记证书到期没有人受理。", "item": "别的事"}


def pooled(city: WholeNode, **changes: Any) -> Told:
    told = register(city, **BOATS | changes)
    city.settle()
    accept(city, told)
    city.settle()
    return told


def numbers_on(page: str) -> list[str]:
    return re.findall(r'name="chosen" value="([^"]+)"', page)


def send(
    city: WholeNode, browser: Mapping[str, str], path: str, **fields: Any
) -> tuple[int, str, str]:
    """Send a form of the ledger; return the status, where it leads and what came back."""
    csrf = re.search(
        r'name="csrf" value="(\w+)"', city.done("GET", f"{PAGE}?everything=1", browser)
    )
    assert csrf is not None
    answer = city.ask("POST", f"{PAGE}{path}", browser, data={"csrf": csrf[1], **fields})
    return answer.status_code, answer.headers.get("location", ""), answer.text


FITS = (
    ("closed", "order=ended&level=5&outcome=done"),
    ("closed", "item=SPJYXK&region=341500&kind=licence"),
    ("closed", "text=食品经营许可证"),
    ("red", f"lamp=red&unit={UNIT}&order=due"),
    ("declined", "status=declined&status=closed"),
    ("reopened and closed", "again=1&since=2020-01-01"),
    ("away", "order=oldest&channel=web&channel=kiosk"),
)
FITS_NOT = (
    ("closed", "status=declined"),
    ("closed", "again=1"),
    ("closed", "level=1&level=2"),
    ("closed", "since=2999-01-01"),
    ("closed", "until=2000-01-01"),
    ("closed", "ended_until=2000-01-01"),
    ("closed", "due_since=2999-01-01"),
    ("closed", "unit=NOSUCH"),
    ("closed", "channel=video"),
    ("closed", "region=110000"),
    ("closed", "kind=benefit"),
    ("closed", "party=enterprise"),
    ("closed", "urged=1"),
    ("closed", "order=due"),
    ("red", "order=ended"),
    ("red", "complexity=complex"),
    ("below", "order=newest"),
    ("below, closed", "order=ended"),
    ("incoming", "order=newest"),
)


def test_any_filters_together_narrow_the_ledger(lived: Lived) -> None:
    city = lived.tiers.city
    who = city.signed_in(Role.DISPATCHER)
    wrong = [
        (kind, query)
        for expected, asked in ((True, FITS), (False, FITS_NOT))
        for kind, query in asked
        if bool(
            numbers_on(
                city.done("GET", f"{PAGE}?number={lived.crowd.numbers[kind][0]}&{query}", who)
            )
        )
        is not expected
    ]

    assert wrong == []


def test_a_form_leads_to_the_address_that_it_means(lived: Lived) -> None:
    city = lived.tiers.city
    who = city.signed_in(Role.DISPATCHER)

    status, there, _ = send(
        city, who, "", status=["pooled", "returned"], region="341523", text="食品经营", since=""
    )

    assert (status, "status=pooled&status=returned&region=341523&text=" in there) == (303, True)
    assert "since" not in there


def test_everything_may_be_ticked_at_once(lived: Lived) -> None:
    city = lived.tiers.city
    ticked = {name: list(words) for name, words in CHOICES.items()} | {"column": list(COLUMNS)}

    status, there, _ = send(city, city.signed_in(Role.DISPATCHER), "", **ticked)

    assert (status, there.count("channel=")) == (303, len(CHOICES["channel"]))
    assert city.ask("GET", there, city.signed_in(Role.DISPATCHER)).status_code == 200


def test_what_may_name_a_person_stands_in_no_address(lived: Lived) -> None:
    city = lived.tiers.city
    who = city.signed_in(Role.DISPATCHER)

    status, there, page = send(city, who, "", text="张三丰")

    assert (status, there) == (200, "")
    assert "cursor=" not in page
    assert "不能保存在视图里" in page


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("status=lost", 422),
        ("since=tomorrow", 422),
        ("unit=A&unit=B", 422),
        ("column=phone", 422),
        ("cursor=xyz", 400),
        ("order=due&cursor=WyIyMDI2IiwieCJd", 400),
    ],
)
def test_an_address_that_asks_for_what_there_is_not_is_refused(
    lived: Lived, query: str, status: int
) -> None:
    city = lived.tiers.city
    answer = city.ask("GET", f"{PAGE}?{query}", city.signed_in(Role.DISPATCHER))

    assert answer.status_code == status


def test_a_wrong_filter_in_the_form_is_named_and_what_was_typed_stays(lived: Lived) -> None:
    city = lived.tiers.city
    who = city.signed_in(Role.DISPATCHER)

    status, _, page = send(city, who, "", region="舒城", item="SPJYXK", status=["pooled"])

    assert (status, "请写六位行政区划代码" in page) == (422, True)
    assert 'value="舒城"' in page
    assert re.search(r'value="pooled" checked', page)


def test_a_unit_sees_its_own_ledger_and_a_view_of_others_widens_nothing(lived: Lived) -> None:
    city = lived.tiers.city
    officer = city.signed_in(Role.DISPOSAL_OFFICER, "U001")
    case = pooled(city)
    place(city, case, "U001")
    city.settle()
    shared = {"name": "全部的件", "shared": "node", "asked": f"unit={UNIT}"}
    made = city.done("PUT", f"{VIEWS}/{uuid4()}", city.token(Role.SUPERVISOR), json=shared)

    here, there = case.number, lived.crowd.numbers["closed"][0]
    seen = city.done("GET", f"{PAGE}?number={here}&number={there}", officer)
    assert numbers_on(seen) == [here]
    page = city.done("GET", f"{PAGE}?unit={UNIT}&view={made['view_id']}", officer)
    assert "全部的件" in page
    assert numbers_on(page) == []


def test_views_are_kept_shared_put_first_changed_and_dropped(lived: Lived) -> None:
    city = lived.tiers.city
    who, other = city.signed_in(Role.DISPATCHER), city.signed_in(Role.HOTLINE_AGENT)

    status, there, _ = send(
        city, who, "/views/keep", fresh=str(uuid4()), name="退回的", shared="node", lamp="red"
    )
    view_id = re.search(r"view=([\w-]+)", there)
    assert (status, view_id is not None) == (303, True)
    assert view_id is not None
    told = {"view": view_id[1], "lamp": "red"}
    assert "退回的" in city.done("GET", there, other)
    assert send(city, who, "/views/first", **told)[0] == 303
    assert city.ask("GET", PAGE, who).headers["location"].startswith(f"{PAGE}?lamp=red")
    assert send(city, other, "/views/change", **told)[0] == 403
    mine = {"name": "夺来的"}
    assert city.ask("PUT", f"{VIEWS}/{view_id[1]}", other, json=mine).status_code == 404
    assert send(city, other, "/views/drop", **told)[0] == 404
    assert send(city, who, "/views/change", view=view_id[1], order="due")[0] == 303
    kept = [each for each in city.done("GET", VIEWS, who) if each["view_id"] == view_id[1]]
    assert (kept[0]["asked"], kept[0]["name"], kept[0]["shared"]) == (
        "order=due",
        "退回的",
        "node",
    )
    assert send(city, who, "/views/drop", **told)[0] == 303
    assert city.ask("GET", PAGE, who).status_code == 200


@pytest.mark.parametrize(
    ("role", "body", "status"),
    [
        (Role.HOTLINE_AGENT, {"name": "共享", "shared": "node"}, 403),
        (Role.DISPOSAL_OFFICER, {"name": "共享", "shared": "node"}, 403),
        (Role.OPERATOR, {"name": "看看"}, 403),
        (Role.DISPATCHER, {"name": "给单位", "shared": "unit"}, 409),
        (Role.DISPATCHER, {"name": " "}, 422),
        (Role.DISPATCHER, {"name": "错的", "asked": "status=lost"}, 422),
        (Role.DISPATCHER, {"name": "人", "words": "张三丰"}, 422),
        (Role.DISPATCHER, {"name": "人", "words": "13812345678"}, 422),
    ],
)
def test_no_view_is_kept_that_may_not_be(
    lived: Lived, role: Role, body: dict[str, str], status: int
) -> None:
    city = lived.tiers.city

    there = f"{VIEWS}/{uuid4()}"
    assert city.ask("PUT", there, city.token(role), json=body).status_code == status


def test_many_cases_are_placed_each_by_itself_and_told_one_by_one(lived: Lived) -> None:
    city = lived.tiers.city
    who = city.signed_in(Role.DISPATCHER)
    first, second = pooled(city), pooled(city)
    place(city, first)
    city.settle()
    chosen = [first.number, second.number]
    _, _, asked = send(city, who, "/many", act="dispatch", which="chosen", chosen=chosen)
    run_id = re.search(r'name="run_id" value="([\w-]+)"', asked)
    assert "2 件" in asked
    assert run_id is not None
    form = {"run_id": run_id[1], "act": "dispatch", "numbers": " ".join(chosen)}

    told = {**form, "unit_code": UNIT, "because": "职责清单第三条"}
    begun = [send(city, who, "/runs", **told)[:2] for _ in range(2)]
    on = [send(city, who, f"/runs/{run_id[1]}/on")[0] for _ in range(2)]
    city.settle()

    assert begun == [(303, f"{PAGE}/runs/{run_id[1]}")] * 2
    assert on == [303, 303]
    page = city.done("GET", begun[0][1], who)
    assert "办成 1 件，没办成 1 件" in page
    assert "没办成：</strong>这一步现在不能办" in page
    orders = city.done("GET", f"/api/v1/orders?case_id={second.case_id}", who)["items"]
    assert [order["because"] for order in orders] == ["职责清单第三条"]
    assert "成批派单" in city.done("GET", f"{PAGE}/runs", who)
    stranger = city.signed_in(Role.SUPERVISOR)
    assert city.ask("GET", begun[0][1], stranger).status_code == 404


def test_a_run_that_broke_off_goes_on_and_nothing_is_done_twice(lived: Lived) -> None:
    county = lived.tiers.county  # what is urged changes what the city's lists cost
    who = county.signed_in(Role.SUPERVISOR)
    cases = [pooled(county) for _ in range(12)]
    run_id, numbers = str(uuid4()), " ".join(case.number for case in cases)
    send(county, who, "/runs", run_id=run_id, act="urge", numbers=numbers)

    send(county, who, f"/runs/{run_id}/on")
    half = county.done("GET", f"{PAGE}/runs/{run_id}", who)
    with county.owner() as db:  # as if its process had died after the first was asked
        died = bulk_lines.update().where(bulk_lines.c.run_id == run_id, bulk_lines.c.serial == 0)
        db.execute(died.values(state="trying", tried_at="2020-01-01T00:00:00Z"))
    for _ in range(2):
        send(county, who, f"/runs/{run_id}/on")
    county.settle()

    assert "已办 10 件，共 12 件" in half
    assert "办成 12 件，没办成 0 件" in county.done("GET", f"{PAGE}/runs/{run_id}", who)
    with county.owner() as db:
        lines = bulk_lines.c
        assert len(db.execute(select(lines.serial).where(lines.run_id == run_id)).all()) == 12
    shown = county.done("GET", f"{PAGE}?number={cases[0].number}&column=urges&column=number", who)
    assert re.search(r'data-label="催办次数"><span>1</span>', shown)


def test_what_cannot_be_asked_now_waits_for_the_next_try(
    lived: Lived, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = lived.tiers.county
    who, case = county.signed_in(Role.SUPERVISOR), pooled(county)
    run_id, asked = str(uuid4()), list[object]()
    send(county, who, "/runs", run_id=run_id, act="urge", numbers=f"{case.number} BCS-none")

    async def too_often(*told: object) -> Answer:
        asked.append(told)
        return Answer(429, {"detail": "请稍后再试。"})

    monkeypatch.setattr(many, "call", too_often)
    status, _, page = send(county, who, f"/runs/{run_id}/on")
    monkeypatch.undo()
    send(county, who, f"/runs/{run_id}/on")

    assert (status, "请稍后再试。" in page, "已办 0 件，共 2 件" in page) == (200, True, True)
    assert len(asked) == 1
    assert "办成 1 件，没办成 1 件" in county.done("GET", f"{PAGE}/runs/{run_id}", who)


def test_nobody_begins_a_run_of_what_others_do(lived: Lived) -> None:
    city = lived.tiers.city
    form = {"run_id": str(uuid4()), "act": "sign", "numbers": "BCS-1"}

    assert send(city, city.signed_in(Role.SUPERVISOR), "/runs", **form)[0] == 403


def test_all_that_fit_are_counted_before_and_bounded(lived: Lived) -> None:
    city = lived.tiers.city
    who = city.signed_in(Role.DISPATCHER)
    page = city.done("GET", f"{PAGE}?status=pooled", who)

    asked = send(city, who, "/many", act="dispatch", which="all", status="pooled")
    nobody = send(city, who, "/many", act="dispatch", which="all", text="张三丰")
    nothing = send(city, who, "/many", act="dispatch", which="chosen")
    not_mine = send(city, who, "/many", act="sign", which="all")
    odd = send(city, who, "/many", act="erase", which="all")
    printed = send(city, who, "/many", act="print", which="all", status="pooled")

    assert f"成批派单：{len(numbers_on(page))} 件" in asked[2]
    assert (nobody[0], "不能按它成批办" in nobody[2]) == (422, True)
    assert (nothing[0], "请先勾选" in nothing[2]) == (422, True)
    assert (not_mine[0], odd[0]) == (403, 422)
    assert printed[:2] == (303, f"{PAGE}?status=pooled&print=1")
    assert "<table" in city.done("GET", printed[1], who)


def test_a_run_that_lacks_its_unit_is_asked_again_with_its_cases(lived: Lived) -> None:
    city = lived.tiers.city
    form = {"run_id": str(uuid4()), "act": "dispatch", "numbers": "BCS-1 BCS-2"}

    status, _, page = send(city, city.signed_in(Role.DISPATCHER), "/runs", **form)

    assert (status, "请选派给哪个单位。" in page, "BCS-1 BCS-2" in page) == (422, True, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"numbers": ""},
        {"numbers": "a'b"},
        {"numbers": " ".join(f"BCS-{n}" for n in range(201))},
        {"act": "erase"},
        {"run_id": "x"},
    ],
    ids=["none", "no number", "too many", "no act", "no id"],
)
def test_a_run_that_is_none_is_refused(lived: Lived, wrong: dict[str, str]) -> None:
    city = lived.tiers.city
    form = {"run_id": str(uuid4()), "act": "urge", "numbers": "BCS-1", **wrong}
    status, _, _ = send(city, city.signed_in(Role.SUPERVISOR), "/runs", **form)

    assert status in (404, 422)
