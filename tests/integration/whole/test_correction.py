"""A corrected person is right in each tier that has a copy, and messages reach the right one."""

import re
from typing import Any

import pytest

from services.notify.handlers import Post, deliver_due
from shared.clock import new_id, utcnow
from shared.security.actor import Role
from tests.integration.notify.test_deliver import Gateway
from tests.integration.whole.conftest import Lived
from tests.integration.whole.test_erasure import (
    dump,
    erase,
    on_the_page,
    opens,
    records,
    sealed_in,
)
from tests.whole.node import CITY, PROVINCE, WholeNode
from tests.whole.stories import Told, accept, decline, offer, place, register, take, work
from tests.whole.tiers import WholeTiers

pytestmark = pytest.mark.integration

WRONG, RIGHT = "13955607001", "13955607002"
NAME, RIGHT_NAME = "诸葛慕容", "诸葛慕云"
PERSON = {"kind": "person", "name": NAME, "phone": WRONG}
TITLE, RIGHT_TITLE = "棠树乡的低保办不下来", "棠树乡的医保办不下来"
TEXT = "诸葛慕容在棠树乡跑了六趟。"


@pytest.fixture(scope="module")
def tiers(lived: Lived) -> WholeTiers:
    for each in lived.tiers.nodes.values():
        each.term = new_id()  # what another test let get lost on its way goes once more
    return lived.tiers


def held_by_the_city(tiers: WholeTiers) -> Told:
    """A case of the county that the city works on and the province only sees."""
    county, city = tiers.county, tiers.city
    told = register(county, reporter=PERSON, title=TITLE, text=TEXT, item="医保那件事")
    accept(county, told)
    tiers.settle()
    offered = offer(county, told, CITY)
    tiers.settle()
    take(city, offered)
    tiers.settle()
    county.deliver()
    return told


def desk_act(whole: WholeNode, who: dict[str, str], told: Told, **form: str) -> Any:
    shown = whole.done("GET", f"/desk?view=all&case={told.number}", who)
    csrf = re.search(r'name="csrf" value="([^"]+)"', shown)
    assert csrf is not None
    key = {"csrf": csrf[1], "key": f"key-{told.case_id}", "number": told.number}
    about = key | {"case_id": told.case_id}
    return whole.ask("POST", "/desk/act/correction", who, data=about | form)


def person(whole: WholeNode, told: Told) -> Any:
    at, purpose = f"/api/v1/cases/{told.number}/person", {"purpose": "核实情况"}
    return whole.done("POST", at, whole.token(Role.SUPERVISOR), json=purpose)


def found(whole: WholeNode, phone: str) -> list[str]:
    who = whole.token(Role.SUPERVISOR)
    answer = whole.done("POST", "/api/v1/cases/find", who, json={"person": phone})
    return list(answer["numbers"])


def sent(whole: WholeNode, told: Told) -> list[tuple[str, str]]:
    """Deliver what waits; purpose and telephone of each message about a case."""
    gateway, unit = Gateway(), whole.units["notify"]
    pace = whole.settings.notify.pace
    deliver_due(Post(unit.transaction, whole.node.keys, gateway, pace, utcnow), 500)
    mine = [one for one in gateway.sent if str(one.case_id) == told.case_id]
    return [(one.purpose, one.phone) for one in mine]


@pytest.fixture(scope="module")
def corrected(tiers: WholeTiers) -> Told:
    """What an officer asked for at the desk and the head approved on the page."""
    county = tiers.county
    told = held_by_the_city(tiers)
    officer, head = county.signed_in(Role.WINDOW_OFFICER), county.signed_in(Role.WINDOW_HEAD)
    asking = {"requester": "person", "reason": "本人带身份证来核对"}
    form = {"name": RIGHT_NAME, "phone": RIGHT, "title": RIGHT_TITLE}

    assert desk_act(county, officer, told, **asking).status_code == 422
    assert desk_act(county, officer, told, **asking, phone="139").status_code == 422
    assert desk_act(county, officer, told, **asking, **form).status_code == 303
    order = records(county, told)["orders"][0]
    shown = county.done("GET", f"/admin/retention?number={told.number}", head)
    assert all(each in shown for each in ("139****7001", "139****7002", "批准更正"))
    decided = {"order_id": order["order_id"], "about": "1", "number": told.number}
    assert on_the_page(county, head, "correct", **decided) == 303
    assert on_the_page(county, head, "correct", **decided) == 409
    tiers.settle()
    return told


