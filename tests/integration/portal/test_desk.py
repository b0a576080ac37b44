"""The desk between tiers: what it shows of the projection, and what its forms ask of the API."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI, Request

from services.portal import handlers, pages
from services.portal.settings import Settings
from shared.clock import new_id
from shared.events.words import HandOverKind, Lamp
from shared.http import Door, NodeFacts, install_problems
from shared.neighbours import Neighbour, Relation
from shared.security.actor import Actor, ActorKind, Role
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.portal.stories import NINE
from tests.integration.portal.tiers import (
    CITY,
    COUNTY,
    PROVINCE,
    Leg,
    Said,
    Tiers,
    begun,
    moved_up,
)

pytestmark = pytest.mark.integration

CSRF = "csrf"
COUNTY_NAME, PROVINCE_NAME = "舒城县政务服务中心", "安徽省政务服务中心"
FACTS = NodeFacts(
    CITY,
    "city",
    "六安市政务服务中心",
    "http://127.0.0.1:8001",
    {
        COUNTY: Neighbour(COUNTY, COUNTY_NAME, "county", Relation.BELOW),
        PROVINCE: Neighbour(PROVINCE, PROVINCE_NAME, "province", Relation.ABOVE),
    },
)


@dataclass(slots=True)
class Api:
    """Stands for the API: keeps what it was asked and answers what the test lays ready."""

    asked: list[httpx.Request] = field(default_factory=list)
    answers: dict[str, httpx.Response] = field(default_factory=dict)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answers[request.url.path]

    @property
    def body(self) -> dict[str, Any]:
        """What the last one was asked with."""
        told: dict[str, Any] = json.loads(self.asked[-1].content)
        return told


@dataclass(slots=True)
class Desk:
    """The desk of the city as a member of staff with these roles uses it."""

    app: FastAPI
    api: Api
    unit: Unit
    tiers: Tiers = field(default_factory=Tiers)

    def hear(self, said: Iterable[Said]) -> None:
        with self.unit.transaction() as db:
            handlers.record(db, self.tiers.heard_at(CITY, self.tiers.say(said)))

    def get(self, role: Role, path: str) -> httpx.Response:
        return asyncio.run(self._send(role, "GET", path))

    def act(self, role: Role, act: str, story: Leg, **form: str) -> httpx.Response:
        sent = {"csrf": CSRF, "number": story.number, "case_id": str(story.case_id), **form}
        headers = {"content-type": "application/x-www-form-urlencoded"}
        asking = self._send(
            role, "POST", f"/desk/act/{act}", content=urlencode(sent), headers=headers
        )
        return asyncio.run(asking)

    async def _send(self, role: Role, method: str, path: str, **more: Any) -> httpx.Response:
        self.app.state.actor = Actor(
            kind=ActorKind.STAFF, node=CITY, id="wang", name="王芳", roles=frozenset({role})
        )
        transport = httpx.MockTransport(self.api)
        there = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as api:
            self.app.state.api = api
            async with httpx.AsyncClient(transport=there, base_url="http://node") as client:
                return await client.request(method, path, **more)


@pytest.fixture
def desk(unit: Unit, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    app, keys = FastAPI(), tmp_path_factory.mktemp("keys") / "node.json"
    door = Door(unit, Settings(), NodeKeys.create(keys), FACTS, lambda: NINE)
    app.state.doors, app.state.problem_page = {"portal": door}, pages.problem_page
    app.state.sso = None

    @app.middleware("http")
    async def identify(request: Request, following: Any) -> Any:
        request.scope["actor"], request.scope["session"] = app.state.actor, CSRF
        return await following(request)

    app.include_router(pages.router)
    install_problems(app)
    return Desk(app, Api(), unit)


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
    desk.api.answers["/api/v1/links"] = httpx.Response(200, json=[link])

    led = desk.get(Role.OPERATOR, "/desk")
    shown = desk.get(Role.OPERATOR, "/desk/links").text

    assert led.headers["location"] == "/desk/links"
    assert "断开" in shown
    assert "312 条" in shown
    assert "没有连上时怎么办" in shown


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
