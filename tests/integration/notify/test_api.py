import asyncio
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import Engine, select

from services.notify import api, handlers
from services.notify.handlers import Post
from services.notify.providers import Embedded
from services.notify.settings import Settings
from services.notify.tables import plumbing
from shared.http import Door, NodeFacts, install_problems
from shared.security.actor import Actor, ActorKind, Role, anonymous
from shared.security.key_file import LiveKeys
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.notify.stories import CODE, NINE, URL, Case, new_case

pytestmark = pytest.mark.integration

NODE = "341523"
STAFF = Actor(
    kind=ActorKind.STAFF, node=NODE, id="dd", name="陈", roles=frozenset({Role.DISPATCHER})
)


def ask(door: Door, actor: Actor, query: str = "") -> Response:
    app = FastAPI()
    app.include_router(api.router)
    app.state.doors = {"notify": door}
    install_problems(app)

    @app.middleware("http")
    async def identify(request: Request, following: Any) -> Any:
        request.scope["actor"] = actor
        return await following(request)

    async def send() -> Response:
        transport = ASGITransport(app, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://node") as client:
            return await client.get(f"/api/v1/messages{query}")

    return asyncio.run(send())


def open_door(unit: Unit, keys: NodeKeys, *, show_texts: bool = False) -> Door:
    facts = NodeFacts(NODE, "county", "舒城县", URL)
    settings = Settings(show_texts=show_texts)
    return Door(unit=unit, settings=settings, keys=keys, node=facts, now=lambda: NINE)


def told_case(unit: Unit, engine: Engine, keys: NodeKeys) -> Case:
    case = new_case(engine, keys)
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered()], case.house)
    embedded = Embedded(unit.transaction)
    handlers.deliver_due(Post(unit.transaction, keys, embedded, Settings().pace, lambda: NINE), 9)
    return case


def test_staff_see_that_a_message_was_sent_but_not_its_text(
    unit: Unit, engine: Engine, keys: NodeKeys
) -> None:
    case = told_case(unit, engine, keys)

    response = ask(open_door(unit, keys), STAFF)

    [message] = response.json()["items"]
    assert (message["case_id"], message["state"]) == (str(case.id), "delivered")
    assert (message["purpose"], message["text"]) == ("receipt", None)


def test_a_demonstration_shows_the_text_and_audits_the_look(
    unit: Unit, engine: Engine, keys: NodeKeys
) -> None:
    case = told_case(unit, engine, keys)

    response = ask(open_door(unit, keys, show_texts=True), STAFF, f"?case_id={case.id}")

    assert CODE in response.json()["items"][0]["text"]
    with engine.connect() as db:
        looks = db.execute(select(plumbing.audit.c.action, plumbing.audit.c.object_id)).all()
    assert [tuple(look) for look in looks] == [("message.read", str(case.id))]


def test_a_long_list_goes_on_after_its_cursor(unit: Unit, engine: Engine, keys: NodeKeys) -> None:
    case = told_case(unit, engine, keys)
    with unit.transaction() as db:
        for round_ in range(60):
            handlers.tell_dispatched(db, [case.dispatched(round_)], case.house)
    door = open_door(unit, keys)

    first = ask(door, STAFF).json()
    second = ask(door, STAFF, f"?cursor={first['next']}").json()

    seen = [message["message_id"] for message in (*first["items"], *second["items"])]
    assert len(seen) == len(set(seen)) == 61
    assert second["items"][-1]["purpose"] == "receipt"
    assert second["next"] is None


@pytest.mark.parametrize("cursor", ["x", "WyJhIiwiYiJd", "W10"])
def test_a_foreign_cursor_is_refused(unit: Unit, keys: NodeKeys, cursor: str) -> None:
    response = ask(open_door(unit, keys), STAFF, f"?cursor={cursor}")

    assert (response.status_code, response.json()["code"]) == (400, "bad_cursor")


def test_people_do_not_see_messages(unit: Unit, keys: NodeKeys) -> None:
    assert ask(open_door(unit, keys), anonymous(NODE)).status_code in (401, 403)


def test_a_demonstration_without_its_keys_lists_the_messages_without_texts(
    unit: Unit, engine: Engine, tmp_path: Path
) -> None:
    NodeKeys.create(tmp_path / "keys.json")
    keys = LiveKeys(tmp_path / "keys.json")
    case = told_case(unit, engine, keys)
    (tmp_path / "keys.json").unlink()

    response = ask(open_door(unit, keys, show_texts=True), STAFF, f"?case_id={case.id}")

    [message] = response.json()["items"]
    assert (message["state"], message["text"]) == ("delivered", None)
