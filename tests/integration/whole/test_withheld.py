"""Whose name is withheld is known to nobody who works on the case, whichever way they look."""

from typing import Any

import pytest

from shared.clock import new_id
from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.whole.node import CITY, WholeNode
from tests.whole.stories import UNIT, Told, accept, offer, place, register, take, work
from tests.whole.tiers import WholeTiers

pytestmark = pytest.mark.integration

NAME, SURNAME, PHONE, PLACE = "尉迟望舒", "尉迟", "13955607199", "桃溪镇七里冲 3 组 12 号"
PERSON = {"kind": "person", "name": NAME, "phone": PHONE, "address": PLACE}
AGENT = {"kind": "person", "name": "慕容听雨", "phone": "13955607198"}
TEXT = f"{NAME}打了三次电话 {PHONE}，尉迟女士和望舒都去过。"
SECRETS = (NAME, SURNAME, "望舒", "慕容", PHONE, "7199", "7198", PLACE[:3])
WHY = {"purpose": "联系诉求人"}
OFFICER = Role.DISPOSAL_OFFICER


@pytest.fixture(scope="module")
def tiers(lived: Lived) -> WholeTiers:
    for each in lived.tiers.nodes.values():
        each.term = new_id()
    return lived.tiers


def withheld(whole: WholeNode, **more: Any) -> Told:
    told = {"reporter": PERSON, "agent": AGENT, "title": f"{NAME}反映扬尘", "text": TEXT}
    case = register(whole, **{**told, "item": "扬尘那件事", **more})
    accept(whole, case)
    return case


def at_a_unit(whole: WholeNode) -> Told:
    case = withheld(whole, name_withheld=True)
    whole.settle()
    place(whole, case)
    whole.settle()
    work(whole, case, "sign")
    whole.settle()
    return case


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def test_a_unit_learns_nothing_of_who_wants_not_to_be_known(tiers: WholeTiers) -> None:
    county = tiers.county
    case = at_a_unit(county)
    unit, browser = county.token(OFFICER, UNIT), county.signed_in(OFFICER, UNIT)
    at = f"/api/v1/cases/{case.number}"
    photo = {"file": ("证件.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")}
    file_id = county.done("POST", f"{at}/attachments", case.holder, files=photo)["attachment_id"]
    said = {"text": f"我是{NAME}，电话 {PHONE}"}
    county.done("POST", f"{at}/additions", case.holder, json=said)
    county.done("POST", f"{at}/urges", case.holder, json=said)
    county.settle()

    for refused in (
        county.ask("POST", f"{at}/person", unit, json=WHY),
        county.ask("GET", f"{at}/attachments", unit, params=WHY),
        county.ask("GET", f"{at}/attachments/{file_id}", unit, params=WHY),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "name_withheld")
        assert "服务中心" in refused.json()["detail"]
    for sought in (NAME, PHONE, AGENT["name"]):
        found = county.done("POST", "/api/v1/cases/find", unit, json={"person": sought})
        assert found["numbers"] == []
    seen = [
        county.done("GET", at, unit),
        county.done("GET", f"/api/v1/orders?case_id={case.case_id}", unit),
        county.done("GET", f"/open311/v2/requests/{case.number}.json", unit),
        county.done(
            "GET", f"/open311/v2/servicerequestupdates.json?service_request_id={case.number}", unit
        ),
        county.done("GET", f"/desk?view=mine&case={case.number}", browser),
        county.done("GET", "/desk?view=mine", browser),
        county.done("GET", f"/desk/outside/{case.number}", browser),
    ]
    assert [leaks(str(each)) for each in seen] == [[]] * len(seen)
    assert "要求保密" in seen[4]
    assert "看诉求人" not in seen[4]


