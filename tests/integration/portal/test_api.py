from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from services.portal import api, handlers
from services.portal.handlers import SESSION_COOKIE, actor_of
from services.portal.settings import Settings
from shared.http import Door, NodeFacts, install_problems
from shared.security.actor import Actor, ActorKind, Role, anonymous
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.portal.stories import Speakers, Story

pytestmark = pytest.mark.integration

NODE = "341523"
NINE = datetime(2030, 1, 8, 1, tzinfo=UTC)
ADMINISTRATOR = Actor(
    kind=ActorKind.STAFF, node=NODE, id="admin", roles=frozenset({Role.ADMINISTRATOR})
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


@pytest.fixture
def app(door: Door) -> FastAPI:
    app = FastAPI()
    app.state.doors = {"portal": door}
    app.state.actor = ADMINISTRATOR

    @app.middleware("http")
    async def as_actor(request: Request, call_next: Any) -> Any:
        request.scope["actor"] = app.state.actor
        return await call_next(request)

    app.include_router(api.router)
    install_problems(app)
    return app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="https://backstop.test") as client:
        yield client


def test_an_account_is_made_signs_in_and_signs_out(client: TestClient, door: Door) -> None:
    assert client.put("/api/v1/accounts/wang", json=WANG).json() == {
        "login": "wang",
        "name": "王敏",
        "roles": ["disposal_officer"],
        "unit": "housing",
        "active": True,
    }

    signed_in = client.post("/api/v1/sessions", json={"login": "wang", "password": "a-password"})
    token = client.cookies[SESSION_COOKIE]
    with door.unit.transaction() as db:
        actor = actor_of(db, token, NINE, NODE, door.settings.limits)

    assert signed_in.status_code == 201
    assert signed_in.json()["csrf"] == handlers.csrf_of(token)
    assert "httponly" in (told := signed_in.headers["set-cookie"].lower())
    assert "secure" in told
    assert token not in signed_in.text
    assert actor is not None
    assert client.delete("/api/v1/sessions").status_code == 204
    assert client.delete("/api/v1/sessions").status_code == 204
    with door.unit.transaction() as db:
        assert actor_of(db, token, NINE, NODE, door.settings.limits) is None


def test_wrong_sign_ins_are_counted_though_they_are_refused(client: TestClient) -> None:
    client.put("/api/v1/accounts/wang", json=WANG)
    wrong = {"login": "wang", "password": "guess"}

    first = client.post("/api/v1/sessions", json=wrong)
    second = client.post("/api/v1/sessions", json=WANG | wrong | {"password": "a-password"})
    third = client.post("/api/v1/sessions", json={"login": "wang", "password": "a-password"})

    assert (first.status_code, first.json()["code"]) == (401, "wrong_credentials")
    assert second.status_code == 422
    assert (third.status_code, third.headers["retry-after"]) == (429, "2")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_an_administrator_touches_accounts(
    app: FastAPI, client: TestClient, role: Role
) -> None:
    app.state.actor = replace(ADMINISTRATOR, roles=frozenset({role}))

    assert client.put("/api/v1/accounts/wang", json=WANG).status_code == 403
    assert client.get("/api/v1/accounts").status_code == 403


@pytest.mark.parametrize(
    "changed",
    [
        {"roles": []},
        {"roles": ["king"]},
        {"password": "short"},
        {"name": "a\x00b"},
        {"unknown": 1},
        {"unit": "不动产"},
    ],
)
def test_a_bad_account_is_refused_by_its_field(
    client: TestClient, changed: dict[str, Any]
) -> None:
    answer = client.put("/api/v1/accounts/wang", json=WANG | changed)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(next(iter(changed)))
    assert client.get("/api/v1/accounts").json() == []


def test_anybody_reads_the_numbers_of_the_board(
    app: FastAPI, client: TestClient, unit: Unit
) -> None:
    app.state.actor = anonymous(NODE)
    with unit.transaction() as db:
        handlers.record(db, Speakers().say(Story().registered()))

    board = client.get("/api/v1/board").json()

    assert board["by_status"] == {"registered": 1}
    assert board["open"] == 1
    assert sum(day["registered"] for day in board["days"]) == 1
