"""The desk above: rooms for links, what nodes below let it see, supervision and their days."""

from datetime import timedelta

import httpx
import pytest

from services.portal import handlers
from services.portal.policy import day_of
from shared.clock import new_id
from shared.events.link import DisclosureSet, NodeFactRelayed
from shared.events.portal import DayCounted
from shared.events.review import GuidanceGiven, SupervisionReached, SupervisionRead
from shared.events.words import Disclosure
from shared.security.actor import Role
from tests.integration.portal.desks import COUNTY_NAME, TITLE, Desk
from tests.integration.portal.stories import NINE, OFFICER
from tests.integration.portal.tiers import (
    CITY,
    COUNTY,
    PROVINCE,
    Leg,
    begun,
    moved_up,
)

pytestmark = pytest.mark.integration


def test_the_room_for_links_is_open_to_who_runs_the_node_and_to_nobody_else(desk: Desk) -> None:
    about = {"peer": COUNTY, "name": COUNTY_NAME, "tier": "county", "relation": "below"}
    refused = {"by_reason": {"signature": 1}, "latest": []}
    link = {**about, "state": "up", "refused": 1, "refused_of": refused, "fingerprint": "ab cd"}
    told = {"fingerprint": "ef 01", "links": [link], "unknown": {"by_reason": {}, "latest": []}}
    desk.api.answers["/api/v1/links/inspection"] = httpx.Response(200, json=told)

    shown = desk.get(Role.SYSTEM_ADMINISTRATOR, "/admin/links").text

    assert "签名不对" in shown
    assert "ab cd" in shown
    assert desk.get(Role.DISPATCHER, "/admin/links").status_code == 403


def lets(desk: Desk, level: Disclosure) -> None:
    """Let the county tell what the city may see."""
    [(said, _)] = desk.tiers.speakers[COUNTY].say(
        DisclosureSet(occurred_at=NINE, node=COUNTY, level=level)
    )
    fact = NodeFactRelayed(occurred_at=NINE, fact_id=said.subject, via=COUNTY, fact=said)
    with desk.unit.transaction() as db:
        handlers.record(db, desk.tiers.speakers[CITY].say(fact))


def test_who_may_assist_advises_who_has_the_case(desk: Desk) -> None:
    desk.hear(begun(story := Leg(), new_id()))
    lets(desk, Disclosure.ASSIST)
    told = {"service": "review", "case_id": str(story.case_id), "version": 1}
    desk.api.answers["/api/v1/guidances"] = httpx.Response(201, json=told)

    shown = desk.get(Role.SUPERVISOR, f"/desk?view=below&case={story.number}").text
    desk.act(Role.SUPERVISOR, "advise", story, text="按省厅文件办")

    assert "提指导意见" in shown
    assert desk.api.body == {"case_id": str(story.case_id), "text": "按省厅文件办"}


def test_a_case_that_its_node_no_longer_shows_is_gone_from_list_and_page(desk: Desk) -> None:
    desk.hear(begun(story := Leg(), new_id()))
    address = f"/desk?view=below&case={story.number}"
    before = desk.get(Role.SUPERVISOR, address).text

    lets(desk, Disclosure.NONE)

    assert TITLE in before
    assert TITLE not in desk.get(Role.SUPERVISOR, address).text


def test_advice_from_above_stands_on_the_page_of_who_has_the_case(desk: Desk) -> None:
    story = Leg(origin=CITY)
    desk.hear(begun(story, new_id(), node=CITY))
    given = GuidanceGiven(
        **story.next(),
        guidance_id=new_id(),
        number=story.number,
        to_node=CITY,
        text_masked="按省厅文件办",
        by=OFFICER,
    )
    desk.hear([(PROVINCE, given)])

    shown = desk.get(Role.SUPERVISOR, f"/desk?view=open&case={story.number}").text

    assert "上级指导意见" in shown
    assert shown.count("按省厅文件办") == 2  # in its section and in the story


def test_a_supervision_shows_how_far_it_has_come(desk: Desk) -> None:
    story, asked = Leg(), new_id()
    about = {"supervision_id": asked, "to_node": CITY}
    desk.hear([*begun(story, new_id()), (CITY, story.supervised(asked, COUNTY))])
    address = f"/desk?view=below&case={story.number}"
    sent = desk.get(Role.SUPERVISOR, address).text

    desk.hear([(COUNTY, SupervisionReached(**story.next(), **about))])
    there = desk.get(Role.SUPERVISOR, address).text
    desk.hear([(COUNTY, SupervisionRead(**story.next(), **about, by=OFFICER))])

    assert "正在送去" in sent
    assert f"送到{COUNTY_NAME}" in there
    assert f"{COUNTY_NAME}已签收" in desk.get(Role.SUPERVISOR, address).text


def test_who_is_asked_signs_for_the_supervision(desk: Desk) -> None:
    story, asked = Leg(), new_id()
    desk.hear([*moved_up(story, new_id(), new_id()), (PROVINCE, story.supervised(asked, CITY))])
    told = {"service": "review", "case_id": str(story.case_id), "version": 1}
    desk.api.answers[f"/api/v1/supervisions/{asked}/read"] = httpx.Response(200, json=told)

    shown = desk.get(Role.SUPERVISOR, f"/desk?view=supervised&case={story.number}").text
    desk.act(Role.SUPERVISOR, "read_supervision", story, supervision_id=str(asked))

    assert "签收督办" in shown
    assert desk.api.asked[-1].url.path.endswith("/read")


def test_the_board_and_the_overview_show_the_days_of_the_tiers_below(desk: Desk) -> None:
    yesterday = day_of(NINE) - timedelta(days=1)
    numbers = dict.fromkeys(("dispatched", "on_time", "late"), 0)
    about = {"occurred_at": NINE, "node": COUNTY, "day": yesterday, "evaluations": {}}
    [(said, _)] = desk.tiers.speakers[COUNTY].say(
        DayCounted(**about, **numbers, registered=417, finished=388)
    )
    fact = NodeFactRelayed(occurred_at=NINE, fact_id=said.subject, via=COUNTY, fact=said)
    with desk.unit.transaction() as db:
        handlers.record(db, desk.tiers.speakers[CITY].say(fact))

    for shown in (desk.get(Role.SUPERVISOR, path).text for path in ("/board", "/desk/below")):
        assert "417" in shown
        assert "388" in shown
        assert shown.count("<strong>缺</strong>") == 6
