"""The desk between tiers: what it shows of the projection, and what its forms ask of the API."""

import httpx
import pytest

from shared.clock import new_id
from shared.events.words import HandOverKind, Lamp
from shared.security.actor import Role
from shared.unit import Unit
from tests.integration.portal.desks import COUNTY_NAME, PROVINCE_NAME, Desk
from tests.integration.portal.stories import NINE
from tests.integration.portal.tiers import (
    CITY,
    COUNTY,
    PROVINCE,
    Leg,
    Said,
    begun,
    moved_up,
)

pytestmark = pytest.mark.integration


@pytest.fixture
def unit(unit: Unit) -> Unit:
    return Unit(engine=unit.engine, node=CITY, service="portal", plumbing=unit.plumbing)


def written(service: str, story: Leg, version: int = 1) -> httpx.Response:
    told = {"service": service, "case_id": str(story.case_id), "version": version}
    return httpx.Response(200, json=told)


def offered(story: Leg) -> list[Said]:
    return [*begun(story, new_id()), (COUNTY, story.offered(1, HandOverKind.UP, CITY))]


def test_a_dispatcher_begins_with_what_a_neighbour_offers_and_sees_nobodys_name(
    desk: Desk,
) -> None:
    desk.hear(offered(story := Leg()))

    shown = desk.get(Role.DISPATCHER, f"/desk?case={story.number}").text

    assert f"{COUNTY_NAME}请本级接收" in shown
    assert "要市公积金中心出证明" in shown
    assert 'action="/desk/act/take_over"' in shown
    assert 'action="/desk/act/person"' not in shown


def test_taking_over_asks_for_the_offer_and_comes_back_once_it_is_shown(desk: Desk) -> None:
    desk.hear(offered(story := Leg()))
    path = f"/api/v1/hand-overs/{story.offers[1]}/accept"
    desk.api.answers[path] = written("dispatch", story)
    desk.hear([(CITY, story.taken(1, HandOverKind.UP, COUNTY))])

    answer = desk.act(
        Role.DISPATCHER, "take_over", story, view="incoming", hand_over_id=str(story.offers[1])
    )

    assert [request.url.path for request in desk.api.asked] == [path]
    assert answer.headers["location"] == (
        f"/desk?view=incoming&case={story.number}&done=take_over"
    )


def test_what_the_projection_has_not_reached_is_shown_as_saving(desk: Desk) -> None:
    desk.hear(offered(story := Leg()))
    desk.api.answers["/api/v1/reports-up"] = written("dispatch", story, version=7)

    answer = desk.act(Role.DISPATCHER, "report_up", story, because="先报告")

    assert "waits=dispatch%3A7" in answer.headers["location"]


def test_a_refusal_without_its_legal_basis_keeps_what_was_typed(desk: Desk) -> None:
    desk.hear(offered(story := Leg()))

    answer = desk.act(
        Role.DISPATCHER, "refuse", story, view="incoming", ground="not_our_tier", note="属地办理"
    )

    assert answer.status_code == 422
    assert "请写依据。" in answer.text
    assert "属地办理" in answer.text
    assert desk.api.asked == []


def test_a_hand_over_is_asked_for_once_however_often_its_form_is_sent(desk: Desk) -> None:
    desk.hear(begun(story := Leg(origin=CITY), new_id(), CITY))
    desk.api.answers["/api/v1/hand-overs"] = written("dispatch", story)

    desk.act(
        Role.DISPATCHER,
        "hand_over",
        story,
        to_node=COUNTY,
        because="在舒城县办",
        key="k" * 32,
    )

    asked = desk.api.asked[-1]
    assert asked.headers["idempotency-key"] == "k" * 32
    assert desk.api.body == {
        "case_id": str(story.case_id),
        "to_node": COUNTY,
        "because": "在舒城县办",
    }


def test_the_form_of_a_hand_over_says_what_the_other_will_receive(desk: Desk) -> None:
    desk.hear(begun(story := Leg(origin=CITY), new_id(), CITY))

    shown = desk.get(Role.DISPATCHER, f"/desk?view=open&case={story.number}").text

    assert "对方会收到什么" in shown
    assert "办理经过 6 条，时限 2 个，办理结果 0 个" in shown
    assert f'<option value="{PROVINCE}">{PROVINCE_NAME}</option>' in shown


