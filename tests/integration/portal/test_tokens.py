"""Tokens of other systems: made, shown once, recognised, rotated, revoked, and never kept."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import func, select

from backstop.door_settings import DoorSettings
from backstop.identity import Identify
from services.portal import api
from services.portal.handlers import tokens_ending_soon
from services.portal.settings import Settings
from services.portal.tables import metadata, plumbing, tokens
from shared.db import grants_of
from shared.http import Door, NodeFacts, Who, install_problems
from shared.security.actor import Actor, ActorKind, Role
from shared.security.actor_token import sign_actor
from shared.security.sealing import NodeKeys
from shared.security.system_token import new_id, new_token
from shared.unit import Unit

pytestmark = pytest.mark.integration

NODE = "341523"
NINE = datetime(2030, 1, 8, 1, tzinfo=UTC)
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
HOTLINE = {
    "name": "12345 呼叫中心",
    "about": "登记来电",
    "scopes": ["case.register", "channel:hotline"],
    "days": 30,
}
THERE = "10.20.3.7"


@dataclass(slots=True)
class House:
    """A node's web process with the portal alone, whose clock and visitors a test decides."""

    door: Door
    now: datetime = NINE

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        who: Role | str = Role.SECURITY_ADMINISTRATOR,
        address: str = "10.0.0.1",
    ) -> Response:
        """Ask as a role, or under a token."""
        token = self._signed(who) if isinstance(who, Role) else who
        return asyncio.run(self._send(method, path, body, token, address))

    def _signed(self, role: Role) -> str:
        actor = Actor(kind=ActorKind.STAFF, node=NODE, id="wang", roles=frozenset({role}))
        return sign_actor(self.door.keys, actor, NODE, self.now)

    async def _send(self, method: str, path: str, body: Any, token: str, address: str) -> Response:
        app = FastAPI()
        door = replace(self.door, now=lambda: self.now)
        app.state.doors = {"portal": door}
        app.include_router(api.router)
        install_problems(app)

        @app.get("/api/v1/who")
        def who(actor: Who) -> dict[str, Any]:
            return {"kind": actor.kind, "id": actor.id, "scopes": sorted(actor.scopes)}

        node = SimpleNamespace(
            code=NODE,
            keys=door.keys,
            doors=app.state.doors,
            settings=SimpleNamespace(doors=DoorSettings()),
        )
        transport = ASGITransport(Identify(app, cast("Any", node)), client=(address, 1))
        headers = {"authorization": f"Bearer {token}"}
        async with AsyncClient(transport=transport, base_url="https://node") as client:
            return await client.request(method, f"/api/v1{path}", json=body, headers=headers)

    def made(self, **changed: Any) -> dict[str, Any]:
        answer = self.ask("POST", "/tokens", HOTLINE | changed)
        assert answer.status_code == 201, answer.text
        return cast("dict[str, Any]", answer.json())

    def opens(self, token: str, address: str = THERE) -> bool:
        answer = self.ask("GET", "/who", who=token, address=address)
        assert answer.status_code in (200, 401, 429), answer.text
        return answer.status_code == 200

    def audited(self, action: str) -> list[Any]:
        audit = plumbing.audit
        with self.door.unit.transaction() as db:
            return list(db.execute(select(audit).where(audit.c.action == action)))

    def used_at(self) -> datetime | None:
        with self.door.unit.transaction() as db:
            return db.scalar(select(tokens.c.used_at))

    def kept(self) -> str:
        """Everything that stands in portal's tables and that it may read, as text."""
        read = [each for each in metadata.sorted_tables if "portal" in grants_of(each)]
        with self.door.unit.transaction() as db:
            return repr([db.execute(select(table)).all() for table in read])


@pytest.fixture
def house(unit: Unit, tmp_path: Path) -> House:
    facts = NodeFacts(NODE, "county", "舒城县", "https://backstop.test")
    settings = Settings(sign_in_failures_per_address=3)
    return House(Door(unit, settings, NodeKeys.create(tmp_path / "node.json"), facts))


