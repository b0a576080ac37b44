"""Several people report one matter: one speaks for all, each follows by a code, and may leave."""

import re
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.intake.handlers import send_codes
from shared.clock import new_id, utcnow
from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.integration.whole.test_afterwards import sent as delivered
from tests.whole.node import WholeNode
from tests.whole.stories import Answer, Told, accept, place, report, work

pytestmark = pytest.mark.integration

FIRST = {"kind": "person", "name": "拓跋听松", "phone": "13955607501"}
SECOND = {"kind": "person", "name": "独孤望山", "phone": "13955607502"}
THIRD = {"kind": "person", "name": "赫连观云", "phone": "13955607503"}
WORDS = "拓跋听松、独孤望山和赫连观云都去过，电话 13955607502。"
WHY = {"purpose": "联系诉求人"}


@pytest.fixture(scope="module")
def county(lived: Lived) -> WholeNode:
    for each in lived.tiers.nodes.values():
        each.term = new_id()
    return lived.tiers.county


@pytest.fixture
def together(county: WholeNode) -> tuple[Told, list[dict[str, str]], Answer]:
    """A case that three report, with the headers of the second and the third."""
    body = report(reporter=FIRST, others=[SECOND, THIRD], text=WORDS, item="河堤那件事")
    answer = county.done("POST", "/api/v1/cases", {}, json=body)
    told = Told(answer["number"], answer["query_code"], answer["case_id"])
    codes = [each["query_code"] for each in answer["others"]]
    holders = [{"backstop-number": told.number, "backstop-code": code} for code in codes]
    accept(county, told)
    county.settle()
    return told, holders, answer


def sent(county: WholeNode, told: Told) -> set[tuple[str, str]]:
    items = county.done("GET", "/api/v1/messages", county.token(Role.WINDOW_OFFICER))["items"]
    mine = [one for one in items if one["number"] == told.number]
    return {(one["purpose"], one["masked_phone"]) for one in mine}


def test_each_is_told_with_a_code_of_their_own_and_one_speaks_for_all(
    county: WholeNode, together: tuple[Told, list[dict[str, str]], Answer]
) -> None:
    case, (second, _third), answer = together
    place(county, case)
    county.settle()
    work(county, case, "sign", "contacts", "finish")
    county.settle()
    at = f"/api/v1/cases/{case.number}"

    assert [each["masked_name"] for each in answer["others"]] == ["独孤**", "赫连**"]
    phones = {f"139****750{n}" for n in (1, 2, 3)}
    told = sent(county, case)
    for purpose in ("receipt", "result"):
        assert {phone for what, phone in told if what == purpose} == phones
    assert {phone for what, phone in told if what == "invitation"} == {"139****7501"}
    theirs = county.done("GET", at, second)
    assert (theirs["together"], theirs["mine"]) == (3, 2)
    assert theirs["contact"]["masked_phone"] == "139****7502"
    assert not theirs["can_rate"]
    assert county.done("GET", at, case.holder)["can_rate"]
    rating = {"level": 1, "solved": False}
    refused = county.ask("POST", "/api/v1/evaluations", second, json=rating)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_spokesperson")
    files = county.ask("GET", f"{at}/attachments", second)
    assert files.json()["code"] == "not_spokesperson"


def typed_code(county: WholeNode, case: Told, purpose: str, phone: str) -> str:
    """The digits of the message that went to a telephone last."""
    county.settle()
    to = [text for what, at, text in delivered(county, case) if (what, at) == (purpose, phone)]
    return to[-1].partition("验证码")[2][:6]


def comes_back(county: WholeNode, case: Told) -> dict[str, str]:
    """The browser in which the second has opened the case by a code to their own telephone."""
    typed = {"phone": SECOND["phone"], "number": case.number}
    asked = cookie_of(county.ask("POST", "/follow/lost", {}, data=typed))
    with county.units["intake"].transaction() as db:
        house = county.settings.intake.code_house(county.node.code, county.node.keys)
        send_codes(db, house, utcnow(), 50)
    form = {"code": typed_code(county, case, "one_time_code", "+86" + SECOND["phone"])}
    return cookie_of(county.ask("POST", "/follow/lost/code", asked, data=form))


