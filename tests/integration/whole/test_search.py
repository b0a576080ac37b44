"""The search box of the desk finds a person, and whom one sought stands in no address."""

from secrets import randbelow

import pytest

from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.whole.node import WholeNode
from tests.whole.stories import register

pytestmark = pytest.mark.integration

NAME = "欧阳椿萱"


@pytest.fixture
def whole(lived: Lived) -> WholeNode:
    return lived.tiers.province


def sought(whole: WholeNode, who: dict[str, str], text: str) -> tuple[int, str, str]:
    page = whole.ask("GET", "/desk", who).text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    data = {"csrf": csrf, "view": "all", "text": text}
    answer = whole.ask("POST", "/desk/find", who, data=data)
    return answer.status_code, answer.headers.get("location", ""), answer.text


def test_a_person_is_found_by_phone_and_name_without_an_address_that_tells_it(
    whole: WholeNode,
) -> None:
    phone = f"139{randbelow(10**8):08d}"
    reporter = {"kind": "person", "name": NAME, "phone": phone}
    told = register(whole, reporter=reporter)
    whole.settle()
    who = whole.signed_in(Role.WINDOW_OFFICER)

    for term in (f"{phone[:3]} {phone[3:7]} {phone[7:]}", NAME):
        status, location, page = sought(whole, who, term)
        assert (status, location) == (200, "")
        assert told.number in page
        addresses = [part.split('"')[0] for part in page.split('href="')[1:]]
        assert not any(term in each or phone in each for each in addresses)


def test_words_lead_to_an_address_and_numbers_of_nobody_to_an_empty_list(whole: WholeNode) -> None:
    who = whole.signed_in(Role.WINDOW_OFFICER)

    status, location, _ = sought(whole, who, "食品经营许可")
    assert (status, location.partition("?")[0]) == (303, "/desk")
    status, location, page = sought(whole, who, "13900000000")
    assert (status, location) == (200, "")
    assert "没有您能查看的件是这个人反映的" in page


def test_who_may_not_see_persons_is_offered_no_such_box(whole: WholeNode) -> None:
    who = whole.signed_in(Role.DISPOSAL_OFFICER)

    assert "/desk/find" not in whole.ask("GET", "/desk", who).text
    refused = whole.ask("POST", "/api/v1/cases/find", who, json={"person": "13900000000"})
    assert refused.status_code in (401, 403)
