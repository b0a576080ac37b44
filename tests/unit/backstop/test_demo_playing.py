"""A story is played step by step: at the right node, by the right person, when it may be."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from backstop.caller import NodeCaller
from backstop.demo.catalogue import read_catalogue
from backstop.demo.memory import Known, Memory
from backstop.demo.playing import Hall, Halls, StoryStuck, play
from backstop.demo.story import Assigned
from backstop.settings import NodeSettings
from services.sla.settings import Settings as SlaSettings
from shared.clock import utcnow
from shared.security.actor_token import read_actor
from shared.security.sealing import NodeKeys

COUNTY, CITY = "341523", "341500"
LINE, CASE, NUMBER = "g-99", "0190-case", "BCS-341523-20300101-00001-X"
NODE_FILE = """
code = "{code}"
tier = "county"
name = "演示"
web_port = 8002
database_url = "x"
bus_url = "x"
key_file = "{keys}"
demo = true
"""
Rows = list[dict[str, Any]]


def order(state: str = "dispatched", which: str = "order-1") -> dict[str, Any]:
    return {"order_id": which, "round": 1, "state": state}


def offer(state: str = "open", which: str = "offer-1") -> dict[str, Any]:
    return {"hand_over_id": which, "state": state}


@dataclass
class FakeNode:
    """The API of a node: what its lists show one look after the other, and what was posted."""

    code: str
    keys: NodeKeys
    case: Rows = field(default_factory=lambda: [{"status": "signed", "lamp": "green"}])
    lists: dict[str, list[Rows]] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    """Codes with which the next posts are refused."""
    posted: list[tuple[str, str, Any]] = field(default_factory=list)
    used_keys: list[str] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.removeprefix("/api/v1/")
        if request.method == "POST":
            return self._post(name, request)
        if name == f"cases/{NUMBER}":
            return httpx.Response(200, json=_next(self.case))
        assert request.url.params["case_id"] == CASE
        return httpx.Response(200, json={"items": _next(self.lists[name])})

    def _post(self, name: str, request: httpx.Request) -> httpx.Response:
        self.posted.append((name, self._caller(request), json.loads(request.content)))
        self.used_keys.append(request.headers["Idempotency-Key"])
        if self.refusals:
            return httpx.Response(409, json={"code": self.refusals.pop(0), "detail": "no"})
        return httpx.Response(200, json={})

    def _caller(self, request: httpx.Request) -> str:
        if "Backstop-Code" in request.headers:
            return "the person"
        token = request.headers["Authorization"].removeprefix("Bearer ")
        actor = read_actor(self.keys, token, self.code, utcnow())
        assert actor is not None
        assert actor.node == self.code
        return actor.id


def _next(told: list[Any]) -> Any:
    return told.pop(0) if len(told) > 1 else told[0]


@dataclass
class World:
    """Two nodes and a line that was registered at the county."""

    folder: Path
    county: FakeNode
    city: FakeNode

    @classmethod
    def build(cls, folder: Path) -> "World":
        return cls(folder, *(FakeNode(code, _keys(folder, code)) for code in (COUNTY, CITY)))

    def play(self, *steps: dict[str, Any], resumed: bool = False, **told: Any) -> None:
        halls: Halls = {node.code: self._hall(node) for node in (self.county, self.city)}
        memory = halls[COUNTY].memory
        memory.resumed = resumed
        if LINE not in memory.told.lines:
            memory.registered(LINE, Known(case_id=CASE, number=NUMBER, query_code="ABC"))
        stops = "signed" if any("to" in step or "at" in step for step in steps) else None
        story = {"node": COUNTY, "steps": steps, "stops": stops, "ends": "signed", **told}
        play(halls, LINE, Assigned.model_validate(story))

    def _hall(self, node: FakeNode) -> Hall:
        transport = httpx.MockTransport(node)
        client = httpx.Client(base_url="http://node", transport=transport)
        file = self.folder / f"{node.code}.toml"
        keys = self.folder / f"{node.code}.keys.json"
        file.write_text(NODE_FILE.format(code=node.code, keys=keys), encoding="utf-8")
        return Hall(
            node=node.code,
            calendar=SlaSettings().promise.calendar,
            caller=NodeCaller(NodeSettings.load(file, {}), client),
            catalogue=read_catalogue(node.code),
            memory=Memory.read(self.folder / f"{node.code}.demo.json", utcnow()),
        )


def _keys(folder: Path, code: str) -> NodeKeys:
    file = folder / f"{code}.keys.json"
    NodeKeys.create(file)
    return NodeKeys.load(file)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.build(tmp_path)


SIGN = {"do": "sign", "by": "zhoulei"}
HAND_OVER = {"do": "hand_over", "by": "xumin", "to": CITY, "because": "县里没有这个权限"}
TAKE_OVER = {"do": "take_over", "by": "zhengkai", "at": CITY}
WITHDRAW = {"do": "withdraw", "by": "xumin", "because": "县里自己能办"}
ANSWER = {"do": "answer", "by": "songhui", "text": "今天下班前办结"}


def test_a_step_waits_for_its_order_and_is_done_by_the_account_that_it_names(
    world: World,
) -> None:
    world.county.lists["orders"] = [[], [order("returned", "old")], [order()]]

    world.play(SIGN)

    assert world.county.posted == [("orders/order-1/sign", "zhoulei", {})]


def test_an_order_that_went_with_the_case_is_no_order_to_work_on(world: World) -> None:
    world.city.lists["orders"] = [[order("handed_over", "gone")], [order()]]

    world.play({"do": "sign", "by": "pengfei", "at": CITY})

    assert world.city.posted == [("orders/order-1/sign", "pengfei", {})]
    assert world.county.posted == []


def test_a_case_is_offered_by_one_node_and_taken_by_the_other_once_it_is_there(
    world: World,
) -> None:
    world.city.lists["hand-overs"] = [[], [offer("refused", "offer-0")], [offer()]]

    world.play(HAND_OVER, TAKE_OVER)

    sent = {"case_id": CASE, "to_node": CITY, "because": "县里没有这个权限"}
    assert world.county.posted == [("hand-overs", "xumin", sent)]
    assert world.city.posted == [("hand-overs/offer-1/accept", "zhengkai", {})]


def test_who_withdraws_looks_for_an_offer_of_its_own(world: World) -> None:
    world.county.lists["hand-overs"] = [[offer()]]

    world.play(HAND_OVER, WITHDRAW)

    assert world.county.posted[1] == (
        "hand-overs/offer-1/withdraw",
        "xumin",
        {"because": "县里自己能办"},
    )


def test_a_supervision_is_answered_once_it_has_come_down(world: World) -> None:
    asked = {"supervision_id": "s-1", "answered_at": None}
    world.county.lists["supervisions"] = [[], [{**asked, "answered_at": "x"}], [asked]]

    world.play(ANSWER)

    assert world.county.posted == [
        ("supervisions/s-1/answer", "songhui", {"text": "今天下班前办结"})
    ]


def test_what_the_node_has_not_heard_of_yet_is_tried_again_under_the_same_key(
    world: World,
) -> None:
    world.county.refusals = ["unknown_case", "not_held_here", "hand_over_open"]

    world.play(HAND_OVER)

    assert len(world.county.posted) == 4
    assert set(world.county.used_keys) == {"demo-g-99-1-hand_over"}


def test_a_person_rates_at_the_node_that_registered_the_case(world: World) -> None:
    world.county.refusals = ["not_yet_rated"]

    world.play({"do": "rate", "level": 5, "solved": True})

    assert [who for _, who, _ in world.county.posted] == ["the person", "the person"]


def test_any_other_refusal_names_line_and_step(world: World) -> None:
    world.county.refusals = ["no_such_neighbour"]

    with pytest.raises(StoryStuck, match=r"g-99, 1-hand_over: 409 no_such_neighbour"):
        world.play(HAND_OVER)


def test_a_run_that_goes_on_finds_what_it_had_answered_before(world: World) -> None:
    world.city.lists["hand-overs"] = [[offer("accepted", "offer-0"), offer("accepted")]]
    world.city.refusals = ["already_answered"]

    world.play(TAKE_OVER, resumed=True)

    assert world.city.posted == [("hand-overs/offer-1/accept", "zhengkai", {})]


def test_a_first_run_that_finds_its_offer_answered_is_stuck(world: World) -> None:
    world.city.lists["hand-overs"] = [[offer()]]
    world.city.refusals = ["already_answered"]

    with pytest.raises(StoryStuck):
        world.play(TAKE_OVER)


def test_a_step_that_was_done_is_not_done_again(world: World) -> None:
    world.county.lists["orders"] = [[order()]]
    world.play(SIGN)

    world.play(SIGN)

    assert len(world.county.posted) == 1


def test_the_end_is_the_status_and_the_lamp_of_the_node_that_registered_it(world: World) -> None:
    world.county.case = [
        {"status": "dispatched", "lamp": "red"},
        {"status": "signed", "lamp": "yellow"},
        {"status": "signed", "lamp": "red"},
    ]

    world.play(lamp="red")

    assert world.county.case == [{"status": "signed", "lamp": "red"}]


def test_a_run_that_goes_on_days_later_waits_for_no_lamp(world: World) -> None:
    world.play(lamp="red", resumed=True)
