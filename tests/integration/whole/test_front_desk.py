"""Reports by their channel, who is on the line, and appeals against a no, on real pages."""

import html
import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest

from services.portal.pages.calling import Holder
from services.portal.pages.register import follow_code
from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.unit.intake.making_files import picture
from tests.whole.node import WholeNode
from tests.whole.stories import Told, register

pytestmark = pytest.mark.integration

NEW, DESK, BENCHMARKS = "/desk/new", "/desk/appeals", "/desk/benchmarks"
LEFT = {
    **{"text": "填到第三步一直提示材料不全，就退出了。", "region": "341523", "attempts": "1"},
    **{"channel": "midway_exit", "kind": "person", "name": "张三丰", "phone": "13812345678"},
    **{"id_kind": "passport", "id_number": "E12345678", "window.hall": "不是这个来源的"},
}
SNAP = {
    **{"text": "办事大厅门口的坡道堵了两个星期", "name": "陈国强", "phone": "13855641020"},
    **{"lat": "31.46003", "lon": "116.95112"},
}
TOLD_AT_IT = {
    **{"text": "社保卡补办跑了三次没办成", "region": "341523", "attempts": "3", "go": "send"},
    **{"kind": "person", "name": "陈国强", "phone": "13855641020"},
}
PNG = picture("PNG")
NO = {"reason": "petition", "legal_basis": "《信访工作条例》", "explanation": "请走信访程序。"}


def send(
    node: WholeNode, who: Mapping[str, str], at: str, to: str, **fields: str
) -> tuple[int, str]:
    csrf = re.search(r'name="csrf" value="(\w+)"', node.done("GET", at, who))
    assert csrf is not None
    answer = node.ask("POST", to, who, data={"csrf": csrf[1], **fields})
    node.client.cookies.clear()
    return answer.status_code, html.unescape(answer.text)


def opened(node: WholeNode, told: Told) -> dict[str, str]:
    answer = node.ask("POST", "/follow", {}, data={"number": told.number, "code": told.code})
    node.client.cookies.clear()
    return {"cookie": answer.headers["set-cookie"].partition(";")[0]}


def test_an_application_left_midway_is_taken_down_once(lived: Lived) -> None:
    city, officer = lived.tiers.city, lived.tiers.city.signed_in(Role.WINDOW_OFFICER)
    known = {"midway_exit.application_id": f"AH-{uuid4().hex[:12]}"}

    lacking = send(city, officer, NEW, NEW, **LEFT)
    first = send(city, officer, NEW, NEW, **LEFT, **known)
    again = send(city, officer, NEW, NEW, **LEFT, **known)

    assert lacking[0] == 422
    assert 'id="midway_exit.application_id-wrong"' in lacking[1]
    assert first[0] == 303
    assert again[0] == 422
    told = re.search(r"这个编号以前登记过，就是 (BCS-[\w-]+)，不用再登记。", again[1])
    assert told is not None
    city.settle()
    page = html.unescape(city.done("GET", f"/desk?view=all&case={told[1]}", officer))
    assert f"申报编号：{known['midway_exit.application_id']}" in page
    assert "不是这个来源的" not in page


def test_the_picture_of_a_receipt_leads_to_its_case(lived: Lived) -> None:
    city, officer = lived.tiers.city, lived.tiers.city.signed_in(Role.WINDOW_OFFICER)
    csrf = re.search(r'name="csrf" value="(\w+)"', city.done("GET", NEW, officer))
    assert csrf is not None
    told = {**LEFT, "channel": "window", "csrf": csrf[1]}
    answer = city.ask("POST", NEW, officer, data=told)
    city.client.cookies.clear()
    kept = answer.headers["set-cookie"].partition(";")[0]

    page = city.done("GET", "/desk/receipt", {"cookie": f"{officer['cookie']}; {kept}"})

    number = re.search(r'class="number">([\w-]+)<', page)
    code = re.search(r'class="secret">(\w+)<', page)
    assert number is not None
    assert code is not None
    assert follow_code(city.settings.public_url, Holder(number[1], code[1])) in html.unescape(page)


def declined(city: WholeNode) -> Told:
    told = register(city, item=None)
    city.done("POST", f"/api/v1/cases/{told.number}/decline", city.token(Role.DISPATCHER), json=NO)
    city.settle()
    return told


