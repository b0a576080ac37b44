import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from httpx import ASGITransport, AsyncClient, Cookies, Response
from sqlalchemy import select

from services.portal import api, handlers
from services.portal.handlers import SESSION_COOKIE, holder_of
from services.portal.settings import Settings
from services.portal.tables import plumbing
from shared.http import Door, NodeFacts, install_problems
from shared.security.actor import Actor, ActorKind, Role, anonymous
from shared.security.policy import Action
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.portal.accounts import GIVEN, SECRET, administrator
from tests.integration.portal.stories import Speakers, Story

pytestmark = pytest.mark.integration

NODE = "341523"
NINE = datetime(2030, 1, 8, 1, tzinfo=UTC)
SYSTEM = administrator(Role.SYSTEM_ADMINISTRATOR)
SECURITY = administrator(Role.SECURITY_ADMINISTRATOR, "guard")
MACHINE = Actor(
    kind=ActorKind.SYSTEM, node=NODE, id="machine", scopes=frozenset({Action.ACCOUNT_FOUND.value})
)
WANG = {"name": "王敏", "unit": "housing", "password": GIVEN}


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
    """Asks the door as an actor; keeps cookies like a browser."""

    app: FastAPI
    cookies: Cookies = field(default_factory=Cookies)

    @property
    def token(self) -> str:
        return self.cookies.get(SESSION_COOKIE) or ""

    def ask(self, method: str, path: str, body: Any = None, actor: Actor = SYSTEM) -> Response:
        return asyncio.run(self._send(method, f"/api/v1{path}", body, actor))

    async def _send(self, method: str, path: str, body: Any, actor: Actor) -> Response:
        self.app.state.actor = actor
        transport = ASGITransport(self.app, raise_app_exceptions=False)
        async with AsyncClient(
            transport=transport, base_url="https://node", cookies=self.cookies
        ) as client:
            answer = await client.request(method, path, json=body)
            self.cookies = client.cookies
        return answer

    def sign_in(self, password: str, login: str = "wang") -> Response:
        return self.ask("POST", "/sessions", {"login": login, "password": password})


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


def held(door: Door, client: Client) -> Any:
    """Return whom the session of a browser shows."""
    with door.unit.transaction() as db:
        return holder_of(db, client.token, NINE, door.settings.sessions(NODE))


def test_an_account_is_made_gets_a_role_signs_in_and_signs_out(client: Client, door: Door) -> None:
    assert client.ask("PUT", "/accounts/wang", WANG).json() == {
        "login": "wang",
        "name": "王敏",
        "roles": [],
        "unit": "housing",
        "active": True,
        "single_sign_on": False,
        "one_time_password": None,
    }
    roles = {"roles": ["disposal_officer"]}
    granted = client.ask("PUT", "/accounts/wang/roles", roles, SECURITY)
    assert granted.json()["roles"] == ["disposal_officer"]

    signed_in = client.sign_in(GIVEN)

    assert (signed_in.status_code, signed_in.json()["needs"]) == (201, "change_password")
    assert signed_in.json()["csrf"] == handlers.csrf_of(client.token)
    assert "httponly" in (told := signed_in.headers["set-cookie"].lower())
    assert "secure" in told
    assert client.token not in signed_in.text
    assert held(door, client).actor.id == "wang"
    assert client.ask("DELETE", "/sessions").status_code == 204
    assert client.ask("DELETE", "/sessions").status_code == 204
    assert held(door, client) is None


def test_a_password_of_ones_own_takes_the_place_of_the_given_one(
    client: Client, door: Door
) -> None:
    client.ask("PUT", "/accounts/wang", WANG)
    client.sign_in(GIVEN)
    elsewhere, client.cookies = client.cookies, Cookies()
    client.sign_in(GIVEN)
    own = held(door, client).actor
    change = {"present": GIVEN, "password": SECRET}

    wrong = client.ask("PUT", "/account/password", change | {"present": "x"}, own)
    waits = client.ask("PUT", "/account/password", change, own)

    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "present")
    assert waits.status_code == 429
    assert waits.json()["detail"] == "输错次数太多，请过 2 秒再试。"
    assert waits.json()["detail_en"] == "Too many failed attempts: try again in 2 s."
    object.__setattr__(door, "now", lambda: NINE.replace(second=2))
    assert client.ask("PUT", "/account/password", change, own).status_code == 204
    assert held(door, client).duty is None
    client.cookies = elsewhere
    assert held(door, client) is None
    assert client.sign_in(GIVEN).status_code == 401


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short-8-x", "password_too_short"),
        (GIVEN, "password_reused"),
        ("wang-341523", "password_site_word"),
        ("banbuchengshi", "password_site_word"),
        ("Doudi-2026", "password_site_word"),
        ("password123", "password_common"),
        ("zxcvbnm,./zx", "password_pattern"),
        ("1949-10-01", "password_date"),
    ],
)
def test_a_bad_password_is_refused_by_its_field_with_what_would_be_better(
    client: Client, password: str, code: str
) -> None:
    body = {"present": GIVEN, "password": password}
    own = Actor(kind=ActorKind.STAFF, node=NODE, id="wang", name="王敏")

    answer = client.ask("PUT", "/account/password", body, own)

    assert answer.status_code == 422
    [told] = answer.json()["errors"]
    assert (told["field"], told["code"]) == ("password", code)
    assert password not in answer.text


def test_wrong_sign_ins_are_counted_though_they_are_refused(client: Client) -> None:
    client.ask("PUT", "/accounts/wang", WANG)

    first = client.sign_in("guess")
    second = client.ask("POST", "/sessions", WANG | {"login": "wang"})
    third = client.sign_in(GIVEN, "WANG")

    assert (first.status_code, first.json()["code"]) == (401, "wrong_credentials")
    assert second.status_code == 422
    assert (third.status_code, third.headers["retry-after"]) == (429, "2")