def changes_telephone(
    county: WholeNode, case: Told, mine: dict[str, str], new: str
) -> dict[str, str]:
    """The browser of somebody who has shown a new telephone, which opens the case anew."""
    asked = county.ask("POST", "/follow/contact", mine, data={"phone": new})
    change = asked.headers["location"].partition("change=")[2].partition("&")[0]
    form = {"change": change, "code": typed_code(county, case, "contact_code", "+86" + new)}
    changed = county.ask("POST", "/follow/contact/code", mine, data=form)
    county.settle()
    return cookie_of(changed)


def cookie_of(answer: httpx.Response) -> dict[str, str]:
    return {"cookie": answer.headers["set-cookie"].partition(";")[0]}


def test_each_comes_back_by_their_own_telephone_and_changes_it_alone(
    county: WholeNode, together: tuple[Told, list[dict[str, str]], Answer]
) -> None:
    case, (second, third), _answer = together
    at, new = f"/api/v1/cases/{case.number}", "13955607599"
    mine = comes_back(county, case)

    shown = county.done("GET", "/follow/case", mine)
    assert "139****7502" in shown
    assert "换新查询码" in shown
    assert "139****7501" not in shown
    refused = county.ask("POST", "/follow/withhold", mine, data={})
    assert "由联系人代表大家办" in refused.text
    mine = changes_telephone(county, case, mine, new)

    told = {(what, to) for what, to, _text in delivered(county, case)}
    assert {("contact_changed", "+86" + SECOND["phone"]), ("code_renewed", "+86" + new)} <= told
    assert "139****7599" in county.done("GET", "/follow/case", mine)
    assert county.ask("GET", at, second).status_code == 404
    for holder in (third, case.holder):
        seen = county.done("GET", at, holder)
        said = [step["text"] for step in seen["timeline"] if "换了联系电话" in step["text"]]
        assert said == ["一起反映的第 2 位换了联系电话。"]
        assert "7599" not in str(seen)


def test_who_answers_the_telephone_sees_whose_changed_and_may_change_each(
    county: WholeNode, together: tuple[Told, list[dict[str, str]], Answer]
) -> None:
    case, (second, _third), _answer = together
    at, front = f"/api/v1/cases/{case.number}/contact", county.token(Role.HOTLINE_AGENT)
    form = county.done(
        "GET", f"/desk/contact?case={case.number}", county.signed_in(Role.HOTLINE_AGENT)
    )
    new = {"phone": "13955607598", "complainant": 3}

    other = county.ask("POST", at, second, json=new)
    nobody = county.ask("POST", at, front, json={**new, "complainant": 4})
    asked = county.done("POST", at, front, json=new)
    typed = {"code": typed_code(county, case, "contact_code", f"+86{new['phone']}")}
    county.done("POST", f"{at}/{asked['change_id']}", front, json=typed)
    county.settle()

    assert '<option value="3">3. 赫连**</option>' in form
    assert {(one.status_code, one.json()["code"]) for one in (other, nobody)} == {
        (422, "no_such_party")
    }
    page = county.done(
        "GET", f"/desk?view=all&case={case.number}", county.signed_in(Role.SUPERVISOR)
    )
    assert "第 3 位的电话由 139****7503 换成 139****7598" in page


def test_each_adds_in_their_own_name_and_no_text_names_any(
    county: WholeNode, together: tuple[Told, list[dict[str, str]], Answer]
) -> None:
    case, (second, _third), _answer = together
    at = f"/api/v1/cases/{case.number}"

    county.done("POST", f"{at}/additions", second, json={"text": "独孤望山又去了一次"})
    county.settle()

    shown = county.done("GET", at, case.holder)
    said = [step["text"] for step in shown["timeline"] if "补充" in step["text"]]
    assert said == ["一起反映的第 2 位补充了：独孤**又去了一次"]
    page = county.done(
        "GET", f"/desk?view=all&case={case.number}", county.signed_in(Role.SUPERVISOR)
    )
    assert "独孤**、赫连**" in page
    assert not [name for name in ("听松", "望山", "观云", "13955607502") if name in page]


def test_all_are_found_and_seen_by_who_may(
    county: WholeNode, together: tuple[Told, list[dict[str, str]], Answer]
) -> None:
    case, _holders, _answer = together
    front = county.token(Role.HOTLINE_AGENT)

    found = county.done("POST", "/api/v1/cases/find", front, json={"person": THIRD["phone"]})
    person = county.done("POST", f"/api/v1/cases/{case.number}/person", front, json=WHY)

    assert case.number in found["numbers"]
    assert [each["name"] for each in person["others"]] == [SECOND["name"], THIRD["name"]]


