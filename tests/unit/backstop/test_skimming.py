"""A request finds the same endpoint by skimming, and asks no router that it cannot be for."""

import asyncio
from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from backstop.skimming import skim
from tests.whole.asgi import Asking, Request

ASKED = [
    (method, path)
    for method in ("GET", "POST", "HEAD")
    for path in (
        *("/desk", "/desk/cases/7", "/desk/cases", "/api/orders/7", "/api/orders/7/sign"),
        *("/", "/des", "/desk/", "/api", "/nowhere", "/7/by-number"),
    )
]


def application() -> FastAPI:
    app, service, orders, pages, desk = FastAPI(), *(APIRouter() for _ in range(4))
    for router, method, path in (
        (orders, "GET", "/orders/{order_id}"),
        (orders, "POST", "/orders/{order_id}/sign"),
        (desk, "GET", "/desk"),
        (desk, "GET", "/desk/cases/{number}"),
        (desk, "POST", "/desk/cases"),
        (pages, "GET", "/{number}/by-number"),
    ):
        router.add_api_route(path, _said(path), methods=[method])
    service.include_router(orders)
    pages.include_router(desk)
    app.include_router(service, prefix="/api")
    app.include_router(pages)
    return app


def _said(path: str):  # type: ignore[no-untyped-def]
    return lambda: path


@pytest.fixture
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


def test_every_request_is_answered_as_without_it(loop: asyncio.Runner) -> None:
    plain, skimmed = application(), application()
    skim(skimmed)
    requests = [Request(method, path, {}) for method, path in ASKED]

    expected = Asking(plain, loop).ask(requests)
    answers = Asking(skimmed, loop).ask(requests)

    assert [(one.status, one.body) for one in answers] == [
        (one.status, one.body) for one in expected
    ]
    assert {one.status for one in expected} == {200, 307, 404, 405}


@pytest.mark.parametrize("skims", [True, False])
def test_no_endpoint_is_compared_with_what_begins_as_no_address_of_its_router(
    loop: asyncio.Runner, skims: bool
) -> None:
    compared: list[str] = []

    class Comparing(APIRoute):
        def matches(self, scope: Scope) -> tuple[Match, Scope]:
            compared.append(scope["path"])
            return super().matches(scope)

    app, part = FastAPI(), APIRouter(route_class=Comparing)
    part.add_api_route("/orders/{order_id}", _said("an order"))
    app.include_router(part, prefix="/api")
    if skims:
        skim(app)

    Asking(app, loop).ask([Request("GET", path, {}) for path in ("/desk", "/api/orders/7")])

    assert ("/desk" in compared) is not skims
    assert "/api/orders/7" in compared
