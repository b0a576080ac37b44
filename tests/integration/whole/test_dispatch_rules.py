"""The rooms of rules and authority, as people use them: with their forms, on a whole node."""

import re
from typing import Any

import pytest

from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.unit.dispatch.test_authority import as_csv
from tests.whole.node import WholeNode

pytestmark = pytest.mark.integration

RULES, TABLE = "/admin/dispatch-rules", "/admin/authority"
DISPATCHER, SUPERVISOR = Role.DISPATCHER, Role.SUPERVISOR


@pytest.fixture(scope="module")
def county(lived: Lived) -> WholeNode:
    return lived.tiers.county


def send(node: WholeNode, role: Role, path: str, **more: Any) -> Any:
    """Send a form of a page as somebody who is signed in."""
    who = node.signed_in(role)
    page = node.ask("GET", path.rpartition("/")[0] if path.count("/") > 2 else path, who).text
    csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
    more["data"] = {"csrf": csrf, **more.get("data", {})}
    return node.ask("POST", path, who, **more)


def test_a_draft_is_written_tried_and_simulated_on_its_page(county: WholeNode) -> None:
    unit = county.done("GET", "/api/v1/units", county.token(DISPATCHER))["items"][0]["code"]
    rule = {
        "title": "夜间噪声",
        "unit_code": unit,
        "any_words": "夜间噪声、扰民",
        "weekdays": "1",
        "legal_basis": "第八条",
    }
    begun = send(county, DISPATCHER, f"{RULES}/begin", data={"note": "第一版"})
    wrong = send(county, DISPATCHER, f"{RULES}/enter", data={**rule, "unit_code": ""})
    entered = send(county, DISPATCHER, f"{RULES}/enter", data=rule)
    matter = {"title": "夜里响", "text": "别的", "region": county.node.code, "unit_code": "none"}
    tried = send(county, DISPATCHER, f"{RULES}/try", data=matter)

    assert [one.status_code for one in (begun, entered, tried)] == [303, 303, 303]
    assert wrong.status_code == 422
    assert "夜间噪声、扰民" in wrong.text, "what was typed is kept"
    page = county.ask("GET", f"{RULES}?rule=R0001", county.signed_in(SUPERVISOR)).text
    assert "没通过" in page
    assert "还不能签署" in page
    simulated = send(
        county,
        DISPATCHER,
        f"{RULES}/simulate",
        data={"since": "2020-01-01", "until": "2030-01-01"},
    )
    assert simulated.status_code == 303
    dropped = send(county, DISPATCHER, f"{RULES}/discard")
    assert dropped.status_code == 303


def test_a_sheet_is_looked_at_on_the_page(county: WholeNode) -> None:
    sheet = as_csv(("gone", "县", "", "2029-01-01", "", "依据"))

    looked = send(
        county,
        Role.SYSTEM_ADMINISTRATOR,
        TABLE,
        files={"file": ("t.csv", sheet)},
        data={"act": "look"},
    )

    assert looked.status_code == 200
    assert "第 2 行" in looked.text
    assert "没有这个事项编码" in looked.text
    assert county.ask("GET", TABLE, county.signed_in(DISPATCHER)).status_code == 200
