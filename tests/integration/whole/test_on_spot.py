"""Registered and answered in one step on the real page: every fact of the long way follows."""

import html
import re
from collections.abc import Mapping
from uuid import uuid4

import pytest

from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.integration.whole.test_front_desk import NEW
from tests.whole.node import WholeNode
from tests.whole.stories import ITEM_CODE, UNIT

pytestmark = pytest.mark.integration

ANSWER = "材料补齐了，今天下午三点凭回执取证。"
TOLD = {
    **{"text": "来了两次都说系统登不上，证没有领到。", "region": "341500", "item": ITEM_CODE},
    **{"channel": "window", "attempts": "2", "kind": "person", "name": "周小舟"},
    **{"phone": "13856471122", "answer": ANSWER, "outcome": "done", "step": "answer"},
}
LONG_WAY = [
    *("intake.case_registered.v1", "intake.case_accepted.v1", "dispatch.order_dispatched.v1"),
    *("dispatch.order_signed.v1", "dispatch.contact_logged.v1", "intake.case_answered.v1"),
    *("dispatch.order_finished.v1", "dispatch.case_finished.v1"),
]


def post(node: WholeNode, who: Mapping[str, str], **changed: str) -> tuple[int, str, str]:
    """Send the form; return status, page, and the cookie that keeps the receipt."""
    csrf = re.search(r'name="csrf" value="(\w+)"', node.done("GET", NEW, who))
    assert csrf is not None
    answer = node.ask("POST", NEW, who, data={"csrf": csrf[1], **TOLD, **changed})
    node.client.cookies.clear()
    kept = answer.headers.get("set-cookie", "").partition(";")[0]
    return answer.status_code, html.unescape(answer.text), kept


def receipt(node: WholeNode, who: Mapping[str, str], kept: str) -> tuple[str, str]:
    page = html.unescape(node.done("GET", "/desk/receipt", {"cookie": f"{who['cookie']}; {kept}"}))
    number = re.search(r'class="number">([\w-]+)<', page)
    assert number is not None
    return number[1], page


def test_the_receipt_tells_the_result_before_anybody_else_has_heard(lived: Lived) -> None:
    city = lived.tiers.city
    officer = city.signed_in(Role.WINDOW_OFFICER, UNIT)
    key = {"key": uuid4().hex}

    first = post(city, officer, **key)
    again = post(city, officer, **key)

    assert (first[0], again[0]) == (303, 303)
    number, page = receipt(city, officer, first[2])
    assert receipt(city, officer, again[2])[0] == number
    for said in ("按诉求办成了", ANSWER, "扫一扫，评价办得怎样"):
        assert said in page
    assert "答复期限" not in page


def test_every_fact_of_the_long_way_follows(lived: Lived) -> None:
    city = lived.tiers.city
    officer = city.signed_in(Role.WINDOW_OFFICER, UNIT)
    number, _page = receipt(city, officer, post(city, officer)[2])
    city.settle()

    case = city.done("GET", f"/api/v1/cases/{number}", officer)
    told = [step["event"] for step in case["timeline"]]
    assert [event for event in told if event in LONG_WAY] == LONG_WAY
    assert (case["status"], case["can_rate"]) == ("finished", True)
    assert case["result"]["answer_masked"] == ANSWER
    clocks = city.done("GET", f"/api/v1/clocks?case_id={case['case_id']}", officer)
    stopped = {clock["kind"] for clock in clocks if clock["stopped_at"] is not None}
    assert {"citizen", "contact", "resolve"} <= stopped
    page = html.unescape(city.done("GET", f"/desk?view=all&case={number}", officer))
    assert "登记时当场答复：按诉求办成了" in page


def test_what_is_wrong_with_the_answer_is_told_where_it_was_typed(lived: Lived) -> None:
    city = lived.tiers.city
    officer = city.signed_in(Role.WINDOW_OFFICER, UNIT)

    lacking = post(city, officer, answer="", outcome="")
    lawless = post(city, officer, outcome="explained_law")
    only = post(city, officer, step="")
    hinted = post(city, officer, text="对法院判决不服，要求改判。")

    assert [each[0] for each in (lacking, lawless, only, hinted)] == [422] * 4
    assert 'id="answer-wrong"' in lacking[1]
    assert 'id="outcome-wrong"' in lacking[1]
    assert 'id="legal_basis-wrong"' in lawless[1]
    assert ANSWER in lawless[1]
    assert "按的是只登记" in only[1]
    assert "只登记，再打开这件选受理或者不予受理" in hinted[1]


def test_who_has_no_unit_is_not_asked_for_an_answer(lived: Lived) -> None:
    city = lived.tiers.city

    page = html.unescape(city.done("GET", NEW, city.signed_in(Role.WINDOW_OFFICER, None)))

    assert "登记并当场办结" not in page
    assert "登记并出回执" in page


def test_names_are_offered_while_they_are_typed(lived: Lived) -> None:
    city = lived.tiers.city

    def offered(sort: str, typed: str, status: int = 200) -> str:
        answer = city.ask("POST", f"/suggest/{sort}", {}, data={"typed": typed})
        assert answer.status_code == status
        return html.unescape(answer.text)

    assert f'data-value="{ITEM_CODE}"' in offered("items", "spjyxk")
    assert f'data-value="{UNIT}"' in offered("units", "scjdglj")
    assert f'data-value="{UNIT}"' in offered("every-unit", "scjdglj")
    assert 'data-value="341523"' in offered("places", "shuchengx")
    assert f'data-value="{ITEM_CODE}"' in offered("items", "")
    assert "没有找到" in offered("items", "<script>")
    assert offered("items", "食" * 9_000)
    offered("persons", "张三", 422)


def test_an_item_that_is_listed_is_found_at_once(lived: Lived) -> None:
    city, admin = lived.tiers.city, lived.tiers.city.token(Role.SYSTEM_ADMINISTRATOR)
    code = f"CYX{uuid4().hex[:6]}"
    before = city.ask("POST", "/suggest/items", {}, data={"typed": "cyxlcsb"}).text
    item = {"title": "测雨仪临测申报", "kind": "licence", "unit_code": UNIT}
    city.done("PUT", f"/api/v1/items/{code}", admin, json=item)
    city.settle()

    after = city.ask("POST", "/suggest/items", {}, data={"typed": "cyylcsb"}).text

    assert code not in before
    assert f'data-value="{code}"' in after
