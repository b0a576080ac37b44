import asyncio

import pytest
from httpx import ASGITransport, AsyncClient
from prometheus_client import generate_latest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from backstop.gate import Gate, may_keep


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        pytest.param("/static/vendor/htmx.min.js", b"public, max-age=86400", id="a library"),
        pytest.param("/static/backstop.css", b"no-cache", id="our own style"),
        pytest.param("/follow/case", b"no-store", id="a case"),
        pytest.param("/api/v1/cases", b"no-store", id="the API"),
        pytest.param("*", b"no-store", id="no path"),
    ],
)
def test_a_browser_keeps_libraries_and_nothing_about_a_case(path: str, rule: bytes) -> None:
    assert may_keep(path) == rule


def test_a_client_cannot_make_up_labels_of_a_metric() -> None:
    with_it = ask("BREW", "/healthy")

    assert with_it == 404
    shown = generate_latest().decode()
    assert 'method="OTHER"' in shown
    assert "BREW" not in shown


def ask(method: str, path: str) -> int:
    async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(status_code=404)(scope, receive, send)

    async def send() -> int:
        transport = ASGITransport(Gate(nothing, "341523"))
        async with AsyncClient(transport=transport, base_url="http://node") as client:
            return (await client.request(method, path)).status_code

    return asyncio.run(send())
