"""A stream of the API in this process is made as it is taken, and ends when nobody takes it."""

import asyncio

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from backstop.in_process import InProcess
from services.portal.pages import STREAMED

PIECES = 50


class Maker:
    """An application that counts the pieces it has made, and notes whether it was ended."""

    def __init__(self, breaks: bool = False) -> None:
        self.made, self.ended, self.breaks = 0, False, breaks
        self.scope: Scope = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        assert (await receive())["body"] == b"{}"
        try:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for _ in range(PIECES):
                self.made += 1
                await send({"type": "http.response.body", "body": b"x" * 10, "more_body": True})
                if self.breaks:
                    return
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except asyncio.CancelledError:
            self.ended = True
            raise


def client_of(maker: Maker) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=InProcess(maker), base_url="http://node.test:8002")


def asked(client: httpx.AsyncClient) -> httpx.Request:
    told = {"content": b"{}", "extensions": {STREAMED: True}}
    return client.build_request("POST", "/a/b?c=d", **told)  # type: ignore[arg-type]


def test_no_piece_is_made_before_the_one_before_it_was_taken() -> None:
    async def take() -> None:
        maker = Maker()
        async with client_of(maker) as client:
            answer = await client.send(asked(client), stream=True)
            taken, ahead = 0, []
            async for _piece in answer.aiter_raw():
                taken += 1
                ahead.append(maker.made - taken)
            await answer.aclose()
        assert (taken, max(ahead)) == (PIECES, 1)
        assert (maker.scope["path"], maker.scope["query_string"]) == ("/a/b", b"c=d")
        assert maker.scope["server"] == ("node.test", 8002)

    asyncio.run(take())


def test_who_closes_an_answer_ends_what_makes_it() -> None:
    async def leave() -> None:
        maker = Maker()
        async with client_of(maker) as client:
            answer = await client.send(asked(client), stream=True)
            await anext(answer.aiter_raw())
            await answer.aclose()
            await asyncio.sleep(0)  # its task takes its turn
        assert (maker.ended, maker.made < PIECES) == (True, True)

    asyncio.run(leave())


def test_an_answer_that_breaks_off_is_no_whole_answer() -> None:
    async def read() -> None:
        async with client_of(Maker(breaks=True)) as client:
            answer = await client.send(asked(client), stream=True)
            with pytest.raises(httpx.ReadError):
                await answer.aread()

    asyncio.run(read())