def test_one_leaves_and_the_case_of_the_others_goes_on(
    county: WholeNode, together: tuple[Told, list[dict[str, str]], Answer]
) -> None:
    case, (second, third), _answer = together
    at, front = f"/api/v1/cases/{case.number}", county.token(Role.HOTLINE_AGENT)

    other = county.ask("POST", f"{at}/complainants/3/leave", second)
    assert (other.status_code, other.json()["code"]) == (422, "no_such_party")
    county.done("POST", f"{at}/complainants/2/leave", second)
    county.settle()
    place(county, case)
    county.settle()

    assert county.ask("GET", at, second).json()["code"] == "wrong_code"
    assert county.done("GET", at, third)["together"] == 2
    person = county.done("POST", f"{at}/person", front, json=WHY)
    assert (person["name"], [each["name"] for each in person["others"]]) == (
        FIRST["name"],
        [THIRD["name"]],
    )
    found = county.done("POST", "/api/v1/cases/find", front, json={"person": SECOND["phone"]})
    assert case.number not in found["numbers"]
    dispatched = {phone for what, phone in sent(county, case) if what == "dispatched"}
    assert dispatched == {"139****7501", "139****7503"}
    with county.owner() as db:
        kept = text("SELECT others::text FROM intake.cases WHERE number = :number")
        row = str(db.scalar(kept, {"number": case.number}))
    assert "独孤" not in row


def test_whose_names_are_withheld_are_all_of_them(county: WholeNode) -> None:
    body = report(reporter=FIRST, others=[SECOND], text=WORDS, name_withheld=True, item="河堤")
    answer = county.done("POST", "/api/v1/cases", {}, json=body)
    county.settle()
    page = county.done(
        "GET", f"/desk?view=all&case={answer['number']}", county.signed_in(Role.SUPERVISOR)
    )

    shown = page.partition('id="case-title"')[2]
    assert "要求保密" in shown
    assert not [name for name in ("独孤", "拓跋", "7502") if name in shown]


@pytest.mark.parametrize(
    ("others", "field"),
    [
        ([{**SECOND, "phone": "12345"}], "others.0.phone"),
        ([SECOND] * 10, "others"),
    ],
    ids=["a telephone of nobody", "too many"],
)
def test_who_cannot_report_too_is_named(
    county: WholeNode, others: list[dict[str, Any]], field: str
) -> None:
    body = report(reporter=FIRST, others=others)

    refused = county.ask("POST", "/api/v1/cases", {}, json=body)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == field


def test_the_receipt_of_the_window_shows_each_code(county: WholeNode) -> None:
    window = county.signed_in(Role.WINDOW_OFFICER)
    form = county.done("GET", "/desk/new", window)
    csrf = form.partition('name="csrf" value="')[2].partition('"')[0]
    typed = {
        **{"csrf": csrf, "key": new_id().hex, "text": WORDS, "region": "341523", "kind": "person"},
        **{"name": FIRST["name"], "phone": FIRST["phone"], "channel": "window", "attempts": "1"},
        "others": f"{SECOND['name']} {SECOND['phone']}\n{THIRD['name']}，{THIRD['phone']} 英语",
        "language": "en",
    }
    wrong = county.ask("POST", "/desk/new", window, data={**typed, "others": "独孤望山"})
    assert wrong.status_code == 422
    assert "每行写一个人" in wrong.text

    taken = county.ask("POST", "/desk/new", window, data=typed)
    cookies = [each.partition(";")[0] for each in taken.headers.get_list("set-cookie")]
    shown = {"cookie": "; ".join([window["cookie"], *cookies])}
    receipt = county.done("GET", "/desk/receipt", shown)

    assert "独孤**的查询码" in receipt
    assert "赫连**的查询码" in receipt
    [number, *_] = re.findall(r"BCS-[\w-]+", receipt)
    front = county.token(Role.WINDOW_OFFICER)
    person = county.done("POST", f"/api/v1/cases/{number}/person", front, json=WHY)
    spoken = [person["language"], *(each["language"] for each in person["others"])]
    assert spoken == ["en", "zh", "en"]