def test_a_token_makes_a_system_with_its_scopes_and_is_kept_nowhere(house: House) -> None:
    made = house.made()

    answer = house.ask("GET", "/who", who=made["token"])
    [listed] = house.ask("GET", "/tokens").json()

    assert answer.json() == {
        "kind": "system",
        "id": made["id"],
        "scopes": ["case.register", "channel:hotline"],
    }
    assert made["token"].startswith(f"bst_{made['id']}_")
    assert "token" not in listed
    assert (listed["state"], listed["used_from"]) == ("live", "10.0.0.1")
    assert made["token"].rpartition("_")[2][:40] not in house.kept()
    assert [(row.actor_id, row.object_id) for row in house.audited("token.create")] == [
        ("wang", made["id"])
    ]


def test_what_does_not_open_answers_alike(house: House) -> None:
    live = house.made(networks=["10.20.0.0/16"])
    revoked, expired = house.made(name="a"), house.made(name="b", days=1)
    house.ask("POST", f"/tokens/{revoked['id']}/revoke")
    house.now += DAY
    stranger = new_token(new_id()).text
    other_secret = new_token(live["id"]).text

    answers = [
        house.ask("GET", "/who", who=token, address=address)
        for token, address in (
            (stranger, "10.20.0.1"),
            (other_secret, "10.20.0.2"),
            (revoked["token"], "10.20.0.3"),
            (expired["token"], "10.20.0.4"),
            (live["token"], "10.21.0.1"),
        )
    ]

    assert house.opens(live["token"])
    assert {(answer.status_code, answer.text) for answer in answers} == {
        (401, answers[0].text),
    }
    assert answers[0].json()["code"] == "wrong_token"
    told = [(row.object_id, row.outcome) for row in house.audited("token.use")]
    known = [live["id"], revoked["id"], expired["id"], live["id"]]
    assert told == [("", "denied"), *((each, "denied") for each in known)]


def test_a_slip_of_the_hand_is_told_and_counts_for_nothing(house: House) -> None:
    token = house.made()["token"]

    for _ in range(9):
        answer = house.ask("GET", "/who", who=f"{token[:-1]}{'a' if token[-1] != 'a' else 'b'}")

    assert (answer.status_code, answer.json()["code"]) == (401, "mistyped_token")
    assert house.audited("token.use") == []


def test_wrong_tokens_of_one_address_are_slowed_and_no_more_written_down(house: House) -> None:
    right = house.made()["token"]
    wrong = [new_token(new_id()).text for _ in range(6)]

    answers = [house.ask("GET", "/who", who=token, address=THERE) for token in wrong]

    assert [answer.status_code for answer in answers] == [401] * 3 + [429] * 3
    assert answers[-1].headers["retry-after"] == "2"
    assert len(house.audited("token.use")) == 3
    assert house.opens(right)
    assert not house.opens(new_token(new_id()).text, "10.9.9.9")


def test_a_rotated_token_opens_beside_the_new_one_for_the_overlap(house: House) -> None:
    first = house.made()
    house.now += 10 * DAY

    answer = house.ask("POST", f"/tokens/{first['id']}/rotate")
    second = answer.json()

    assert second["id"] == first["id"]
    assert second["token"] != first["token"]
    assert second["expires_at"] == (house.now + 30 * DAY).isoformat().replace("+00:00", "Z")
    assert house.opens(first["token"])
    assert house.opens(second["token"])
    house.now += DAY - SECOND
    assert house.opens(first["token"])
    house.now += SECOND
    assert not house.opens(first["token"])
    assert house.opens(second["token"])


def test_an_overlap_ends_with_the_token_that_was_rotated(house: House) -> None:
    first = house.made(days=1)
    house.now += DAY - HOUR
    second = house.ask("POST", f"/tokens/{first['id']}/rotate").json()
    house.now += HOUR

    assert not house.opens(first["token"])
    assert house.opens(second["token"])


def test_a_second_rotation_ends_the_first_token_at_once(house: House) -> None:
    first = house.made()
    second = house.ask("POST", f"/tokens/{first['id']}/rotate").json()
    third = house.ask("POST", f"/tokens/{first['id']}/rotate").json()

    assert [house.opens(each["token"]) for each in (first, second, third)] == [False, True, True]


