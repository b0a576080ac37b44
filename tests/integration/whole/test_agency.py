"""Somebody speaks for another person: by which right, for how long, and who hears of it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from shared.clock import new_id, utcnow
from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.whole.node import WholeNode
from tests.whole.stories import Answer, Told, accept, register, report
from tests.whole.tiers import WholeTiers

pytestmark = pytest.mark.integration

PRINCIPAL = {"kind": "person", "name": "尉迟望月", "phone": "13955607401"}
AGENT = {"kind": "person", "name": "申屠观海", "phone": "13955607402", "relation": "family"}
FIRM = {
    "kind": "enterprise",
    "name": "舒城县明德食品有限公司",
    "phone": "13955607403",
    "id_number": "91340000MA00000260",
}
WHY = {"purpose": "联系诉求人"}


@pytest.fixture(scope="module")
def county(lived: Lived) -> WholeNode:
    tiers: WholeTiers = lived.tiers
    for each in tiers.nodes.values():
        each.term = new_id()
    return tiers.county


def for_another(county: WholeNode, **agent: Any) -> tuple[Told, Answer]:
    body = report(reporter=PRINCIPAL, agent={**AGENT, **agent}, item="赡养那件事")
    answer = county.done("POST", "/api/v1/cases", {}, json=body)
    told = Told(answer["number"], answer["query_code"], answer["case_id"])
    accept(county, told)
    county.settle()
    return told, answer


def days_from_now(days: int) -> str:
    return str((utcnow() + timedelta(days=days)).date())


def sent_to(county: WholeNode, told: Told) -> set[tuple[str, str]]:
    page = county.done("GET", "/api/v1/messages", county.token(Role.WINDOW_OFFICER))
    mine = [one for one in page["items"] if one["number"] == told.number]
    return {(one["purpose"], one["masked_phone"]) for one in mine}


def asks_for_a_telephone(county: WholeNode, holder: dict[str, str], number: str) -> Answer:
    there = f"/api/v1/cases/{number}/contact"
    phone = {"phone": f"139{new_id().int % 10**8:08d}", "party": "complainant"}
    answer = county.ask("POST", there, holder, json=phone)
    return {**answer.json(), "status": answer.status_code}


@pytest.mark.parametrize(
    ("told", "phones"),
    [
        ("agent", {"139****7402"}),
        ("principal", {"139****7401"}),
        ("both", {"139****7401", "139****7402"}),
    ],
)
def test_who_is_told_is_chosen(county: WholeNode, told: str, phones: set[str]) -> None:
    case, answer = for_another(county, told=told)

    assert {phone for purpose, phone in sent_to(county, case) if purpose == "receipt"} == phones
    assert (answer["agent_code"] is not None) == (told == "both")
    if answer["agent_code"] is not None:
        theirs = {"backstop-number": case.number, "backstop-code": answer["agent_code"]}
        assert county.done("GET", f"/api/v1/cases/{case.number}", theirs)["number"] == case.number


@pytest.fixture
def papered(county: WholeNode) -> tuple[Told, dict[str, str]]:
    """A case of which both are told, and the agent who has shown a paper for the telephone."""
    paper = {"kind": "letter", "valid_until": days_from_now(30), "scopes": ["contact.change"]}
    case, answer = for_another(county, told="both", authority={**paper, "note": "不含签收"})
    return case, {"backstop-number": case.number, "backstop-code": answer["agent_code"]}


def test_a_paper_counts_for_what_it_names(
    county: WholeNode, papered: tuple[Told, dict[str, str]]
) -> None:
    case, agent = papered
    at = f"/api/v1/cases/{case.number}"

    beyond = county.ask("POST", f"{at}/withhold", agent)
    person = county.done("POST", f"{at}/person", county.token(Role.WINDOW_OFFICER), json=WHY)

    assert asks_for_a_telephone(county, agent, case.number)["status"] == 202
    assert (beyond.status_code, beyond.json()["code"]) == (403, "beyond_authority")
    assert person["authority_note"] == "不含签收"


def test_a_paper_that_is_over_binds_until_another_is_shown(
    county: WholeNode, papered: tuple[Told, dict[str, str]]
) -> None:
    case, agent = papered
    at = f"/api/v1/cases/{case.number}"
    over = (
        "UPDATE intake.cases SET authority = jsonb_set(authority, '{valid_until}',"
        " '\"2020-01-31\"') WHERE number = :number"
    )
    with county.owner() as db:
        db.execute(text(over), {"number": case.number})

    lapsed = asks_for_a_telephone(county, agent, case.number)
    rated = county.ask("POST", "/api/v1/evaluations", agent, json={"level": 5, "solved": True})
    county.done("POST", f"{at}/additions", agent, json={"text": "补一句话"})

    assert (lapsed["status"], lapsed["code"]) == (403, "authority_lapsed")
    assert "委托人本人" in lapsed["detail"]
    assert rated.json()["code"] == "authority_lapsed"
    assert county.done("GET", at, agent)["authority"]["lapsed"]
    assert asks_for_a_telephone(county, case.holder, case.number)["status"] == 202

    renewed = {"relation": "family", "kind": "notarised", "valid_until": days_from_now(9)}
    front = county.token(Role.WINDOW_OFFICER)
    county.done("POST", f"{at}/authority", front, json=renewed)
    county.settle()
    view = f"/desk?view=all&case={case.number}"
    page = county.done("GET", view, county.signed_in(Role.SUPERVISOR))
    assert not county.done("GET", at, agent)["authority"]["lapsed"]
    assert "公证委托书" in page
    assert "两个人都告诉" in page


def test_of_an_agent_who_alone_is_told_the_paper_binds_the_code_of_the_case(
    county: WholeNode,
) -> None:
    paper = {"kind": "by_law", "scopes": ["materials.answer"]}
    case, _answer = for_another(county, authority=paper)

    refused = asks_for_a_telephone(county, case.holder, case.number)

    assert refused["code"] == "beyond_authority"


@pytest.mark.parametrize(
    ("paper", "field", "word"),
    [
        ({"kind": "letter"}, "agent.authority.valid_until", "有效期"),
        ({"kind": "letter", "valid_until": "2020-01-31"}, "agent.authority.valid_until", "过期"),
        ({"kind": "rumour"}, "agent.authority.kind", ""),
        ({"kind": "by_law", "scopes": ["case.erase"]}, "agent.authority.scopes.0", ""),
    ],
    ids=["no last day", "over", "no such paper", "no such scope"],
)
def test_a_paper_that_is_none_is_named(
    county: WholeNode, paper: dict[str, Any], field: str, word: str
) -> None:
    body = report(reporter=PRINCIPAL, agent={**AGENT, "authority": paper})

    (error,) = county.ask("POST", "/api/v1/cases", {}, json=body).json()["errors"]

    assert error["field"] == field
    assert word in error["zh"]


def test_an_enterprise_has_somebody_who_handles_it(county: WholeNode) -> None:
    handler = {**AGENT, "relation": "employee"}
    case = register(county, reporter=FIRM, agent=handler, item="企业那件事")
    county.settle()

    page = county.done(
        "GET", f"/desk?view=all&case={case.number}", county.signed_in(Role.SUPERVISOR)
    )

    assert "单位经办人" in page
    assert {phone for _purpose, phone in sent_to(county, case)} == {"139****7402"}