def appeal_of(city: WholeNode, told: Told) -> str:
    listed = city.done("GET", "/api/v1/appeals", city.token(Role.SUPERVISOR))["appeals"]
    return next(str(each["appeal_id"]) for each in listed if each["number"] == told.number)


def test_a_person_says_on_the_page_of_the_case_that_a_no_is_wrong(lived: Lived) -> None:
    city = lived.tiers.city
    told = declined(city)
    person = opened(city, told)

    empty = city.ask("POST", "/follow/appeal", person, data={"because": " "})
    asked = city.ask("POST", "/follow/appeal", person, data={"because": "没有信访过。"})
    again = city.ask("POST", "/follow/appeal", person, data={"because": "没有信访过。"})

    assert (empty.status_code, asked.status_code, again.status_code) == (422, 303, 409)
    assert "上级正在复核" in html.unescape(city.done("GET", "/follow/case", person))
    assert appeal_of(city, told)


def test_a_no_that_was_wrong_is_undone_and_the_promise_counts_from_the_registration(
    lived: Lived,
) -> None:
    city, judge = lived.tiers.city, lived.tiers.city.signed_in(Role.SUPERVISOR)
    officer, told = lived.tiers.city.signed_in(Role.HOTLINE_AGENT), declined(lived.tiers.city)
    taken = send(city, officer, DESK, f"{DESK}/ask", number=told.number, because="没有信访过。")
    fields = {"appeal_id": appeal_of(city, told), "upheld": "no"}
    lacking = send(city, judge, DESK, f"{DESK}/decide", **fields)
    done = send(city, judge, DESK, f"{DESK}/decide", **fields, words="没有信访，受理。")
    city.settle()

    assert (taken[0], lacking[0], done[0]) == (303, 422, 303)
    case = city.done("GET", f"/api/v1/cases/{told.number}", told.holder)
    clocks = city.done("GET", f"/api/v1/clocks?case_id={told.case_id}", judge)
    began = [clock["started_at"] for clock in clocks if clock["kind"] == "citizen"]
    assert (case["status"], case["decline"]) == ("pooled", None)
    assert began == [case["registered_at"]]
    page = html.unescape(city.done("GET", f"/desk?view=all&case={told.number}", judge))
    assert "异议复核：改为受理" in page
    assert "不予受理，不计时" not in page


def test_who_is_on_the_line_has_cases_open_and_closed(lived: Lived) -> None:
    city, agent = lived.tiers.city, lived.tiers.city.signed_in(Role.HOTLINE_AGENT)
    theirs = {"kind": "person", "name": "赵四海", "phone": "13905647788"}
    told, at = register(city, reporter=theirs), f"{NEW}/caller"
    before = register(city, reporter=theirs, item=None)
    city.done(
        "POST", f"/api/v1/cases/{before.number}/decline", city.token(Role.DISPATCHER), json=NO
    )
    city.settle()

    found = send(city, agent, NEW, at, phone="139 0564 7788")
    unknown = send(city, agent, NEW, at, phone="13905647789")
    half = send(city, agent, NEW, at, phone="139")

    assert found[0] == 200
    still, _, earlier = found[1].partition("这个电话以前反映过")
    assert (told.number in still, "还有 1 件没办完" in still) == (True, True)
    assert (before.number in earlier, told.number in earlier) == (True, False)
    assert [shown[1].strip() for shown in (unknown, half)] == ["", ""]


def test_a_photograph_with_its_place_becomes_a_case_once(lived: Lived) -> None:
    county = lived.tiers.county
    told = {**SNAP, "key": uuid4().hex}
    photo = {"file": ("坡道.png", PNG, "image/png")}

    blank = county.ask("POST", "/snap", {}, data={**told, "lat": "", "near": ""}, files=photo)
    first = county.ask("POST", "/snap", {}, data=told, files=photo)
    again = county.ask("POST", "/snap", {}, data=told, files=photo)
    refused = county.ask(
        "POST", "/snap", {}, data={**told, "key": uuid4().hex}, files={"file": ("a.png", b"no")}
    )

    assert blank.status_code == 422
    assert "在图上点" in html.unescape(blank.text)
    assert (first.status_code, first.headers["location"]) == (303, "/report/done")
    kept = {"cookie": first.headers["set-cookie"].partition(";")[0]}
    county.client.cookies.clear()
    number = re.findall(r"BCS-[\w-]+", county.done("GET", "/report/done", kept))[0]
    twice = {"cookie": again.headers["set-cookie"].partition(";")[0]}
    county.client.cookies.clear()
    assert number in county.done("GET", "/report/done", twice)
    assert "已经收到 1 个" in html.unescape(county.done("GET", "/follow/files", kept))
    assert refused.status_code == 200
    assert "登记好了，但照片没有收下" in html.unescape(refused.text)
    assert re.search(r"BCS-[\w-]+", refused.text)