def test_revoking_takes_effect_at_the_next_request_also_in_an_overlap(house: House) -> None:
    first = house.made()
    second = house.ask("POST", f"/tokens/{first['id']}/rotate").json()
    assert house.opens(second["token"])

    answer = house.ask("POST", f"/tokens/{first['id']}/revoke")

    assert answer.json()["state"] == "revoked"
    assert not house.opens(first["token"])
    assert not house.opens(second["token"], "10.1.1.1")
    for again in ("rotate", "revoke"):
        answer = house.ask("POST", f"/tokens/{first['id']}/{again}")
        assert (answer.status_code, answer.json()["code"]) == (409, "token_revoked")
    assert house.made()["name"] == first["name"]


def test_the_last_use_is_written_at_most_once_a_minute(house: House) -> None:
    token = house.made()["token"]
    house.opens(token)
    house.now += 59 * SECOND
    house.opens(token)
    assert house.used_at() == NINE
    house.now += SECOND
    house.opens(token)
    assert house.used_at() == house.now


def test_those_whose_end_is_near_are_counted_until_they_are_renewed(house: House) -> None:
    near = house.made(days=15)
    house.made(name="later", days=60)
    ended = house.made(name="gone", days=15)
    house.ask("POST", f"/tokens/{ended['id']}/revoke")
    house.now += DAY
    rules = house.door.settings.token_rules

    def ending() -> int:
        with house.door.unit.transaction() as db:
            return tokens_ending_soon(db, house.now, rules)

    assert ending() == 1
    assert [each["state"] for each in house.ask("GET", "/tokens").json()] == [
        "ending",
        "live",
        "revoked",
    ]
    house.ask("POST", f"/tokens/{near['id']}/rotate")
    assert ending() == 0


@pytest.mark.parametrize(
    ("changed", "status", "field"),
    [
        ({"scopes": ["person.reveal"]}, 422, "scopes.0"),
        ({"scopes": ["token.write"]}, 422, "scopes.0"),
        ({"scopes": []}, 422, "scopes"),
        ({"scopes": ["case.register"]}, 422, "scopes"),
        ({"scopes": ["channel:hotline"]}, 422, "scopes"),
        ({"days": 0}, 422, "days"),
        ({"days": 366}, 422, "days"),
        ({"days": "30"}, 422, "days"),
        ({"networks": ["10.0.0.0/8", "here"]}, 422, "networks.1"),
        ({"networks": ["10.0.0.1"] * 51}, 422, "networks"),
        ({"name": "长" * 61}, 422, "name"),
        ({"name": HOTLINE["name"]}, 409, "name"),
    ],
)
def test_a_bad_order_is_refused_by_its_field(
    house: House, changed: dict[str, Any], status: int, field: str
) -> None:
    house.made()

    answer = house.ask("POST", "/tokens", HOTLINE | {"name": "another"} | changed)

    assert answer.status_code == status
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    with house.door.unit.transaction() as db:
        assert db.scalar(select(func.count()).select_from(tokens)) == 1


READERS = {Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR}


def test_only_the_security_administrator_makes_and_ends_tokens(house: House) -> None:
    made = house.made()
    asked = (
        ("POST", "/tokens", HOTLINE),
        ("POST", f"/tokens/{made['id']}/rotate", None),
        ("POST", f"/tokens/{made['id']}/revoke", None),
    )

    for role in set(Role) - {Role.SECURITY_ADMINISTRATOR}:
        for method, path, body in asked:
            assert house.ask(method, path, body, who=role).status_code == 403
        reads = role in READERS | {Role.INSPECTOR}
        assert house.ask("GET", "/tokens", who=role).status_code == (200 if reads else 403)
    for method, path, body in asked:
        assert house.ask(method, path, body, who=made["token"]).status_code == 403


@pytest.mark.parametrize("way", ["rotate", "revoke"])
def test_a_token_that_nobody_has_is_not_found(house: House, way: str) -> None:
    assert house.ask("POST", f"/tokens/{'a' * 8}/{way}").status_code == 404
    assert house.ask("POST", f"/tokens/A%00/{way}").status_code == 422
