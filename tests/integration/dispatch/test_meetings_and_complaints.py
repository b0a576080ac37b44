"""Whom a case complains of has no seat at its meeting, and parties see theirs alone (N17)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection

from services.dispatch import handlers
from services.dispatch.handlers import (
    PartyAsked,
)
from services.dispatch.policy.meetings import (
    PartyRole,
)
from services.dispatch.repository.meetings import (
    parties_of,
)
from shared.events.dispatch import (
    PartEnd,
    PartWithdrawn,
)
from shared.security.actor import Role
from shared.unit import Unit
from tests.integration.dispatch.meeting_stories import (
    CHAIR,
    CHECK,
    FRIDAY,
    REPAIR,
    SUPERVISOR,
    TOWN,
    agreed,
    at,
    convening,
    drafting,
    holding,
    marked,
    signed_order,
    words_of,
)
from tests.integration.dispatch.stories import (
    DISPATCHER,
    MARKET_OFFICER,
    NODE,
    TEN,
    TOWN_OFFICER,
    last,
)
from tests.integration.dispatch.test_steps import refusal_of
from tests.integration.doorway import Call, staff

pytestmark = pytest.mark.integration


def test_whom_the_case_complains_of_leaves_the_table_and_may_be_heard(db: Connection) -> None:
    order = signed_order(db)
    meeting = handlers.convene(db, convening(order.case_id), CHAIR)
    handlers.hear_complaint(db, marked(order.case_id, "cgz"), NODE)

    left = [one.unit_code for one in parties_of(db, [meeting.meeting_id]) if one.dismissed_at]
    assert left == ["cgz"]

    def ask(asked: PartyAsked) -> str:
        return refusal_of(lambda: handlers.invite(db, meeting.meeting_id, asked, at(TEN)))

    assert (ask(TOWN), ask(replace(TOWN, role=PartyRole.HEARD))) == (
        "party_complained_of",
        "heard_by_supervisor",
    )
    hear = handlers.hear_unit
    told = (db, meeting.meeting_id)
    boss = at(TEN, SUPERVISOR)
    assert refusal_of(lambda: hear(*told, "scjgj", "要听", boss)) == "not_complained_of"
    hear(*told, "cgz", "情况只有它清楚", boss)

    seen = holding(db, meeting).seen
    handlers.hold_round(db, holding(db, meeting, seen=seen), at(FRIDAY))
    refused = refusal_of(lambda: handlers.draft_minutes(db, drafting(meeting, REPAIR), at(FRIDAY)))
    assert refused == "duty_of_no_party"
    handlers.draft_minutes(db, drafting(meeting, CHECK), at(FRIDAY))
    file = handlers.minutes_file(db, meeting.meeting_id, 1, "舒城县", at(FRIDAY))
    assert {"列席陈述", "中途退出"} <= set(words_of(file))
    assert "情况只有它清楚" not in "".join(words_of(file))


def test_a_duty_of_a_unit_complained_of_since_is_taken_back_with_its_part(db: Connection) -> None:
    order = signed_order(db)
    meeting = agreed(db, order)
    handlers.draft_minutes(db, drafting(meeting, REPAIR), at(FRIDAY))
    handlers.confirm_meeting(db, meeting.meeting_id, "舒城县", at(FRIDAY))

    handlers.hear_complaint(db, marked(order.case_id, "cgz"), NODE)

    assert last(db, PartWithdrawn).why is PartEnd.CONFLICT_OF_INTEREST


def body(case_id: UUID, **changed: Any) -> dict[str, Any]:
    told = {
        "case_id": str(case_id),
        "starts_at": FRIDAY.isoformat(),
        "place": "政务中心 301",
        "agenda": "谁来修",
        "topic": "路灯谁修",
        "parties": [
            {"kind": "unit", "unit_code": "cgz"},
            {"kind": "company", "name": "恒通建设公司"},
        ],
    }
    return {**told, **changed}


def test_at_the_door_a_unit_convenes_about_its_own_orders_and_parties_answer(
    call: Call, unit: Unit
) -> None:
    with unit.transaction() as db:
        order = signed_order(db)
    convened = body(order.case_id, convenor_unit="scjgj")
    few = call(DISPATCHER, "POST", "/meetings", json=body(order.case_id, parties=[]))
    assert (few.status_code, few.json()["errors"][0]["field"]) == (422, "parties")
    assert call(TOWN_OFFICER, "POST", "/meetings", json=convened).status_code == 403
    assert call(MARKET_OFFICER, "POST", "/meetings", json=body(order.case_id)).status_code == 403
    written = call(MARKET_OFFICER, "POST", "/meetings", json=convened)
    assert written.status_code == 201
    at_it = f"/meetings/{written.json()['meeting_id']}"

    (line,) = call(TOWN_OFFICER, "GET", "/meetings").json()
    assert line["missing"] == ["城关镇", "恒通建设公司"]
    town, _builder, chair = call(TOWN_OFFICER, "GET", at_it).json()["parties"]
    assert (chair["unit_code"], chair["role"]) == ("scjgj", "chair")
    reply = {"coming": True}
    replied = f"{at_it}/parties/{town['party_id']}/answer"
    assert call(MARKET_OFFICER, "POST", replied, json=reply).status_code == 403
    assert call(TOWN_OFFICER, "POST", replied, json=reply).status_code == 200
    assert call(TOWN_OFFICER, "POST", f"{at_it}/cancel", json={"because": "x"}).status_code == 403
    (line,) = call(DISPATCHER, "GET", f"/meetings?case_id={order.case_id}").json()
    assert line["missing"] == ["恒通建设公司"]


def test_at_the_door_nobody_complained_of_sees_a_meeting_not_even_where_it_is_heard(
    call: Call, unit: Unit
) -> None:
    with unit.transaction() as db:
        order = signed_order(db)
        meeting = handlers.convene(db, convening(order.case_id), CHAIR)
        handlers.hear_complaint(db, marked(order.case_id, "cgz"), NODE)
    at_it = f"/meetings/{meeting.meeting_id}"
    heard = {"unit_code": "cgz", "because": "情况只有它清楚"}
    town = staff(Role.DISPATCHER, unit="cgz")

    assert call(DISPATCHER, "POST", f"{at_it}/heard", json=heard).status_code == 403
    assert call(SUPERVISOR, "POST", f"{at_it}/heard", json=heard).status_code == 200
    assert call(TOWN_OFFICER, "GET", "/meetings").json() == []
    assert call(TOWN_OFFICER, "GET", at_it).status_code == 403
    assert call(town, "GET", f"/meetings?case_id={order.case_id}").json() == []
    refused = call(town, "GET", at_it), call(town, "POST", "/meetings", json=body(order.case_id))
    assert [one.json()["code"] for one in refused] == ["unknown_meeting", "unknown_case"]
    assert call(town, "GET", f"{at_it}/minutes/1/file").status_code == 404
    assert call(DISPATCHER, "GET", f"{at_it}/minutes/x/file").json()["code"] == "unknown_minutes"
    told = call(MARKET_OFFICER, "GET", at_it).json()["parties"]
    assert {one["heard_because"] for one in told} == {None}
    told = call(DISPATCHER, "GET", at_it).json()["parties"]
    assert told[-1]["heard_because"] == "情况只有它清楚"
