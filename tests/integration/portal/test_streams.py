"""A board that is open is told what changes, and no more once the session has ended."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.types import Message

from services.portal import handlers
from services.portal.handlers import SESSION_COOKIE, staff, token_hash
from services.portal.pages.streams import StreamRules, Streams
from services.portal.repository import Account, Begun, begin_session, end_session, write_account
from shared.events import sla
from shared.events.base import Event
from shared.events.words import Lamp
from shared.security.parties import with_names
from tests.integration.portal.desks import Desk
from tests.integration.portal.stories import NINE, Speakers, Story
from tests.integration.portal.test_outlook import HOUR, calendar, told
from tests.integration.portal.tiers import CITY

pytestmark = pytest.mark.integration

WANG = Account(
    login="wang",
    name="王芳",
    roles=("supervisor",),
    unit_code=None,
    password_hash="none",
    active=True,
)
TOKENS = ("first", "second", "third")


@dataclass
class Reading:
    """A browser that reads a stream; what it was sent, one event after the other."""

    status: int = 0
    heard: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    rest: str = ""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.answered.set()
            return
        *events, self.rest = (self.rest + message.get("body", b"").decode()).split("\n\n")
        for event in events:
            lines = dict(line.partition(": ")[::2] for line in event.splitlines())
            if lines.get("event") in ("numbers", "end"):
                await self.heard.put({**lines, "told": json.loads(lines["data"])})

    async def next(self) -> dict[str, Any]:
        return await asyncio.wait_for(self.heard.get(), 30)


@asynccontextmanager
async def reading(desk: Desk, token: str, last: str = "") -> AsyncIterator[Reading]:
    """Open the stream in a browser that shows this session, until the block is left."""
    read = Reading()
    headers = [(b"cookie", f"{SESSION_COOKIE}={token}".encode()), (b"host", b"node")]
    if last:
        headers.append((b"last-event-id", last.encode()))
    path = "/desk/board/stream"
    scope = {
        **{"type": "http", "method": "GET", "path": path, "raw_path": path.encode()},
        **{"query_string": b"", "headers": headers, "scheme": "http", "root_path": ""},
        **{"server": ("node", 80), "client": ("127.0.0.1", 1), "http_version": "1.1"},
        "asgi": {"version": "3.0", "spec_version": "2.4"},
    }

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("nothing more is sent")

    task = asyncio.create_task(desk.app(scope, receive, read.send))
    await asyncio.wait_for(read.answered.wait(), 30)
    yield read
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def say(desk: Desk, speakers: Speakers, *events: Event) -> None:
    with desk.unit.transaction() as db:
        handlers.record(db, speakers.say(*events))


def signed_in(desk: Desk) -> None:
    """Let the account have sessions, and the desk know it as its sessions do."""
    door = desk.app.state.doors["portal"]
    with desk.unit.transaction() as db:
        write_account(db, WANG, NINE)
        for token in TOKENS:
            begun = Begun(
                token_hash=token_hash(token),
                login="wang",
                half=False,
                address="127.0.0.1",
                device="x",
            )
            begin_session(db, begun, NINE)
    desk.app.state.actor = with_names(door.keys, staff(WANG, CITY))


def test_a_stream_tells_what_changed_and_ends_with_the_session_or_the_role(desk: Desk) -> None:
    speakers, story = Speakers(), Story()
    signed_in(desk)
    say(desk, speakers, *told(story, 30 * HOUR))
    desk.api.answers["/api/v1/calendar/2030"] = calendar()
    rules = StreamRules(per_account=2, in_all=9, lasting=timedelta(hours=1))
    desk.app.state.streams = streams = Streams(rules, pace=0.01, beat=0.05)

    asyncio.run(watch(desk, speakers, story))

    assert streams.taken.total() == 0


async def watch(desk: Desk, speakers: Speakers, story: Story) -> None:
    api = httpx.MockTransport(desk.api)
    desk.app.state.api = httpx.AsyncClient(transport=api, base_url="http://api")
    async with reading(desk, "first") as first:
        begins = (await first.next())["told"]
        assert begins["whole"]
        assert begins["numbers"]["lamp.green"] == "1"

        turned = story.clock(sla.LampChanged, lamp=Lamp.YELLOW)
        await asyncio.to_thread(say, desk, speakers, turned)
        news = await first.next()
        assert not news["told"]["whole"]
        assert news["told"]["numbers"]["lamp.yellow"] == "1"
        assert news["told"]["numbers"].keys() < begins["numbers"].keys()

        again = await watch_beside(desk, speakers, story, news["id"])
        assert (await first.next())["told"]["state"] == again["told"]["state"]

        await asyncio.to_thread(move, desk, "reviewer")
        assert (await first.next())["event"] == "end"


async def watch_beside(desk: Desk, speakers: Speakers, story: Story, last: str) -> dict[str, Any]:
    """Watch from a second browser, which shows a state already; a third one has no seat."""
    async with reading(desk, "second", last) as second:
        async with reading(desk, "third") as third:
            assert (second.status, third.status) == (200, 429)
        await asyncio.to_thread(say, desk, speakers, story.clock(sla.LampChanged))
        again = await second.next()
        assert not again["told"]["whole"]
        await asyncio.to_thread(end, desk, "second")
        assert (await second.next())["event"] == "end"
    return again


def end(desk: Desk, token: str) -> None:
    with desk.unit.transaction() as db:
        end_session(db, token_hash(token))


def move(desk: Desk, role: str) -> None:
    with desk.unit.transaction() as db:
        write_account(db, replace(WANG, roles=(role,)), NINE)
