"""The desk of the city between tiers, with an API that answers what a test lays ready."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from fastapi import FastAPI, Request

from services.portal import handlers, pages
from services.portal.settings import Settings
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
)

CSRF = "csrf"
TITLE = "不动产登记跑了三趟"
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
        told = {"number": story.number, "case_id": str(story.case_id), **form}
        return self.post(role, f"/desk/act/{act}", **told)

    def post(self, role: Role, path: str, **form: str) -> httpx.Response:
        sent = urlencode({"csrf": CSRF, **form})
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return asyncio.run(self._send(role, "POST", path, content=sent, headers=headers))

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


def open_desk(unit: Unit, keys: Path) -> Desk:
    """Return a desk on a database, with keys made in this file."""
    app = FastAPI()
    door = Door(unit, Settings(), NodeKeys.create(keys), FACTS, lambda: NINE)
    app.state.doors, app.state.problem_page = {"portal": door}, pages.problem_page
    app.state.sso, app.state.live = None, pages.Live()

    @app.middleware("http")
    async def identify(request: Request, following: Any) -> Any:
        request.scope["actor"], request.scope["session"] = app.state.actor, CSRF
        return await following(request)

    app.include_router(pages.router)
    install_problems(app)
    return Desk(app, Api(), unit)
