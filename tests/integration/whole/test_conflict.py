"""A case that complains of a unit and of a person, from the report to the tier above (N17)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.intake.repository.cases import case_by_number
from shared.clock import new_id
from shared.security.actor import Role
from shared.security.numbers import case_number
from shared.security.parties import name_hash
from tests.integration.whole.conftest import Lived
from tests.whole.node import CITY, COUNTY, WholeNode
from tests.whole.stories import Told, offer, register, take
from tests.whole.tiers import WholeTiers

pytestmark = pytest.mark.integration

TOP, BUREAU, SECTION = "CF-TOP", "CF-BUREAU", "CF-SECTION"
CSRF, NUMBER = re.compile('name="csrf" value="([^"]+)"'), re.compile(r"BCS-\d{6}-\d{8}-\d{5}-\w")
ITEM, NAME, TITLE = "回避事项", "诸葛大力", "登记科的人不给办"
AGAINST = {"units": [BUREAU], "persons": [NAME]}


@dataclass(frozen=True, slots=True)
class Against:
    """A case that complains of the bureau and of somebody, and what was heard of it."""

    tiers: WholeTiers
    case: Told
    order_id: str

    @property
    def county(self) -> WholeNode:
        """Where it was registered."""
        return self.tiers.county


@pytest.fixture(scope="module")
def told(lived: Lived) -> Against:
    tiers, county = lived.tiers, lived.tiers.county
    furnish(county)
    words = {"title": TITLE, "text": f"{NAME}说缺材料，又不说缺什么。"}
    case = register(county, item=ITEM, complained_of=AGAINST, **words)
    tiers.settle()
    county.deliver()
    tiers.settle()
    return Against(tiers, case, order(county, case)["order_id"])


def furnish(whole: WholeNode) -> None:
    admin = whole.token(Role.SYSTEM_ADMINISTRATOR)
    region = {"region": whole.node.code, "phone": "0564-8620001"}
    for code, title, parent in (
        (TOP, "县政府办", None),
        (BUREAU, "县登记局", TOP),
        (SECTION, "登记科", BUREAU),
    ):
        body = {"title": title, "parent": parent, **region}
        whole.done("PUT", f"/api/v1/units/{code}", admin, json=body)
    item = {"title": ITEM, "kind": "licence", "unit_code": SECTION}
    whole.done("PUT", "/api/v1/items/CF-ITEM", admin, json=item)
    whole.settle()


def order(whole: WholeNode, case: Told) -> dict[str, Any]:
    who = whole.token(Role.DISPATCHER)
    found = whole.done("GET", f"/api/v1/orders?case_id={case.case_id}", who)["items"]
    return dict(found[0])


NO_CASE = case_number(COUNTY, date(2030, 1, 1), 99_999)


def insiders(whole: WholeNode) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield whom the case complains of, and who works below the unit, in every way to be there."""
    yield "dispatcher of the bureau", whole.token(Role.DISPATCHER, BUREAU)
    yield "window head of the bureau, signed in", whole.signed_in(Role.WINDOW_HEAD, BUREAU)
    yield "officer of the bureau", whole.token(Role.DISPOSAL_OFFICER, BUREAU)
    yield "supervisor of its section", whole.signed_in(Role.SUPERVISOR, SECTION)
    yield "the person", whole.let_in("dali", NAME, Role.SUPERVISOR, None)
    yield (
        "the person as inspector",
        whole.let_in("dali2", f"{NAME[:2]} {NAME[2:]}", Role.INSPECTOR, None),
    )


def test_the_rules_lead_past_them_to_the_unit_above(told: Against) -> None:
    given = order(told.county, told.case)

    assert (given["unit_code"], given["route"], given["state"]) == (TOP, "detour", "dispatched")
    assert "按回避要求" in given["because"]


def test_whom_it_complains_of_meets_it_nowhere(told: Against) -> None:
    county, case = told.county, told.case
    for name, who in insiders(county):
        seen = [
            county.ask("GET", path, who).text
            for path in (
                "/api/v1/orders",
                f"/api/v1/orders?case_id={case.case_id}",
                "/api/v1/hand-overs",
                "/api/v1/messages",
                f"/api/v1/messages?case_id={case.case_id}",
                f"/api/v1/clocks?case_id={case.case_id}",
                f"/api/v1/evaluations?case_id={case.case_id}",
                "/api/v1/supervisions",
            )
        ]
        assert [page for page in seen if case.number in page or case.case_id in page] == [], name
        found = county.ask("POST", "/api/v1/cases/find", who, json={"person": "13812345678"})
        assert case.number not in found.text, name
        for path, nobodys in (
            (f"/api/v1/cases/{case.number}", f"/api/v1/cases/{NO_CASE}"),
            (f"/api/v1/orders/{told.order_id}", f"/api/v1/orders/{UUID(int=7)}"),
        ):
            answers = [county.ask("GET", each, who).json() for each in (path, nobodys)]
            # As for one that does not exist: any other word tells that it complains of them.
            assert answers[0]["code"] == answers[1]["code"], (name, path)
            assert answers[0]["status"] in {403, 404}, (name, path)


