"""What people write to the number of the centre comes in by a real gateway, each message once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from backstop.servers.ports import LOOPBACK
from shared.security.actor import Role
from tests.conftest import need
from tests.system.harness import RunningNode, eventually
from tests.system.kannel import Gateway, gateway

pytestmark = pytest.mark.system

POST = "http://TOKEN-ID:TOKEN-SECRET@127.0.0.1:8002/"
SENDER = "8613812345678"
SHORT = "房产证办不下来，窗口让回去等😀"
LONG = "房产证办不下来，窗口让回去等，已经两个月没有消息。" * 6


@dataclass
class Way:
    """The way from a gateway to a node, on which an answer can be lost."""

    node: RunningNode
    loses: int = 0
    """So many answers to come."""
    passed: list[str] = field(default_factory=list)
    """The address of each request whose answer arrived."""
    failed: list[str] = field(default_factory=list)
    """Of each other one."""

    def carry(self, path: str, headers: dict[str, str], body: bytes) -> int | None:
        """Return the status that arrives; None for no answer at all."""
        status = self._asked(path, headers, body)
        if self.loses and status == httpx.codes.OK:
            self.loses, status = self.loses - 1, None
        (self.passed if status == httpx.codes.OK else self.failed).append(path)
        return status

    def _asked(self, path: str, headers: dict[str, str], body: bytes) -> int | None:
        url = f"{self.node.base_url}{path}"
        try:
            return httpx.post(
                url, headers=headers, content=body, trust_env=False, timeout=30
            ).status_code
        except httpx.TransportError:
            return None

    @contextmanager
    def open(self) -> Iterator[str]:
        """Give the address at which it begins."""
        way = self

        class Carry(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = way.carry(self.path, dict(self.headers.items()), body)
                if status is not None:
                    self.send_response(status)
                    self.send_header("Content-Type", "text/plain; charset=utf-8")
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        with ThreadingHTTPServer((LOOPBACK, 0), Carry) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"{LOOPBACK}:{server.server_port}"
            server.shutdown()


@pytest.fixture(scope="module")
def node(embedded_node: RunningNode) -> RunningNode:
    return embedded_node


@pytest.fixture(scope="module")
def token(node: RunningNode) -> str:
    body = {
        "name": "短信网关",
        "about": "Kannel",
        "scopes": ["case.register", "channel:sms"],
        "days": 30,
    }
    made = node.ask("POST", "/api/v1/tokens", node.as_role(Role.SECURITY_ADMINISTRATOR), json=body)
    return str(made["token"])


@pytest.fixture(scope="module")
def way(node: RunningNode) -> Way:
    return Way(node)


@pytest.fixture(scope="module")
def kannel(way: Way, token: str, scratch: Path) -> Iterator[Gateway]:
    need("kannel")
    with way.open() as begins:
        shown = token.removeprefix("bst_").replace("_", ":")
        here = {POST: f"http://{shown}@{begins}/"}
        with gateway(scratch / "kannel", here) as running:
            eventually("it is bound", lambda: running.centre.is_bound)
            yield running


def taken_down(node: RunningNode, title: str) -> list[Any]:
    asked = (
        "SELECT case_id, number, text_masked FROM intake.cases"
        " WHERE channel = 'sms' AND title_masked = :title"
    )
    return node.rows(asked, title=title)


def test_what_a_person_writes_is_one_case_in_however_many_parts_and_answers(
    node: RunningNode, kannel: Gateway, way: Way
) -> None:
    begun, way.loses = len(way.passed), 1
    kannel.centre.write(SENDER, SHORT)
    eventually("the gateway repeats it", lambda: len(way.passed) == begun + 1)
    assert way.failed[-1] == way.passed[-1], "under the same id"
    kannel.centre.write(SENDER, LONG)
    eventually("the parts came", lambda: len(way.passed) == begun + 2)

    [(case_id, number, text)] = taken_down(node, SHORT)
    assert text == SHORT
    [(_, _, long)] = taken_down(node, LONG.partition("。")[0])
    assert long == LONG
    told = "SELECT purpose FROM notify.messages WHERE case_id = :case AND state = 'delivered'"
    eventually("the receipt", lambda: ("receipt",) in node.rows(told, case=case_id))
    assert number.startswith("BCS-")
    assert kannel.centre.submitted == []


def test_what_came_while_the_node_was_away_is_taken_down_later(
    node: RunningNode, kannel: Gateway, way: Way, token: str
) -> None:
    words = [f"第{place}件事没人管" for place in "一二三"]
    begun = len(way.passed)

    with node.without("web"):
        numbers = [one for each in words for one in kannel.centre.write(SENDER, each)]
        eventually("all were tried", lambda: len(set(way.failed) - set(way.passed)) >= 3)
    eventually("the node took them", lambda: len(way.passed) == begun + 3, 60)

    assert [len(taken_down(node, each)) for each in words] == [1, 1, 1]
    assert set(numbers) <= kannel.centre.taken
    assert kannel.spooled() == 0
    assert kannel.centre.submitted == []
    for private in (SENDER[2:], "没人管", token.rpartition("_")[2]):
        assert private not in kannel.written() + "".join(way.failed)
