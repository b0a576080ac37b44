import asyncio
from collections.abc import Mapping

import pytest
from httpx import ASGITransport, AsyncClient, Response
from prometheus_client import generate_latest
from starlette import responses
from starlette.types import Receive, Scope, Send

from backstop.addresses import Networks
from backstop.gate import Entrance, Gate
from backstop.headers import may_keep


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

    assert with_it.status_code == 404
    shown = generate_latest().decode()
    assert 'method="OTHER"' in shown
    assert "BREW" not in shown


def test_https_is_kept_and_nobody_else_sets_our_cookies() -> None:
    sent = {"cookie": "backstop_session=planted; __Host-backstop_case=mine"}

    plain, secure = ask("GET", "/", sent), ask("GET", "/", sent, Entrance(secure=True))

    assert "strict-transport-security" not in plain.headers
    assert secure.headers["strict-transport-security"].startswith("max-age=")
    assert plain.json()["cookie"] == sent["cookie"]
    assert secure.json()["cookie"] == "backstop_case=mine"
    assert plain.headers["set-cookie"].startswith("backstop_look=1;")
    assert secure.headers["set-cookie"].startswith("__Host-backstop_look=1;")


def test_who_asks_through_a_listed_proxy_is_not_the_proxy() -> None:
    sent = {"x-forwarded-for": "198.51.100.7"}

    plain = ask("GET", "/", sent)
    through = ask("GET", "/", sent, Entrance(proxies=Networks(["127.0.0.1"])))

    assert plain.json()["client"] == "127.0.0.1"
    assert through.json()["client"] == "198.51.100.7"


def ask(
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    entrance: Entrance | None = None,
) -> Response:
    async def echo(scope: Scope, receive: Receive, send: Send) -> None:
        cookie = dict(scope["headers"]).get(b"cookie", b"").decode()
        told = {"cookie": cookie, "client": scope["client"][0]}
        answer = responses.JSONResponse(told, 404)
        answer.set_cookie("backstop_look", "1")
        await answer(scope, receive, send)

    async def send() -> Response:
        transport = ASGITransport(Gate(echo, "341523", entrance))
        async with AsyncClient(transport=transport, base_url="http://node") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(send())