def test_the_plan_of_the_land_names_the_seats_around(lived: Lived) -> None:
    drawn = lived.tiers.county.ask("GET", "/snap/map", {})

    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert "舒城县" in drawn.text
    form = lived.tiers.county.ask("GET", "/snap", {})
    assert "geolocation=(self)" in form.headers["permissions-policy"]
    assert (
        "geolocation=()"
        in lived.tiers.county.ask("GET", "/report", {}).headers["permissions-policy"]
    )


def test_a_kiosk_says_who_it_is_and_forgets_whoever_was_there(lived: Lived) -> None:
    county = lived.tiers.county
    wrong = county.ask("POST", "/kiosk", {}, data={"number": "三号机"})
    made = county.ask("POST", "/kiosk", {}, data={"number": "DT-03", "go": "on"})
    machine = made.headers["set-cookie"].partition(";")[0]
    county.client.cookies.clear()
    at = {"cookie": machine}

    sent = county.ask("POST", "/report", at, data={**TOLD_AT_IT, "key": uuid4().hex})
    held = sent.headers["set-cookie"].partition(";")[0]
    county.client.cookies.clear()
    number = re.findall(r"BCS-[\w-]+", county.done("GET", "/report/done", {"cookie": held}))[0]
    county.settle()
    officer = county.signed_in(Role.WINDOW_OFFICER)
    card = html.unescape(county.done("GET", f"/desk?view=all&case={number}", officer))
    start = county.ask("GET", "/", {"cookie": f"{machine}; {held}"})

    assert wrong.status_code == 422
    assert "自助机编号：DT-03" in card
    assert "点一下屏幕上的大按钮开始" in html.unescape(start.text)
    assert "data-kiosk" in start.text  # what is typed here is never kept in the browser
    gone = [each for each in start.headers.get_list("set-cookie") if "Max-Age=0" in each]
    assert {each.partition("=")[0] for each in gone} == {
        *("backstop_case", "backstop_lang", "backstop_print"),
    }
    assert county.ask("POST", "/report", at, data={"go": "what"}).headers["cache-control"] == (
        "no-store"
    )


def test_what_another_region_does_is_noted_found_beside_a_case_and_withdrawn(lived: Lived) -> None:
    city, supervisor = lived.tiers.city, lived.tiers.city.signed_in(Role.SUPERVISOR)
    name = f"带押过户{uuid4().hex[:8]}"
    known = {"item": name, "region": "320100", "evidence": "宁规〔2025〕12 号"}

    lacking = send(city, supervisor, BENCHMARKS, BENCHMARKS, item=name)
    own = send(city, supervisor, BENCHMARKS, BENCHMARKS, **{**known, "region": "341500"})
    key = {"key": uuid4().hex}
    noted = send(city, supervisor, BENCHMARKS, BENCHMARKS, **known, **key)
    again = send(city, supervisor, BENCHMARKS, BENCHMARKS, **known, **key)
    page = html.unescape(city.done("GET", f"{BENCHMARKS}?item={name}", supervisor))
    told = register(city, item=name, attempts=2)
    mine = re.search(r'name="benchmark_id" value="([\w-]+)"', page)
    assert mine is not None
    gone = {"benchmark_id": mine[1], "because": "停办"}
    withdrawn = send(city, supervisor, BENCHMARKS, f"{BENCHMARKS}/withdraw", **gone)

    assert lacking[0] == own[0] == 422
    assert "别的地区能办的事" in own[1]
    assert noted[0] == again[0] == withdrawn[0] == 303
    assert page.count("宁规〔2025〕12 号") == 1  # a double tap notes it once
    assert 'name="key"' in city.done("GET", BENCHMARKS, supervisor)
    assert "宁规〔2025〕12 号" in page
    city.settle()
    officer = city.signed_in(Role.WINDOW_OFFICER)
    assert "受理" in city.done("GET", f"/desk?view=all&case={told.number}", officer)
    assert city.ask("POST", BENCHMARKS, officer, data=known).status_code == 403