def test_a_browser_in_which_one_has_signed_in_is_not_locked_out_by_strangers(
    client: Client,
) -> None:
    client.ask("PUT", "/accounts/wang", WANG)
    client.sign_in(GIVEN)
    own, client.cookies = client.cookies, Cookies()

    client.sign_in("guess")
    assert client.sign_in(GIVEN).status_code == 429
    client.cookies = own
    assert client.sign_in(GIVEN).status_code == 201


SYS, SEC = Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR
READERS = {SYS, SEC, Role.AUDIT_ADMINISTRATOR, Role.INSPECTOR}
RESET = {"login": "wang", "what": "password", "reason": "忘了"}
FOUNDER = {"name": "a", "role": SYS, "password": GIVEN}
DOORS: tuple[tuple[str, str, Any, set[Role]], ...] = (
    ("PUT", "/accounts/wang", {"name": "王敏"}, {SYS}),
    ("PUT", "/accounts/wang/roles", {"roles": []}, {SEC}),
    ("DELETE", "/accounts/wang/sessions", None, {SEC}),
    ("POST", "/account-resets", RESET, {SYS, SEC}),
    ("GET", "/account-resets", None, READERS),
    ("GET", "/accounts", None, READERS),
    ("PUT", "/founders/wang", FOUNDER, set()),
)


def test_each_administrator_does_their_part_and_nobody_else_any(client: Client) -> None:
    client.ask("PUT", "/accounts/wang", WANG)
    for method, path, body, roles in DOORS:
        for role in Role:
            answer = client.ask(method, path, body, administrator(role, "someone"))
            assert answer.is_success == (role in roles), (path, role, answer.text)
            assert answer.is_success or answer.status_code == 403
        assert client.ask(method, path, body, anonymous(NODE)).status_code == 401


def test_what_was_refused_stands_in_the_audit(client: Client, unit: Unit) -> None:
    client.ask("PUT", "/accounts/guard/roles", {"roles": []}, SECURITY)

    audit = plumbing.audit.c
    with unit.transaction() as db:
        query = select(audit.actor_id, audit.action, audit.object_id, audit.outcome)
        rows = [tuple(row) for row in db.execute(query.order_by(audit.id))]

    assert rows == [("guard", "role.grant", "guard", "denied")]


@pytest.mark.parametrize(
    "changed",
    [
        {"roles": ["operator"]},
        {"password": "short"},
        {"password": "wangwang-wang"},
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


def test_nobody_sets_the_password_of_a_colleague(client: Client) -> None:
    client.ask("PUT", "/accounts/wang", WANG)

    answer = client.ask("PUT", "/accounts/wang", WANG | {"password": SECRET})

    assert (answer.status_code, answer.json()["code"]) == (409, "password_is_theirs")
    assert client.sign_in(GIVEN).status_code == 201


def test_the_machine_lets_the_first_administrators_in_and_then_no_more(client: Client) -> None:
    asked = [
        ("qian", FOUNDER),
        ("an", FOUNDER | {"role": SEC}),
        ("qian", FOUNDER),
        ("other", FOUNDER),
        ("other", FOUNDER | {"role": Role.AUDIT_ADMINISTRATOR}),
        ("qian", FOUNDER | {"password": "qian-banchengshi"}),
    ]

    told = [client.ask("PUT", f"/founders/{login}", body, MACHINE) for login, body in asked]

    assert [answer.json().get("code", "done") for answer in told] == [
        *("done", "done", "done"),
        *("administered_already", "not_a_founder", "password_site_word"),
    ]
    assert [each["roles"] for each in client.ask("GET", "/accounts").json()] == [[SEC], [SYS]]
    assert client.sign_in(GIVEN, "qian").json()["needs"] == "change_password"


@pytest.fixture
def own(client: Client, door: Door) -> Actor:
    """One who is signed in twice: with `client`, and somewhere else."""
    client.ask("PUT", "/accounts/wang", WANG)
    client.sign_in(GIVEN)
    client.cookies = Cookies()
    client.sign_in(GIVEN)
    actor: Actor = held(door, client).actor
    return actor


def test_one_sees_where_one_is_signed_in_and_ends_it(client: Client, own: Actor) -> None:
    sessions = client.ask("GET", "/account/sessions", None, own).json()
    [other] = [each["id"] for each in sessions if not each["current"]]

    assert client.ask("DELETE", f"/account/sessions/{other}", None, own).status_code == 204
    assert client.ask("DELETE", f"/account/sessions/{other}", None, own).status_code == 404
    [left] = client.ask("GET", "/account/sessions", None, own).json()
    assert left["current"]
    stranger = client.ask("DELETE", f"/account/sessions/{left['id']}", None, replace(own, id="li"))
    assert stranger.status_code == 404


def test_all_other_sessions_end_at_once_and_the_guard_ends_all(
    client: Client, own: Actor, door: Door
) -> None:
    assert client.ask("DELETE", "/account/sessions", None, own).json() == {"ended": 1}
    assert held(door, client) is not None

    ended = client.ask("DELETE", "/accounts/wang/sessions", None, SECURITY)

    assert ended.json() == {"ended": 1}
    assert held(door, client) is None


def test_anybody_reads_the_numbers_of_the_board(client: Client, unit: Unit) -> None:
    with unit.transaction() as db:
        handlers.record(db, Speakers().say(Story().registered()))

    board = client.ask("GET", "/board", None, anonymous(NODE)).json()

    assert board["by_status"] == {"registered": 1}
    assert board["open"] == 1
    assert sum(day["registered"] for day in board["days"]) == 1