def test_a_leg_goes_back_with_its_ground_which_speaks_where_nothing_more_is_said(
    desk: Desk,
) -> None:
    desk.hear(moved_up(story := Leg(), new_id(), new_id()))
    desk.api.answers["/api/v1/hand-overs"] = written("dispatch", story)

    desk.act(
        Role.DISPATCHER,
        "give_back",
        story,
        to_node=COUNTY,
        ground="not_our_tier",
        legal_basis="第八条",
    )

    assert desk.api.body["because"] == "不属于这一级的权限"
    assert (desk.api.body["to_node"], desk.api.body["legal_basis"]) == (COUNTY, "第八条")


def test_what_the_api_refuses_is_told_beside_the_case(desk: Desk) -> None:
    desk.hear(offered(story := Leg()))
    problem = {"code": "already_answered", "detail": "已经答复过了，请刷新后再看。", "errors": []}
    path = f"/api/v1/hand-overs/{story.offers[1]}/accept"
    desk.api.answers[path] = httpx.Response(409, json=problem)

    answer = desk.act(
        Role.DISPATCHER, "take_over", story, view="incoming", hand_over_id=str(story.offers[1])
    )

    assert answer.status_code == 409
    assert "已经答复过了" in answer.text


def test_a_supervisor_asks_those_below_and_sees_the_case_masked(desk: Desk) -> None:
    desk.hear(begun(story := Leg(), new_id()))
    desk.api.answers["/api/v1/supervisions"] = written("review", story)

    shown = desk.get(Role.SUPERVISOR, f"/desk?view=below&node={COUNTY}&case={story.number}").text
    desk.act(Role.SUPERVISOR, "supervise", story, text="请说明为什么超时")

    assert "张*" in shown
    assert f"这件由{COUNTY_NAME}办理" in shown
    assert desk.api.body == {"case_id": str(story.case_id), "text": "请说明为什么超时"}


def test_the_supervision_that_is_due_first_is_answered_first(desk: Desk) -> None:
    story, first, second = Leg(), new_id(), new_id()
    desk.hear(
        [
            *moved_up(story, new_id(), new_id()),
            (PROVINCE, story.supervised(first, CITY)),
            (PROVINCE, story.supervised(second, CITY)),
        ]
    )

    shown = desk.get(Role.SUPERVISOR, f"/desk?view=supervised&case={story.number}").text

    assert f'name="supervision_id" value="{first}"' in shown
    assert str(second) not in shown


def test_who_may_not_look_below_sees_neither_list_nor_case_nor_numbers(desk: Desk) -> None:
    desk.hear(begun(story := Leg(), new_id()))

    shown = desk.get(Role.WINDOW_OFFICER, f"/desk?view=below&case={story.number}").text

    assert "下级在办" not in shown
    assert story.number not in shown
    assert desk.get(Role.WINDOW_OFFICER, "/desk/below").status_code == 403


def test_the_overview_leads_to_the_cases_it_counts(desk: Desk) -> None:
    story = Leg()
    desk.hear(begun(story, new_id()))
    shown = desk.get(Role.SUPERVISOR, "/desk/below").text
    listed = desk.get(Role.SUPERVISOR, f"/desk?view=below&node={COUNTY}&lamp=green").text
    empty = desk.get(Role.SUPERVISOR, f"/desk?view=below&node={COUNTY}&lamp=red").text

    assert f"/desk?view=below&amp;node={COUNTY}&amp;lamp={Lamp.GREEN}" in shown
    assert story.number in listed
    assert "换一级或换一盏灯再看" in empty


def test_an_operator_comes_to_the_links_and_reads_how_they_stand(desk: Desk) -> None:
    about = {"peer": COUNTY, "name": COUNTY_NAME, "tier": "county", "relation": "below"}
    link = {**about, "state": "down", "last_heard_at": NINE.isoformat(), "unsent": 312}
    entry = {"number": "BCS-1", "holder_here": COUNTY, "holder_there": None}
    ledger = {"peer": COUNTY, "compared_at": NINE.isoformat(), "count": 1, "differences": [entry]}
    desk.api.answers["/api/v1/links"] = httpx.Response(200, json=[link])
    desk.api.answers["/api/v1/custody"] = httpx.Response(200, json=[ledger])

    led = desk.get(Role.OPERATOR, "/desk")
    shown = desk.get(Role.OPERATOR, "/desk/links").text

    assert led.headers["location"] == "/desk/links"
    assert "断开" in shown
    assert "312 条" in shown
    assert "没有连上时怎么办" in shown
    assert "责任账与对方不符" in shown
    assert f'BCS-1 <span class="soft">本级记 {COUNTY}，对方记 没有' in shown
