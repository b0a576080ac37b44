"""Who asks: found once, and for nothing that is the same for everybody."""

import asyncio
from base64 import b64encode
from types import SimpleNamespace
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from backstop.door_settings import DoorSettings
from backstop.identity import Identify, credentials_of
from services.portal.handlers import SESSION_COOKIE
from shared.security.system_token import new_id, new_token, read_token

KANNELS_LINE = 57
"""So many signs of name and password Kannel shows before it breaks the line, and the request."""


class Node:
    """A node of which nothing may be asked."""

    code = "341523"
    settings = SimpleNamespace(doors=DoorSettings())

    @property
    def doors(self) -> Any:
        raise AssertionError("the database was asked")


@pytest.mark.parametrize("path", ["/static/backstop.css", "/healthz", "/readyz", "/metrics"])
def test_a_session_is_not_looked_up_for_what_everybody_gets(path: str) -> None:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(scope["actor"].kind)(scope, receive, send)

    async def ask() -> str:
        node: Any = Node()
        transport = ASGITransport(Identify(answer, node))
        cookies = {SESSION_COOKIE: "x"}
        async with AsyncClient(
            transport=transport, base_url="http://node", cookies=cookies
        ) as client:
            return (await client.get(path)).text

    assert asyncio.run(ask()) == "anonymous"


def shown(path: str, told: bytes) -> str | None:
    basic = b"Basic " + b64encode(told)
    scope = {"path": path, "query_string": b"", "headers": [(b"authorization", basic)]}
    return credentials_of(scope).bearer


def test_a_gateway_shows_its_token_in_two_parts_and_at_no_other_door() -> None:
    token = new_token(new_id())
    parts = f"{token.id}:{token.text.rpartition('_')[2]}".encode()

    assert shown("/api/v1/sms/kannel", parts) == token.text
    assert len(parts) <= KANNELS_LINE
    assert read_token(shown("/api/v1/sms/kannel", b"sms:") or "") is None
    assert shown("/api/v1/sms/kannel", b"\xff:\xff") is None
    assert shown("/api/v1/cases", parts) is None
