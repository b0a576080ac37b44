"""Ask an application without a server or a client library: one call, one answer."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message


@dataclass(slots=True)
class Said:
    """What the application answered."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def code(self) -> str:
        """The code of a problem; empty where it is none."""
        if "problem+json" in self.headers.get("content-type", ""):
            return str(json.loads(self.body).get("code", ""))
        told = json.loads(self.body) if self.status >= 400 and self.body[:1] == b"[" else []
        return next((str(each["reason"]) for each in told), "")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked."""

    method: str
    address: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom to ask, and where it runs."""

    app: ASGIApp
    loop: asyncio.Runner

    def ask(self, requests: Sequence[Request]) -> Sequence[Said]:
        """Ask one after the other, from a loopback address."""
        # In one run of the loop: with each run begin threads of its own.
        return self.loop.run(self._ask_all(requests))

    async def _ask_all(self, requests: Sequence[Request]) -> Sequence[Said]:
        return [await self._ask(each) for each in requests]

    async def _ask(self, request: Request) -> Said:
        said, sent = Said(), False

        async def receive() -> Message:
            nonlocal sent
            if sent:
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                said.status = message["status"]
                said.headers = {
                    name.decode().lower(): value.decode("latin-1")
                    for name, value in message["headers"]
                }
            else:
                said.body += message.get("body", b"")

        with suppress(Exception):  # which the application has answered before it raises it
            await self.app(_scope(request), receive, send)
        return said


def _scope(request: Request) -> dict[str, Any]:
    parts = urlsplit(request.address)
    told = {"host": "node.test", "content-length": str(len(request.body)), **request.headers}
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in told.items()],
        "client": ("127.0.0.1", 50_000),
        "server": ("node.test", 80),
    }