def test_what_one_county_found_out_is_confirmed_above_and_told_down(lived: Lived) -> None:
    tiers, county, city = lived.tiers, lived.tiers.county, lived.tiers.city
    above = city.signed_in(Role.SUPERVISOR)
    known = found_out(county, "宁公〔2025〕9 号")
    tiers.settle()
    [seen] = entries(city, known["item"])
    page = html.unescape(city.done("GET", f"{BENCHMARKS}?item={known['item']}", above))
    assert (seen["whose"], seen["counts"], seen["noted_name"]) == ("below", False, "")
    assert "舒城" in page[page.index("下级登记的（1 条）") :]

    taken = (BENCHMARKS, f"{BENCHMARKS}/confirm")
    confirmed = [
        send(city, above, *taken, benchmark_id=seen["benchmark_id"], edition="1") for _ in "12"
    ]
    assert [status for status, _ in confirmed] == [303, 409]
    own = {"benchmark_id": own_among(entries(city, known["item"]))}
    form = city.done("GET", f"{BENCHMARKS}?edit={own['benchmark_id']}", above)
    assert 'name="edition" value="1"' in form
    better = {**known, **own, "evidence": "宁公〔2026〕1 号", "edition": "1"}
    corrected = [send(city, above, BENCHMARKS, f"{BENCHMARKS}/correct", **better) for _ in "12"]
    assert [status for status, _ in corrected] == [303, 409]
    tiers.settle()
    told = {each["whose"]: each for each in entries(county, known["item"])}
    assert (told["above"]["evidence_masked"], told["above"]["counts"]) == (
        "宁公〔2026〕1 号",
        True,
    )
    assert {each["whose"] for each in entries(tiers.province, known["item"])} == {"below"}

    gone = (BENCHMARKS, f"{BENCHMARKS}/withdraw")
    assert send(city, above, *gone, **own, because="那边停办了")[0] == 303
    tiers.settle()
    assert [each["whose"] for each in entries(county, known["item"])] == ["own"]


def test_a_no_that_another_region_contradicts_is_said_by_who_has_read_that(lived: Lived) -> None:
    county, officer = lived.tiers.county, lived.tiers.county.signed_in(Role.WINDOW_OFFICER)
    known = found_out(county, "宁公〔2025〕7 号")
    case = register(county, item=known["item"], attempts=1)
    county.settle()
    at, no = f"/desk?view=all&case={case.number}", {**NO, "number": case.number, "view": "all"}

    lacking = send(county, officer, at, "/desk/act/decline", **no | {"explanation": ""})
    barred = {**no, "reason": "law_bars"}
    status, asked = send(county, officer, at, "/desk/act/decline", **barred)
    assert (lacking[0], status) == (422, 409)
    assert "宁公〔2025〕7 号" in lacking[1]
    assert "和所选的理由矛盾" in asked
    seen = re.search(r'name="benchmarks_seen" value="([\w,-]+)"', asked)
    assert seen is not None
    done = send(county, officer, at, "/desk/act/decline", **barred, benchmarks_seen=seen[1])
    assert done[0] == 303


def found_out(node: WholeNode, evidence: str) -> dict[str, str]:
    known = {"item": f"跨省迁移{uuid4().hex[:8]}", "region": "320100", "evidence": evidence}
    node.done("POST", "/api/v1/benchmarks", node.token(Role.SUPERVISOR), json=known)
    return known


def entries(node: WholeNode, name: str) -> list[dict[str, Any]]:
    who = node.token(Role.SUPERVISOR)
    return list(node.done("GET", f"/api/v1/benchmarks?item={name}", who)["benchmarks"])


def own_among(found: list[dict[str, Any]]) -> str:
    return next(str(each["benchmark_id"]) for each in found if each["whose"] == "own")
