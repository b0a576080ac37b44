"""The room of the limits, as people use it: with its forms, on a whole node."""

import pytest

from shared.security.actor import Role
from tests.integration.whole.conftest import Lived
from tests.integration.whole.test_dispatch_rules import send
from tests.whole.node import WholeNode

pytestmark = pytest.mark.integration

LIMITS, LADDERS = "/admin/limits", "/admin/ladders"
AUTHOR, SUPERVISOR = Role.SYSTEM_ADMINISTRATOR, Role.SUPERVISOR
ROW = {
    "code": "L020",
    "kind": "resolve",
    "amount": "2",
    "unit": "working_day",
    "start": "next_working_day",
    "end": "end_of_working_day",
    "channel": "web",
    "complexity": "simple",
    "warn_minutes": "60",
    "rests": "no",
    "counts_from": "signature",
}


@pytest.fixture(scope="module")
def county(lived: Lived) -> WholeNode:
    return lived.tiers.county


def test_a_draft_is_written_tried_replayed_and_thrown_away_on_its_page(
    county: WholeNode,
) -> None:
    begun = send(county, AUTHOR, f"{LIMITS}/begin", data={"title": "新时限", "shipped": "tianjin"})
    wrong = send(county, AUTHOR, f"{LIMITS}/enter", data={**ROW, "amount": "很多"})
    entered = send(county, AUTHOR, f"{LIMITS}/enter", data=ROW)
    moving = send(county, AUTHOR, f"{LIMITS}/moving", data={"moves": "yes"})
    period = {"since": "2020-01-01", "until": "2021-01-01"}
    replayed = send(county, AUTHOR, f"{LIMITS}/simulate", data=period)

    told = [one.status_code for one in (begun, entered, moving, replayed)]
    assert told == [303, 303, 303, 303]
    assert wrong.status_code == 422
    assert 'value="很多"' in wrong.text, "what was typed is kept"
    tried = "start=2026-03-02T10:00&complexity=simple&channel=web&clock=resolve"
    tried += "&signed=2026-03-02T16:00"
    page = county.ask("GET", f"{LIMITS}?row=L020&{tried}", county.signed_in(SUPERVISOR)).text
    assert "简单件 · 网站来件 · 办结 · 2 个工作日" in page
    assert "等材料不停表" in page
    assert "2026年3月2日 16:00签收，从签收算起" in page
    assert "2026-03-04" in page
    assert "在办件也改按新时限" in page
    assert county.ask("GET", LIMITS, county.signed_in(Role.DISPOSAL_OFFICER)).status_code == 403
    follow_the_limits(county)
    assert send(county, AUTHOR, f"{LIMITS}/remove", data={"code": "L020"}).status_code == 303
    assert send(county, AUTHOR, f"{LIMITS}/discard").status_code == 303


def follow_the_limits(county: WholeNode) -> None:
    """Enter a step of the draft, a wrong one, and take it out again."""
    step = {"kind": "resolve", "level": "7", "step": "urge", "whom": "supervisor"}
    told = {**step, "code": "S900", "amount": "9", "unit": "working_day", "side": "after"}
    entered = send(county, AUTHOR, f"{LADDERS}/enter", data=told)
    wrong = send(county, AUTHOR, f"{LADDERS}/enter", data={**told, "level": "12"})
    assert (entered.status_code, wrong.status_code) == (303, 422)
    assert 'value="12"' in wrong.text, "what was typed is kept"
    page = county.ask("GET", f"{LADDERS}?row=S900", county.signed_in(SUPERVISOR)).text
    assert "办结 · 超过时限 9 个工作日 · 催办，告诉督办人员" in page
    early = {**told, "code": "S901", "level": "8", "amount": "1", "side": "before"}
    assert send(county, AUTHOR, f"{LADDERS}/enter", data=early).status_code == 303
    found = county.ask("GET", LADDERS, county.signed_in(SUPERVISOR)).text
    assert "到时限以前只能提醒" in found
    for code in ("S900", "S901"):
        assert send(county, AUTHOR, f"{LADDERS}/remove", data={"code": code}).status_code == 303
    again = send(county, AUTHOR, f"{LADDERS}/remove", data={"code": "S900"})
    assert again.status_code == 404
    officer = county.signed_in(Role.DISPOSAL_OFFICER)
    assert county.ask("GET", LADDERS, officer).status_code == 403
