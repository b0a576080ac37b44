"""Who needs care is called, visited, helped; why stays sealed, and numbers lead to nobody."""

from datetime import timedelta

import pytest

from shared.clock import new_id, utcnow
from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.whole.node import CITY
from tests.whole.stories import UNIT, Told, accept, offer, place, register, report, take, work
from tests.whole.tiers import WholeTiers

pytestmark = pytest.mark.integration

PERSON = {"kind": "person", "name": "闻人听雪", "phone": "13955607301"}
WHY = {"purpose": "联系诉求人"}


@pytest.fixture(scope="module")
def tiers(lived: Lived) -> WholeTiers:
    for each in lived.tiers.nodes.values():
        each.term = new_id()
    return lived.tiers


TOLD = {
    "reporter": PERSON,
    "title": "低保年审跑了三趟",
    "text": "看不清字。",
    "item": "临时救助那件事",
}
OFFICER = Role.DISPOSAL_OFFICER
HELPING = {"login": "wang-bangban", "phone": "0564-8621234"}


@pytest.fixture(scope="module")
def helped(tiers: WholeTiers) -> Told:
    """A case of the county that a unit of the city works on, with a helper at the county."""
    county, city = tiers.county, tiers.city
    case = register(county, **TOLD, care=["elderly", "no_reading"])
    accept(county, case)
    tiers.settle()
    county.let_in("wang-bangban", "王帮办", Role.WINDOW_OFFICER, None)
    county.signed_in(Role.HOTLINE_AGENT)
    there = f"/api/v1/cases/{case.number}/helper"
    front = county.token(Role.WINDOW_OFFICER)
    assert county.ask("POST", there, front, json={}).status_code == 409
    bad = county.ask("POST", there, front, json={"login": "nobody-here"})
    assert (bad.status_code, bad.json()["code"]) == (404, "unknown_account")
    county.done("POST", there, front, json=HELPING)
    county.done("POST", there, front, json=HELPING)
    tiers.settle()
    offered = offer(county, case, CITY)
    tiers.settle()
    take(city, offered)
    tiers.settle()
    place(city, case)
    tiers.settle()
    work(city, case, "sign")
    tiers.settle()
    return case


def shown(tiers: WholeTiers, case: Told) -> tuple[str, str]:
    """The case on the desk of the hotline here, and of the unit of the city."""
    county, city = tiers.county, tiers.city
    at = f"/desk?view={{}}&case={case.number}"
    unit = city.signed_in(OFFICER, UNIT)
    here = county.done("GET", at.format("all"), county.signed_in(Role.HOTLINE_AGENT))
    return here, city.done("GET", at.format("mine"), unit)


def test_who_works_on_it_learns_what_to_do_and_not_why(tiers: WholeTiers, helped: Told) -> None:
    here, there = shown(tiers, helped)
    at = f"/api/v1/cases/{helped.number}/person"
    centre, above = tiers.county.token(Role.WINDOW_OFFICER), tiers.city.token(Role.DISPATCHER)

    assert "打电话说，不靠短信" in here
    assert "打电话说，不靠短信" in there
    assert "看不懂文字" not in there
    assert tiers.county.done("POST", at, centre, json=WHY)["care"] == ["elderly", "no_reading"]
    assert tiers.city.done("POST", at, above, json=WHY)["care"] == []

    grounds = {"grounds": ["deaf"]}
    tiers.county.done("POST", f"/api/v1/cases/{helped.number}/care", centre, json=grounds)
    tiers.settle()
    assert "写字或发短信" in shown(tiers, helped)[1]


def test_the_person_is_told_who_helps_and_so_is_the_helper(
    tiers: WholeTiers, helped: Told
) -> None:
    county = tiers.county

    mine = county.done("GET", f"/api/v1/cases/{helped.number}", helped.holder)
    helper = county.let_in("wang-bangban", "王帮办", Role.WINDOW_OFFICER, None)

    assert mine["helper"] == {"name": "王帮办", "phone": "+865648621234"}
    assert [step["text"].startswith("王帮办陪您") for step in mine["timeline"]].count(True) == 1
    assert "王帮办" in shown(tiers, helped)[0]
    assert "请您做这一件的帮办员" in county.done("GET", "/desk/notices", helper)


def test_who_cannot_read_a_message_is_called(tiers: WholeTiers, helped: Told) -> None:
    county = tiers.county
    case = register(county, **TOLD, care=["no_reading"])
    accept(county, case)
    county.settle()

    sent = county.done("GET", "/api/v1/messages", county.token(Role.WINDOW_OFFICER))["items"]
    inbox = county.done("GET", "/desk/notices", county.signed_in(Role.HOTLINE_AGENT))

    assert {one["state"] for one in sent if one["number"] == case.number} == {"failed"}
    assert "请打电话告诉诉求人" in inbox


def test_numbers_lead_to_nobody(tiers: WholeTiers, helped: Told) -> None:
    county, supervisor = tiers.county, tiers.county.token(Role.SUPERVISOR)
    day = utcnow().date()
    asked = {"since": str(day - timedelta(days=1)), "until": str(day + timedelta(days=1))}
    backwards = {"since": asked["until"], "until": asked["since"]}

    counted = county.done("GET", "/api/v1/care/counts", supervisor, params=asked)
    wrong = county.ask("GET", "/api/v1/care/counts", supervisor, params=backwards)

    numbers = {each["code"]: each["cases"] for each in counted}
    assert (numbers["elderly"], numbers["minor"]) == (None, 0)
    assert wrong.json()["code"] == "bad_period"


def test_a_ground_that_nobody_knows_is_named(tiers: WholeTiers) -> None:
    refused = tiers.county.ask("POST", "/api/v1/cases", {}, json=report(care=["rich"]))

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "care.0"
