"""Nodes whose API shows what a test tells them to, and remembers what was posted."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from backstop.caller import NodeCaller
from backstop.demo.catalogue import read_catalogue
from backstop.demo.memory import Known, Memory
from backstop.demo.playing import Hall, Halls, play
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
        if name == f"cases/{NUMBER}/records":
            return httpx.Response(200, json={"orders": _next(self.lists["data-orders"])})
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
        halls = self.halls()
        memory = halls[COUNTY].memory
        memory.resumed = resumed
        if LINE not in memory.told.lines:
            memory.registered(LINE, Known(case_id=CASE, number=NUMBER, query_code="ABC"))
        stops = "signed" if any("to" in step or "at" in step for step in steps) else None
        story = {"node": COUNTY, "steps": steps, "stops": stops, "ends": "signed", **told}
        play(halls, LINE, Assigned.model_validate(story))

    def halls(self) -> Halls:
        """Return both nodes as the loader sees them."""
        return {node.code: self._hall(node) for node in (self.county, self.city)}

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
