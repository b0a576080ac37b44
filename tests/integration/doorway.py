"""Ask a service's HTTP door as any actor, without a server."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from httpx import ASGITransport, AsyncClient, Response

from shared.http import Door, NodeFacts, install_problems
from shared.http.staff import StaffAccount
from shared.security.actor import Actor, ActorKind, Role
from shared.security.sealing import NodeKeys
from shared.store import Store
from shared.store.held import HeldStore
from shared.unit import Unit

NODE = "341523"
FACTS = NodeFacts(NODE, "county", "舒城县", "http://127.0.0.1:8002")

Call = Callable[..., Response]
"""`call(actor, "GET", "/path", json=…)`."""


class Accounts:
    """A node with two accounts: one of a unit, one of none."""

    def account(self, login: str) -> StaffAccount | None:
        """Return one of the two; others are unknown."""
        units = {"of_town": "cgz", "of_node": None}
        return StaffAccount(login, units[login]) if login in units else None


def staff(*roles: Role, unit: str | None = None) -> Actor:
    """Return a member of staff."""
    name = "-".join(sorted(roles))
    return Actor(
        kind=ActorKind.STAFF,
        node=NODE,
        id=f"{name}@{unit}",
        name="李",
        unit=unit,
        roles=frozenset(roles),
    )


def door_to(
    unit: Unit,
    keys: NodeKeys,
    settings: object,
    now: Callable[[], datetime],
    store: Store | None = None,
) -> Door:
    """Return the door of a service of the test node; files lie in memory unless told otherwise."""
    store = HeldStore() if store is None else store
    return Door(unit=unit, settings=settings, keys=keys, node=FACTS, now=now, store=store)


def calling(router: APIRouter, door: Door) -> Call:
    """Return a function that asks this door."""
    app = FastAPI()
    app.include_router(router)
    app.state.doors = {door.unit.service: door}
    app.state.staff_list = Accounts()
    install_problems(app)
    asking: list[Actor] = []

    @app.middleware("http")
    async def identify(request: Request, following: Any) -> Any:
        request.scope["actor"] = asking[-1]
        return await following(request)

    async def send(method: str, path: str, **more: Any) -> Response:
        transport = ASGITransport(app, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://node") as client:
            return await client.request(method, f"/api/v1{path}", **more)

    def ask(actor: Actor, method: str, path: str, **more: Any) -> Response:
        asking.append(actor)
        return asyncio.run(send(method, path, **more))

    return ask
