import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from httpx import ASGITransport, AsyncClient, Response

from services.portal import api, handlers
from services.portal.handlers import SESSION_COOKIE, actor_of
from services.portal.settings import Settings
from shared.http import Door, NodeFacts, install_problems
from shared.security.actor import Actor, ActorKind, Role, anonymous
from shared.security.policy import GRANTS, Action
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.portal.stories import Speakers, Story

pytestmark = pytest.mark.integration

NODE = "341523"
NINE = datetime(2030, 1, 8, 1, tzinfo=UTC)
ADMINISTRATOR = Actor(
    kind=ActorKind.STAFF, node=NODE, id="admin", roles=frozenset({Role.SYSTEM_ADMINISTRATOR})
)
WANG = {"name": "王敏", "roles": ["disposal_officer"], "unit": "housing", "password": "a-password"}


@pytest.fixture
def door(unit: Unit, tmp_path: Path) -> Door:
    return Door(
        unit=unit,
        settings=Settings(sign_in_failures_per_account=1),
        keys=NodeKeys.create(tmp_path / "node.json"),
        node=NodeFacts(NODE, "county", "舒城县", "https://backstop.test"),
        now=lambda: NINE,
    )


@dataclass(slots=True)
class Client:
    """Asks the door as an actor; keeps the session's cookie like a browser."""

    app: FastAPI
    actor: Actor = ADMINISTRATOR
    token: str = ""

    def ask(self, method: str, path: str, body: Any = None) -> Response:
        return asyncio.run(self._send(method, f"/api/v1{path}", body))

    async def _send(self, method: str, path: str, body: Any) -> Response:
        self.app.state.actor = self.actor
        transport = ASGITransport(self.app, raise_app_exceptions=False)
        headers = {"cookie": f"{SESSION_COOKIE}={self.token}"} if self.token else {}
        async with AsyncClient(transport=transport, base_url="https://node") as client:
            answer = await client.request(method, path, json=body, headers=headers)
        self.token = answer.cookies.get(SESSION_COOKIE) or self.token
        return answer


@pytest.fixture
def client(door: Door) -> Client:
    app = FastAPI()
    app.state.doors = {"portal": door}

    @app.middleware("http")
    async def identify(request: Request, following: Any) -> Any:
        request.scope["actor"] = app.state.actor
        return await following(request)

    app.include_router(api.router)
    install_problems(app)
    return Client(app)


def test_an_account_is_made_signs_in_and_signs_out(client: Client, door: Door) -> None:
    assert client.ask("PUT", "/accounts/wang", WANG).json() == {
        "login": "wang",
        "name": "王敏",
        "roles": ["disposal_officer"],
        "unit": "housing",
        "active": True,
    }

    signed_in = client.ask("POST", "/sessions", {"login": "wang", "password": "a-password"})
    token = client.token
    with door.unit.transaction() as db:
        actor = actor_of(db, token, NINE, NODE, door.settings.limits)

    assert signed_in.status_code == 201
    assert signed_in.json()["csrf"] == handlers.csrf_of(token)
    assert "httponly" in (told := signed_in.headers["set-cookie"].lower())
    assert "secure" in told
    assert token not in signed_in.text
    assert actor is not None
    assert client.ask("DELETE", "/sessions").status_code == 204
    assert client.ask("DELETE", "/sessions").status_code == 204
    with door.unit.transaction() as db:
        assert actor_of(db, token, NINE, NODE, door.settings.limits) is None


def test_wrong_sign_ins_are_counted_though_they_are_refused(client: Client) -> None:
    client.ask("PUT", "/accounts/wang", WANG)
    wrong = {"login": "wang", "password": "guess"}

    first = client.ask("POST", "/sessions", wrong)
    second = client.ask("POST", "/sessions", WANG | wrong | {"password": "a-password"})
    third = client.ask("POST", "/sessions", {"login": "wang", "password": "a-password"})

    assert (first.status_code, first.json()["code"]) == (401, "wrong_credentials")
    assert second.status_code == 422
    assert (third.status_code, third.headers["retry-after"]) == (429, "2")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM_ADMINISTRATOR])
def test_only_an_administrator_changes_accounts_and_few_see_them(
    client: Client, role: Role
) -> None:
    client.actor = replace(ADMINISTRATOR, roles=frozenset({role}))

    reads = Action.ACCOUNT_READ in GRANTS[role]

    assert client.ask("PUT", "/accounts/wang", WANG).status_code == 403
    assert client.ask("GET", "/accounts").status_code == (200 if reads else 403)


@pytest.mark.parametrize(
    "changed",
    [
        {"roles": []},
        {"roles": ["king"]},
        {"roles": ["audit_administrator", "security_administrator"]},
        {"roles": ["inspector", "dispatcher"]},
        {"password": "short"},
        {"name": "a\x00b"},
        {"unknown": 1},
        {"unit": "不动产"},
    ],
)
def test_a_bad_account_is_refused_by_its_field(client: Client, changed: dict[str, Any]) -> None:
    answer = client.ask("PUT", "/accounts/wang", WANG | changed)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(next(iter(changed)))
    assert client.ask("GET", "/accounts").json() == []


def test_anybody_reads_the_numbers_of_the_board(client: Client, unit: Unit) -> None:
    client.actor = anonymous(NODE)
    with unit.transaction() as db:
        handlers.record(db, Speakers().say(Story().registered()))

    board = client.ask("GET", "/board").json()

    assert board["by_status"] == {"registered": 1}
    assert board["open"] == 1
    assert sum(day["registered"] for day in board["days"]) == 1
