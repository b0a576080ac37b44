"""A page asks the API in this process: no socket between them, under the address of who asks."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backstop.gate import client_address
from backstop.turnstile import INNER
from services.portal.pages import STREAMED


class InProcess(httpx.AsyncBaseTransport):
    """Carries a page's request to the API in this process, under the real asker's address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request without a socket; a stream comes as it is made."""
        client = client_address.get(), 0
        if request.extensions.get(STREAMED):
            return await Streamed(self._marked, request, client).answer()
        # What the API raises it has answered and logged before: the page shows that answer.
        transport = httpx.ASGITransport(self._marked, raise_app_exceptions=False, client=client)
        return await transport.handle_async_request(request)

    async def _marked(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, INNER: True}, receive, send)


class Streamed(httpx.AsyncByteStream):
    """An answer whose body is made no faster than it is taken: no part of it waits in memory."""

    def __init__(self, app: ASGIApp, request: httpx.Request, client: tuple[str, int]) -> None:
        self._app, self._request, self._client = app, request, client
        ways: tuple[MemoryObjectSendStream[Message], MemoryObjectReceiveStream[Message]]
        ways = anyio.create_memory_object_stream[Message](0)
        self._out, self._in = ways
        self._asked = False
        self._task: asyncio.Task[None] | None = None

    async def answer(self) -> httpx.Response:
        """Ask, and return what the answer begins with."""
        self._task = asyncio.create_task(self._run())
        begun = await self._next()
        return httpx.Response(begun["status"], headers=begun["headers"], stream=self)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the body; a ReadError where it breaks off."""
        more = True
        while more:
            said = await self._next()
            more = said.get("more_body", False)
            if said.get("body"):
                yield said["body"]

    async def _next(self) -> Message:
        try:
            return await self._in.receive()
        except anyio.EndOfStream as error:
            await self.aclose()
            raise httpx.ReadError("the answer broke off", request=self._request) from error

    async def aclose(self) -> None:
        """End what still makes the answer: nobody takes it any more."""
        if self._task is not None:
            self._task.cancel()
        self._in.close()

    async def _run(self) -> None:
        async with self._out:
            await self._app(self._scope(), self._receive, self._out.send)

    async def _receive(self) -> Message:
        if self._asked:
            await asyncio.Event().wait()  # until the answer is closed
        self._asked = True
        return {"type": "http.request", "body": await self._request.aread(), "more_body": False}

    def _scope(self) -> dict[str, Any]:
        url = self._request.url
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self._request.method,
            "headers": [(name.lower(), value) for name, value in self._request.headers.raw],
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.split(b"?")[0],
            "query_string": url.query,
            "server": (url.host, url.port),
            "client": self._client,
            "root_path": "",
        }
