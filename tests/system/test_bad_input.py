"""Bad input at every door: a problem that names the field, and nothing written."""

import re
import select
import socket
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import create_engine, text

from shared.clock import utcnow
from shared.security.actor import Actor, ActorKind, Role
from shared.security.actor_token import sign_actor
from shared.security.sealing import NodeKeys
from tests.system.doors import (
    FORM,
    JSON,
    Bad,
    forbidden,
    spoilt,
    wrong_addresses,
    wrong_fields,
)
from tests.system.form_doors import forms
from tests.system.harness import CODE, RunningNode, eventually
from tests.system.takers import MARK, REPORT
from tests.system.test_story import order_of

pytestmark = pytest.mark.system

SERVICES = ("intake", "dispatch", "sla", "notify", "review", "portal")

Count = Callable[[], dict[str, int]]

BOOKKEEPING = frozenset(
    {"intake.wrong_codes", "portal.attempts", "portal.sessions", "portal.counts"}
    | {f"{name}.audit{more}" for name in SERVICES for more in ("", "_seal", "_unsealed")}
)
"""What is written just because somebody knocks."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SYSTEM = "importer"


@pytest.fixture(scope="module")
def node(besieged_node: RunningNode) -> RunningNode:
    return besieged_node


@pytest.fixture(scope="module")
def count(node: RunningNode) -> Iterator[Count]:
    """Count the rows of every table that only a fact may fill."""
    tables = node.rows(
        "SELECT table_schema || '.' || table_name FROM information_schema.tables "
        "WHERE table_schema IN ('intake','dispatch','sla','notify','review','portal','vault') "
        "AND table_type = 'BASE TABLE'"
    )
    names = sorted({name for (name,) in tables} - BOOKKEEPING)
    query = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names)  # noqa: S608
    engine = create_engine(node.settings.database_url)
    with engine.connect() as db:
        db = db.execution_options(isolation_level="AUTOCOMMIT")
        yield lambda: dict(tuple(row) for row in db.execute(text(query)))
    engine.dispose()


@pytest.fixture(autouse=True)
def _silence(node: RunningNode) -> None:
    unsent = "SELECT 1 FROM notify.messages WHERE state <> 'delivered' LIMIT 1"
    eventually("earlier cases are settled", lambda: not node.rows(unsent))


def credentials(node: RunningNode, role: str) -> dict[str, str]:
    if not role:
        return {}
    if role != SYSTEM:
        return node.as_role(Role(role), "NOSUCH" if role == "disposal_officer" else None)
    scopes = frozenset({"import", "case.register", "channel:web", "account.found"})
    actor = Actor(kind=ActorKind.SYSTEM, node=CODE, id=SYSTEM, name="导入", scopes=scopes)
    keys = NodeKeys.load(node.settings.key_file)
    return {"Authorization": f"Bearer {sign_actor(keys, actor, CODE, utcnow())}"}


def is_problem(answer: httpx.Response, status: int, named: str | None) -> None:
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert CHINESE.search(problem["detail"])
    assert problem["detail_en"].isascii()
    assert MARK not in answer.text, "a problem never repeats what was sent"
    if named is not None:
        fields = {error["field"]: error for error in problem["errors"]}
        assert named in fields, problem["errors"]
        assert CHINESE.search(fields[named]["zh"])
        assert fields[named]["en"]


@pytest.mark.parametrize(
    "table", [spoilt, wrong_fields, wrong_addresses, forbidden], ids=lambda table: table.__name__
)
def test_a_request_that_no_door_may_take_is_a_problem_and_writes_nothing(
    node: RunningNode, count: Count, table: Callable[[], list[Bad]]
) -> None:
    before = count()
    faults = []

    for bad in table():
        shown = bad.headers | credentials(node, bad.role)
        answer = node.client.request(bad.method, bad.path, headers=shown, content=bad.content())
        try:
            is_problem(answer, bad.status, bad.named)
        except AssertionError as error:
            faults.append(f"{bad.name}: {error}")

    assert not faults, "\n".join(faults)
    assert count() == before


def test_a_bad_form_is_answered_by_a_page_and_writes_nothing(
    node: RunningNode, count: Count
) -> None:
    before = count()
    faults = []

    for name, path, headers, body, expected in forms():
        answer = node.client.post(path, headers=headers, content=body)
        is_page = answer.status_code == 303 or (
            answer.headers["content-type"].startswith("text/html") and CHINESE.search(answer.text)
        )
        if answer.status_code not in expected or not is_page:
            faults.append(f"{name}: {answer.status_code} {answer.text[:80]}")

    assert not faults, "\n".join(faults)
    assert count() == before


def plain(line: str, *headers: bytes) -> bytes:
    """Return a request as bytes, without anything that a client would refuse to send."""
    return b"\r\n".join((line.encode("latin-1"), b"Host: n", *headers, b"", b""))


REPORTING = "POST /api/v1/cases HTTP/1.1"
FORMING = "POST /report HTTP/1.1"
RAW: tuple[tuple[str, bytes], ...] = (
    ("NUL in a path", plain("GET /\x00 HTTP/1.1")),
    ("bytes in a path", plain("GET /api/v1/cases/\xff HTTP/1.1")),
    ("NUL in a header", plain("GET / HTTP/1.1", b"X: a\x00b")),
    ("no number as length", plain(REPORTING, b"Content-Length: x")),
    ("two lengths", plain(REPORTING, b"Content-Length: 2", b"Content-Length: 3") + b"{}"),
    ("no HTTP", b"\x16\x03\x01\x02\x00\r\n\r\n"),
    (
        "bytes as number and code",
        plain("GET /api/v1/cases/X HTTP/1.1", b"Backstop-Number: \xff", b"Backstop-Code: \xed"),
    ),
    ("bytes as token", plain("GET /api/v1/orders HTTP/1.1", b"Authorization: Bearer \xff")),
    ("bytes as key", plain(REPORTING, b"Idempotency-Key: " + b"\xff" * 8, b"Content-Length: 0")),
    ("a broken origin", plain(FORMING, b"Origin: http://[", b"Content-Length: 0")),
    ("an origin of bytes", plain(FORMING, b"Origin: \xff", b"Content-Length: 0")),
    ("a huge header", plain("GET / HTTP/1.1", b"X: " + b"a" * 20_000)),
    (
        "twenty megabytes announced",
        plain(REPORTING, b"Content-Type: application/json", b"Content-Length: 20000000"),
    ),
)


@pytest.mark.parametrize("sent", [sent for _, sent in RAW], ids=[name for name, _ in RAW])
def test_bytes_that_no_client_sends_are_refused_too(node: RunningNode, sent: bytes) -> None:
    address = ("127.0.0.1", node.settings.web_port)

    with socket.create_connection(address, timeout=10) as client:
        client.sendall(sent)
        status = client.recv(64).split(b" ")[1]

    assert status.startswith(b"4")


def test_a_connection_outlives_a_request_that_was_refused_unread(node: RunningNode) -> None:
    foreign = plain(FORMING, b"Origin: https://evil.example", b"Content-Length: 4")

    with socket.create_connection(("127.0.0.1", node.settings.web_port), timeout=10) as client:
        client.sendall(foreign)  # a client sends head and body apart
        ready, _, _ = select.select([client], [], [], 0.2)
        client.sendall(b"a=bc")
        refused = client.recv(65_536)
        client.sendall(plain("GET /healthz HTTP/1.1"))
        served = client.recv(65_536)

    assert ready == []
    assert refused.split(b" ")[1] == b"403"
    assert served.split(b" ")[1] == b"200"


def test_cookies_of_garbage_make_nobody_of_the_asker(node: RunningNode) -> None:
    for cookie in ("\xff\xfe", "%00", '"a\\"', "a" * 2_000, "="):
        line = f"backstop_session={cookie}; backstop_case={cookie}; backstop_lang={cookie}"
        shown = {"cookie": line.encode("latin-1")}
        for path in ("/", "/follow", "/follow/case", "/report", "/board"):
            assert node.client.get(path, headers=shown).status_code in {200, 303}  # type: ignore[arg-type]
        refused = node.client.get("/api/v1/orders", headers=shown)  # type: ignore[arg-type]
        is_problem(refused, 401, None)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://[", "evil", "http://n:1"])
def test_another_site_may_not_use_a_session(node: RunningNode, origin: str) -> None:
    shown = {"cookie": "backstop_session=x", "origin": origin}

    answer = node.client.post("/api/v1/orders", headers=shown | JSON, content=b"{}")
    page = node.client.post("/desk/leave", headers=shown | FORM, content=b"")

    is_problem(answer, 403, None)
    assert page.status_code == 403
    assert page.headers["content-type"].startswith("text/html")


def test_a_body_that_grows_too_large_is_refused_on_the_way(node: RunningNode) -> None:
    def grow() -> Iterator[bytes]:
        yield b'{"title": "'
        for _ in range(20):
            yield b"a" * 65_536

    answer = node.client.post("/api/v1/cases", headers=JSON, content=grow())
    page = node.client.post("/report", headers=FORM, content=grow())

    is_problem(answer, 413, "body")
    assert page.status_code == 413
    assert page.headers["content-type"].startswith("text/html")


def test_a_key_used_again_with_another_body_is_refused(node: RunningNode, count: Count) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    node.ask("POST", "/api/v1/cases", key, json=REPORT)
    cases = count()["intake.cases"]

    other = {**REPORT, "title": "另一件事"}
    answer = node.client.post("/api/v1/cases", headers=key, json=other)

    is_problem(answer, 409, "Idempotency-Key")
    assert count()["intake.cases"] == cases


def test_a_late_or_forged_token_is_nobody(node: RunningNode) -> None:
    token = node.as_role(Role.SYSTEM_ADMINISTRATOR)["Authorization"]
    keys = NodeKeys.load(node.settings.key_file)
    admin = Actor(
        kind=ActorKind.STAFF,
        node=CODE,
        id="a",
        name="a",
        roles=frozenset({Role.SYSTEM_ADMINISTRATOR}),
    )
    foreign = sign_actor(keys, admin, "340000", utcnow())
    late = sign_actor(keys, admin, CODE, utcnow().replace(year=2020))

    for shown in (token[:-1] + "x", f"Bearer {foreign}", f"Bearer {late}"):
        answer = node.client.get("/api/v1/accounts", headers={"Authorization": shown})
        is_problem(answer, 401, None)


def test_a_step_in_the_wrong_state_is_refused(node: RunningNode) -> None:
    admin = node.as_role(Role.SYSTEM_ADMINISTRATOR)
    node.ask("PUT", "/api/v1/units/DOOR", admin, json={"title": "大厅", "region": "341523"})
    item = {"title": "门口事项", "kind": "licence", "unit_code": "DOOR"}
    node.ask("PUT", "/api/v1/items/DOORX", admin, json=item)
    known = "SELECT 1 FROM intake.items WHERE code = 'DOORX'"
    eventually("intake knows the item", lambda: node.rows(known))
    case = node.ask("POST", "/api/v1/cases", json={**REPORT, "item": "DOORX"})
    order = f"/api/v1/orders/{order_of(node, case)}"
    officer = node.as_role(Role.DISPOSAL_OFFICER, "DOOR")
    shown = {"Backstop-Number": case["number"], "Backstop-Code": case["query_code"]}
    finish = {"outcome": "done", "answer": "好"}

    refusals: list[tuple[str, dict[str, str], dict[str, Any], int]] = [
        (f"{order}/finish", officer, finish, 409),
        (f"/api/v1/cases/{case['number']}/accept", node.as_role(Role.DISPATCHER), {}, 409),
        ("/api/v1/evaluations", shown, {"level": 5, "solved": True}, 409),
        (f"{order}/sign", node.as_role(Role.DISPOSAL_OFFICER, "OTHER"), {}, 403),
    ]

    for path, headers, body, status in refusals:
        is_problem(node.client.post(path, headers=headers, json=body), status, None)


def test_a_wrong_number_and_a_wrong_code_look_alike_until_both_are_throttled(
    node: RunningNode,
) -> None:
    case = node.ask("POST", "/api/v1/cases", json=REPORT)
    good, code = case["number"], case["query_code"]
    missing = good[:-7] + "99999" + good[-2:]
    told = []

    for number in (good, missing):
        answers = [
            node.client.get(f"/api/v1/cases/{number}", params={"code": "AAAA999999"})
            for _ in range(12)
        ]
        told.append([(each.status_code, each.content) for each in answers])
        last = answers[-1]
        is_problem(last, 429, None)
        assert int(last.headers["retry-after"]) > 0

    assert told[0][:4] == told[1][:4] or told[1][0][0] == 429
    right = node.client.get(f"/api/v1/cases/{good}", params={"code": code})
    assert right.status_code == 429, "the right code waits too: its answer would tell"
