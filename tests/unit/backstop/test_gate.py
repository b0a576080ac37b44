import asyncio
from collections.abc import Mapping

import pytest
from httpx import ASGITransport, AsyncClient, Response
from prometheus_client import generate_latest
from starlette import responses
from starlette.types import Message, Receive, Scope, Send

from backstop.addresses import Networks
from backstop.gate import AROUND_A_FILE, MOST_BODY_BYTES, Entrance, Gate
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


@pytest.mark.parametrize(
    ("method", "path", "most"),
    [
        ("PATCH", "/api/v1/cases/X/uploads/secret", 5_000_000),
        ("PATCH", "/follow/files/uploads/secret", MOST_BODY_BYTES),
        ("POST", "/api/v1/cases/X/uploads", MOST_BODY_BYTES),
        ("POST", "/follow/files", 5_000_000 + AROUND_A_FILE),
        ("PATCH", "/api/v1/cases/X", MOST_BODY_BYTES),
    ],
)
def test_only_doors_of_files_have_room_for_one(method: str, path: str, most: int) -> None:
    entrance = Entrance(most_file_bytes=5_000_000)

    assert entrance.room_for({"method": method, "path": path}).most == most


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


def after(
    received: list[Message], headers: Mapping[str, str] | None = None
) -> tuple[list[Message], list[Message]]:
    """Have a request refused that nobody reads; return what was said, and what is left to read."""
    said: list[Message] = []

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        await responses.PlainTextResponse("no", 403)(scope, receive, send)

    async def receive() -> Message:
        return received.pop(0)

    async def send(message: Message) -> None:
        said.append(message)

    sent = {"content-length": "4"} if headers is None else headers
    lines = [(name.encode(), value.encode()) for name, value in sent.items()]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": lines}
    asyncio.run(Gate(refuse, "341523")(scope, receive, send))
    return said, received


def test_a_body_that_nobody_wants_is_read_before_the_answer() -> None:
    parts: list[Message] = [
        {"type": "http.request", "body": b"ab", "more_body": True},
        {"type": "http.request", "body": b"cd"},
        {"type": "http.disconnect"},
    ]

    said, left = after(parts)

    assert said[0]["status"] == 403
    assert b"connection" not in dict(said[0]["headers"])
    assert left == [{"type": "http.disconnect"}]


@pytest.mark.parametrize(
    "length", ["9999999999", "0"], ids=["more than anybody may send", "no body at all"]
)
def test_the_rest_of_a_body_is_not_always_waited_for(length: str) -> None:
    part: Message = {"type": "http.request", "body": b"ab", "more_body": True}

    said, left = after([part], {"content-length": length})

    assert left == [part]
    closes = dict(said[0]["headers"]).get(b"connection") == b"close"
    assert closes is (length != "0")


def test_a_body_without_end_closes_the_connection() -> None:
    part: Message = {"type": "http.request", "body": b"a" * 600_000, "more_body": True}

    said, left = after([part] * 3, {"transfer-encoding": "chunked"})

    assert dict(said[0]["headers"])[b"connection"] == b"close"
    assert left == [part]