def test_nor_at_the_desk(told: Against) -> None:
    county, case = told.county, told.case
    for name, who in insiders(county):
        if "cookie" not in who:
            continue
        for view in ("open", "all", "red", "pool"):
            for more in ("", f"&case={case.number}", f"&text={case.number}"):
                page = county.done("GET", f"/desk?view={view}{more}", who)
                assert TITLE not in page, (name, view, more)


def test_everybody_else_reads_whom_it_complains_of(told: Against) -> None:
    who = told.county.signed_in(Role.INSPECTOR)

    page = told.county.done("GET", f"/desk?view=all&case={told.case.number}", who)

    assert "县登记局、1 名工作人员（已回避）" in page


def test_the_one_who_told_it_sees_who_works_on_it(told: Against) -> None:
    path = f"/api/v1/cases/{told.case.number}"

    seen = told.county.done("GET", path, told.case.holder)

    assert seen["holder"]["name"] == "县政府办"
    assert seen["holder"]["phone"] == "0564-8620001"


def test_the_name_stands_in_no_table(told: Against) -> None:
    where = []
    with told.county.owner() as db:
        tables = db.execute(
            text(
                "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN"
                " ('pg_catalog', 'information_schema') AND (schemaname, tablename) NOT IN"
                " (('portal', 'accounts'))"
            )
        ).all()
        for schema, table in tables:
            # Of those who asked, one has an account of this very name.
            row = "(to_jsonb(t) - 'actor_name')::text"
            query = f'SELECT count(*) FROM "{schema}"."{table}" t WHERE {row} LIKE :name'  # noqa: S608
            if db.scalar(text(query), {"name": f"%{NAME[1:]}%"}):
                where.append(f"{schema}.{table}")

    assert len(tables) > 50
    assert where == []


def test_a_unit_marked_later_loses_its_order_to_the_one_above(told: Against) -> None:
    county, tiers = told.county, told.tiers
    case = register(county, item=ITEM)
    tiers.settle()
    assert order(county, case)["unit_code"] == SECTION

    who = county.token(Role.SUPERVISOR)
    county.done("POST", f"/api/v1/cases/{case.number}/mark", who, json={"units": [SECTION]})
    tiers.settle()

    assert order(county, case)["unit_code"] == BUREAU
    officer = county.token(Role.DISPOSAL_OFFICER, SECTION)
    assert case.case_id not in county.ask("GET", "/api/v1/orders", officer).text
    kept = county.done("GET", f"/api/v1/clocks?case_id={case.case_id}", who)
    assert [c["unit_code"] for c in kept if c["stopped_at"] is None and c["unit_code"]] == [
        BUREAU,
        BUREAU,
    ]


def test_it_is_said_on_pages_at_home_and_at_the_desk(told: Against) -> None:
    county, words = told.county, "登记科又不给办"
    form = {"go": "send", "text": words, "region": county.node.code, "attempts": "2"}
    form |= {"kind": "person", "name": "张三丰", "phone": "13812345678", "key": new_id().hex}
    sent = county.ask("POST", "/report", {}, data={**form, "against_unit": BUREAU})
    county.client.cookies.clear()
    told.tiers.settle()
    assert sent.headers["location"] == "/report/done"

    who = county.signed_in(Role.SUPERVISOR)
    number = NUMBER.findall(county.done("GET", f"/desk?view=all&text={words}", who))[0]
    page = county.done("GET", f"/desk?view=all&case={number}", who)
    assert "县登记局（已回避）" in page

    csrf = CSRF.findall(page)[0]
    mark = {"csrf": csrf, "view": "all", "number": number, "against_person": NAME}
    nobody = county.ask("POST", "/desk/act/mark", who, data={**mark, "against_person": " "})
    unknown = county.ask("POST", "/desk/act/mark", who, data={**mark, "against_unit": "NOSUCH"})
    assert "请选一个单位，或者填姓名。" in nobody.text
    assert "没有这个单位" in unknown.text
    half = {**mark, "against_node": CITY, "against_title": ""}
    untitled = county.ask("POST", "/desk/act/mark", who, data=half)
    assert (untitled.status_code, "这一项不能空着" in untitled.text) == (422, True)
    assert county.ask("POST", "/desk/act/mark", who, data=mark).status_code == 303
    told.tiers.settle()
    assert "县登记局、1 名工作人员（已回避）" in county.done(
        "GET", f"/desk?view=all&case={number}", who
    )