@pytest.mark.parametrize("node", ["county", "city"])
def test_who_has_the_person_has_it_right(tiers: WholeTiers, corrected: Told, node: str) -> None:
    whole: WholeNode = getattr(tiers, node)

    revealed = person(whole, corrected)

    assert (revealed["name"], revealed["phone"][-11:]) == (RIGHT_NAME, RIGHT)
    assert revealed["title"] == RIGHT_TITLE
    assert (found(whole, RIGHT), found(whole, WRONG)) == ([corrected.number], [])
    who = whole.signed_in(Role.SUPERVISOR)
    page = whole.done("GET", f"/desk?view=all&case={corrected.number}", who)
    assert "登记的信息已更正：姓名或名称、电话、标题" in page
    assert TITLE not in page


def test_who_has_a_masked_copy_has_it_right_and_all_have_said_so(
    tiers: WholeTiers, corrected: Told
) -> None:
    province = tiers.province
    above = province.signed_in(Role.SUPERVISOR)

    masked = province.done("GET", f"/desk?view=below&case={corrected.number}", above)

    assert RIGHT_TITLE in masked
    assert TITLE not in masked
    copies = records(tiers.county, corrected)["orders"][0]["copies"]
    assert {each["node"]: bool(each["done_at"]) for each in copies} == {CITY: True, PROVINCE: True}


def test_messages_reach_the_corrected_telephone_alone(tiers: WholeTiers, corrected: Told) -> None:
    place(tiers.city, corrected)
    work(tiers.city, corrected, "sign", "contacts", "finish")
    tiers.settle()

    messages = sent(tiers.county, corrected)

    assert {phone for _purpose, phone in messages} == {f"+86{RIGHT}"}
    assert {"code_renewed", "dispatched", "result"} <= {purpose for purpose, _phone in messages}
    followed = tiers.county.ask("GET", f"/api/v1/cases/{corrected.number}", corrected.holder)
    assert followed.status_code == 404  # the old query code went to the wrong one


def test_nothing_of_the_person_stands_in_the_clear(tiers: WholeTiers, corrected: Told) -> None:
    everything = dump(tiers)

    plain = (NAME, RIGHT_NAME, "慕云", "慕容", RIGHT, corrected.code)
    assert [word for word in plain if word in everything] == []


def test_an_erasure_takes_a_correction_with_it(tiers: WholeTiers) -> None:
    county, title = tiers.county, "棠树乡的路修到一半"
    told = register(county, reporter=PERSON, title=TITLE, text=TEXT, item="修路那件事")
    decline(county, told)
    at = f"/api/v1/cases/{told.number}/correction"
    asking = {"requester": "person", "reason": "核对过", "phone": "13955607009", "title": title}
    asked = county.done("POST", at, county.token(Role.WINDOW_OFFICER), json=asking)
    approve = f"/api/v1/corrections/{asked['order_id']}/approve"
    county.done("POST", approve, county.token(Role.WINDOW_HEAD))
    tiers.settle()
    before = {code: sealed_in(each, told) for code, each in tiers.nodes.items()}
    assert title in dump(tiers)

    erase(tiers, told)
    tiers.settle()

    everything = dump(tiers)
    assert [word for word in (title, "139****7009") if word in everything] == []
    assert not any(opens(tiers.nodes[code], one) for code, of in before.items() for one in of)
    assert [one for each in tiers.nodes.values() for one in sealed_in(each, told)] == []