def test_the_centre_sees_who_it_is_with_a_purpose_and_no_page_says_it(
    tiers: WholeTiers,
) -> None:
    county = tiers.county
    case = at_a_unit(county)
    front = county.token(Role.HOTLINE_AGENT)

    told = county.done("POST", f"/api/v1/cases/{case.number}/person", front, json=WHY)
    found = county.done("POST", "/api/v1/cases/find", front, json={"person": PHONE})["numbers"]
    page = county.done(
        "GET", f"/desk?view=all&case={case.number}", county.signed_in(Role.SUPERVISOR)
    )

    assert (told["name"], told["phone"], told["withheld"]) == (NAME, f"+86{PHONE}", True)
    assert told["agent"]["name"] == AGENT["name"]
    assert case.number in found
    assert leaks(str(page)) == []


def test_a_member_of_a_unit_is_kept_from_it_also_in_another_role(tiers: WholeTiers) -> None:
    county = tiers.county
    case = at_a_unit(county)
    both = county.let_in("both-roles", "李", Role.WINDOW_OFFICER, UNIT)
    roles = {"roles": [Role.WINDOW_OFFICER, OFFICER]}
    county.done(
        "PUT",
        "/api/v1/accounts/both-roles/roles",
        county.token(Role.SECURITY_ADMINISTRATOR),
        json=roles,
    )
    both = county.begin_session("both-roles", "long enough 9")

    assert (
        county.ask("POST", f"/api/v1/cases/{case.number}/person", both, json=WHY).status_code
        == 403
    )


def test_who_wants_it_later_is_withheld_in_every_copy(tiers: WholeTiers) -> None:
    county, city = tiers.county, tiers.city
    case = withheld(county)
    tiers.settle()
    offered = offer(county, case, CITY)
    tiers.settle()
    take(city, offered)
    tiers.settle()
    place(city, case)
    tiers.settle()
    unit = city.token(OFFICER, UNIT)
    known = city.done("POST", f"/api/v1/cases/{case.number}/person", unit, json=WHY)
    assert known["name"] == NAME

    county.done("POST", f"/api/v1/cases/{case.number}/withhold", case.holder)
    county.done("POST", f"/api/v1/cases/{case.number}/withhold", case.holder)
    tiers.settle()

    refused = city.ask("POST", f"/api/v1/cases/{case.number}/person", unit, json=WHY)
    assert refused.json()["code"] == "name_withheld"
    centre = city.done(
        "POST", f"/api/v1/cases/{case.number}/person", city.token(Role.DISPATCHER), json=WHY
    )
    assert leaks(str(centre)) == []
    page = city.done("GET", f"/desk?view=mine&case={case.number}", city.signed_in(OFFICER, UNIT))
    assert leaks(page) == []
    assert "要求保密" in page


def test_a_person_withheld_from_the_first_goes_to_no_other_node(tiers: WholeTiers) -> None:
    county, city = tiers.county, tiers.city
    case = withheld(county, name_withheld=True)
    tiers.settle()
    offered = offer(county, case, CITY)
    tiers.settle()
    take(city, offered)
    tiers.settle()

    front = city.token(Role.DISPATCHER)
    told = city.done("POST", f"/api/v1/cases/{case.number}/person", front, json=WHY)

    assert leaks(str(told)) == []
    assert told["withheld"]
    assert "请联系登记单位" in told["name"]
    assert city.done("POST", "/api/v1/cases/find", front, json={"person": PHONE})["numbers"] == []
    assert "扬尘" in told["title"]


def test_it_is_asked_for_on_the_pages(tiers: WholeTiers) -> None:
    county = tiers.county
    case = withheld(county)
    county.settle()
    shown = county.ask("POST", "/follow", {}, data={"number": case.number, "code": case.code})
    mine = {"cookie": shown.headers["set-cookie"].partition(";")[0]}

    assert county.ask("POST", "/follow/withhold", mine, data={"key": "k"}).status_code == 303
    county.settle()

    assert "由服务中心转达" in county.done("GET", "/follow/case", mine)
    assert county.done("GET", f"/api/v1/cases/{case.number}", case.holder)["withheld"]
