"""Cases that go on, over HTTP: who may, what is refused, what is sent twice."""

import pytest

from services.dispatch import handlers
from services.dispatch.repository.orders import Order
from services.dispatch.tables import complaints
from shared.complaints import Complaint, keep_complaint
from shared.security.actor import Role
from shared.unit import Unit
from tests.integration.dispatch.stories import (
    DISPATCHER,
    MARKET_OFFICER,
    NINE,
    TOWN_OFFICER,
    try_to_reach,
)
from tests.integration.dispatch.test_parts_api import held, told
from tests.integration.doorway import Call, staff

pytestmark = pytest.mark.integration
__all__ = ["held"]

SUPERVISOR, HEAD = staff(Role.SUPERVISOR), staff(Role.WINDOW_HEAD)
CLERK = staff(Role.SUPERVISOR, unit="scjgj")
BODY = {"explanation": "省里还没有批", "ground": "《条例》第九条", "next_on": "2030-01-03"}
NO = {"granted": False, "because": "请办结"}


def test_a_report_takes_words_a_ground_and_a_working_day_ahead(
    call: Call, held: Order, unit: Unit
) -> None:
    there = f"/orders/{held.order_id}/tracking"

    def sent(**changed: object) -> tuple[int, str, object]:
        answer = call(MARKET_OFFICER, "POST", there, json={**BODY, **changed})
        body = answer.json()
        fields = [each["field"] for each in body.get("errors", [])]
        return answer.status_code, body.get("state") or body["code"], fields

    assert sent() == (409, "not_attempted", [])
    with unit.transaction() as db:
        attempt = try_to_reach(held.order_id, reached=False)
        handlers.log_contact(db, attempt, handlers.Caller(MARKET_OFFICER, NINE))
    for wrong in ({"explanation": ""}, {"ground": ""}, {"next_on": "morgen"}, {"next_on": 3}):
        assert sent(**wrong) == (422, "invalid_fields", [*wrong])
    assert sent(more=1)[:2] == (422, "invalid_fields")
    assert sent(next_on="2030-01-02") == (422, "next_day_not_ahead", ["next_on"])
    assert sent(next_on="2030-06-03") == (422, "next_day_too_far", ["next_on"])
    assert sent(next_on="2030-01-05") == (422, "next_day_off", ["next_on"])
    for actor in (TOWN_OFFICER, DISPATCHER, SUPERVISOR):
        assert told(call(actor, "POST", there, json=BODY)) == (403, "not_allowed")
    key = {"Idempotency-Key": "tracking-00001"}
    twice = [call(MARKET_OFFICER, "POST", there, json=BODY, headers=key) for _ in range(2)]
    assert [told(answer) for answer in twice] == [(201, "tracking")] * 2

    seen = call(SUPERVISOR, "GET", there).json()
    assert [each["serial"] for each in seen["reports"]] == [1]
    assert (seen["needs_consent"], seen["reports"][0]["next_on"]) == (False, "2030-01-03")
    ended = {"outcome": "tracking", "answer": "在办", "evidence": "已说明"}
    answer = call(MARKET_OFFICER, "POST", f"/orders/{held.order_id}/finish", json=ended)
    assert told(answer) == (422, "goes_on")
    assert answer.json()["errors"][0]["field"] == "outcome"


def test_who_answers_for_the_whole_agrees_and_nobody_complained_of(
    call: Call, held: Order, unit: Unit
) -> None:
    there = f"/orders/{held.order_id}/tracking"
    with unit.transaction() as db:
        attempt = try_to_reach(held.order_id)
        handlers.log_contact(db, attempt, handlers.Caller(MARKET_OFFICER, NINE))
    for _ in range(3):
        assert call(MARKET_OFFICER, "POST", there, json=BODY).status_code == 201
    assert told(call(MARKET_OFFICER, "POST", there, json=BODY)) == (
        409,
        "tracking_consent_needed",
    )
    for actor in (MARKET_OFFICER, DISPATCHER):
        assert told(call(actor, "POST", f"{there}/consent", json=NO)) == (403, "not_allowed")
    assert told(call(SUPERVISOR, "POST", f"{there}/consent", json={"granted": 1}))[0] == 422
    assert told(call(SUPERVISOR, "POST", f"{there}/consent", json=NO)) == (200, "tracking")
    assert told(call(MARKET_OFFICER, "POST", there, json=BODY)) == (
        409,
        "tracking_consent_refused",
    )
    yes = {**NO, "granted": True}
    assert told(call(HEAD, "POST", f"{there}/consent", json=yes)) == (200, "tracking")
    assert told(call(HEAD, "POST", f"{there}/consent", json=yes)) == (409, "no_consent_needed")

    with unit.transaction() as db:
        against = Complaint(frozenset({"scjgj"}), frozenset())
        keep_complaint(db, complaints, held.case_id, against)
    hidden = (404, "unknown_order")
    assert told(call(CLERK, "POST", f"{there}/consent", json=yes)) == hidden
    assert told(call(CLERK, "GET", there)) == hidden