def test_the_tier_that_takes_it_over_holds_back_from_its_own(told: Against) -> None:
    tiers, county, city = told.tiers, told.county, told.tiers.city
    case = register(county, item=ITEM, complained_of=AGAINST, title=TITLE)
    tiers.settle()
    offered = offer(county, case, CITY)
    tiers.settle()
    take(city, offered)
    tiers.settle()

    namesake = city.let_in("dali", NAME, Role.INSPECTOR, None)
    other = city.signed_in(Role.INSPECTOR)
    assert city.ask("GET", f"/api/v1/cases/{case.number}", namesake).status_code == 404
    assert TITLE not in city.done("GET", f"/desk?view=all&case={case.number}", namesake)
    assert TITLE in city.done("GET", f"/desk?view=all&case={case.number}", other)
    with city.units["intake"].transaction() as db:
        held = case_by_number(db, case.number)
    assert held is not None
    assert held.complained_of is not None
    assert held.complained_of.hashes == {name_hash(city.node.keys, NAME)}
    with county.units["intake"].transaction() as db:
        at_home = case_by_number(db, case.number)
    assert at_home is not None
    assert at_home.complained_of is not None
    assert held.complained_of.hashes != at_home.complained_of.hashes


@pytest.mark.parametrize("when", ["before it is taken over", "after it was taken over"])
def test_a_unit_of_the_tier_above_is_named_below_and_held_back_from_there(
    told: Against, when: str
) -> None:
    tiers, county, city = told.tiers, told.county, told.tiers.city
    furnish(city)
    case = register(county, title="上级登记局不给办")
    clerk = city.token(Role.WINDOW_HEAD, BUREAU)

    def mark() -> None:
        marked = {"elsewhere": [{"node": CITY, "title": "县登记局"}]}
        head = county.token(Role.WINDOW_HEAD)
        county.done("POST", f"/api/v1/cases/{case.number}/mark", head, json=marked)
        tiers.settle()

    if when == "before it is taken over":
        mark()
    taken_over(tiers, case)
    if when == "after it was taken over":
        assert city.ask("GET", f"/api/v1/cases/{case.number}", clerk).status_code == 200
        mark()

    seen = city.ask("GET", f"/api/v1/cases/{case.number}", clerk)
    assert (seen.status_code, seen.json()["code"]) == (404, "unknown_case")
    assert city.done("GET", f"/api/v1/orders?case_id={case.case_id}", clerk)["items"] == []
    page = city.done("GET", f"/desk?view=all&case={case.number}", city.signed_in(Role.INSPECTOR))
    assert "县登记局（已回避）" in page


def taken_over(tiers: WholeTiers, case: Told) -> None:
    tiers.settle()
    offered = offer(tiers.county, case, CITY)
    tiers.settle()
    take(tiers.city, offered)
    tiers.settle()


def test_a_wrong_mark_is_undone_by_two_and_the_unit_sees_the_case_again(told: Against) -> None:
    county, title = told.county, "房产科不给办"
    case = register(county, title=title, complained_of={"units": [SECTION], "persons": ["赵七"]})
    told.tiers.settle()
    clerk = county.signed_in(Role.WINDOW_HEAD, SECTION)
    asker, other = county.signed_in(Role.DISPATCHER), county.signed_in(Role.SUPERVISOR)
    at = f"/desk/marks?case={case.number}"
    before = county.done("GET", f"/desk?view=all&case={case.number}", clerk)

    page = county.done("GET", at, asker)
    form = {"csrf": CSRF.findall(page)[0], "number": case.number, "unit": f"{COUNTY}/{SECTION}"}
    bare = county.ask("POST", "/desk/marks/ask", asker, data={**form, "unit": "", "because": "x"})
    asked = county.ask("POST", "/desk/marks/ask", asker, data={**form, "because": "记错了科室"})
    seen = county.done("GET", at, other)
    which = re.findall('name="unmarking_id" value="([^"]+)"', seen)[0]
    approving = {"csrf": CSRF.findall(seen)[0], "number": case.number, "unmarking_id": which}
    own = county.ask("POST", "/desk/marks/approve", asker, data=form | {"unmarking_id": which})
    done = county.ask("POST", "/desk/marks/approve", other, data=approving)
    told.tiers.settle()

    after = county.done("GET", f"/desk?view=all&case={case.number}", clerk)
    assert [each.status_code for each in (bare, asked, own, done)] == [422, 303, 403, 303]
    assert "请选一个单位，或者填姓名。" in bare.text
    assert (title in before, title in after) == (False, True)
    assert "1 名工作人员（已回避）" in after
    assert "批准解除" not in county.done("GET", at, other)


def test_a_unit_of_no_neighbour_is_refused_by_its_field(told: Against) -> None:
    head = told.county.token(Role.WINDOW_HEAD)
    mark = f"/api/v1/cases/{told.case.number}/mark"
    body = {"elsewhere": [{"node": "110000", "code": "X", "title": "某局"}]}

    answer = told.county.ask("POST", mark, head, json=body)

    assert answer.status_code == 422
    assert [(each["code"], each["field"]) for each in answer.json()["errors"]] == [
        ("no_such_neighbour", "complained_of.elsewhere")
    ]
