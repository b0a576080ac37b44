"""A known person goes through the node: nothing of theirs stands anywhere in the clear."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.bus.topology import HEARS_FROM
from shared.security.actor import Role
from tests.conftest import SEARCHED, Recorder
from tests.system.harness import CODE, RunningNode, eventually
from tests.system.kept import dump_of, queued_again, tapped
from tests.system.test_story import UNIT, followed, order_of, wait_for_status, work_off
from tests.whole.needles import Search, stands_in

pytestmark = pytest.mark.system

NAME = "欧阳椿萱"
PHONE = "13956741283"
ID_NUMBER = "341523198712053010"
PLATE = "皖N8K52Q"
ADDRESS = "舒城县晓天镇白桑园村第九组"
REVIEWER_NOTE = f"谢谢，我是{NAME}，电话{PHONE}"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
REPORT: dict[str, Any] = {
    "region": "341523",
    "channel": "web",
    "reporter": {
        "kind": "person",
        "name": NAME,
        "phone": PHONE,
        "id_number": ID_NUMBER,
        "address": ADDRESS,
    },
    "title": f"{NAME}的车过户办不成，请打{PHONE}",
    "text": f"我叫{NAME}，身份证{ID_NUMBER}，电话{PHONE}，车牌{PLATE}，跑了三趟过户还是办不成。",
    "attempts": 3,
}
TABLES = (
    "SELECT format('SELECT %L AS place, every::text FROM %I.%I AS every', "
    "table_schema || '.' || table_name, table_schema, table_name) "
    "FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
    "AND table_schema NOT IN ('pg_catalog', 'information_schema')"
)
"""For each table a query of its rows as text, bytes in hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Told:
    """The story that was told, and the words that must be nowhere."""

    node: RunningNode
    case: dict[str, Any]
    more: list[str] = field(default_factory=list)
    """A new query code, a token of another system."""
    one_time: list[str] = field(default_factory=list)

    @property
    def secrets(self) -> tuple[str, ...]:
        code = str(self.case["query_code"])
        return (NAME, PHONE, ID_NUMBER, ID_NUMBER[:-1], PLATE, ADDRESS, code, *self.more)

    def found_in(self, text: str) -> list[str]:
        standing = [code for code in self.one_time if stands_in(code, text)]
        return [secret for secret in self.secrets if secret in text] + standing

    def search(self) -> Search:
        """Return a search for any spelling a backup, a URL or another code page has."""
        return Search(self.secrets, names=(NAME,))

    def found_as_bytes_in(self, row: str) -> list[str]:
        return [secret for secret in self.secrets if secret.encode().hex() in row]


@pytest.fixture(scope="module")
def told(embedded_node: RunningNode) -> Told:
    """From the report to the rating, with mistakes on the way that an error might repeat."""
    node, told = embedded_node, registered(embedded_node)
    case = told.case
    stumble(told)
    decided(told)
    work_off(node, order_of(node, case))
    wait_for_status(node, case, "finished")
    eventually("the person may rate", lambda: followed(node, case)["can_rate"])
    shown = {"Backstop-Number": case["number"], "Backstop-Code": case["query_code"]}
    rating = {"level": 2, "solved": True, "text": REVIEWER_NOTE}
    node.ask("POST", "/api/v1/evaluations", shown, json=rating)
    wait_for_status(node, case, "closed")
    settled(told)
    lost_and_found(told)
    connected(told)
    return told


def registered(node: RunningNode) -> Told:
    admin = node.as_role(Role.SYSTEM_ADMINISTRATOR)
    node.ask("PUT", f"/api/v1/units/{UNIT}", admin, json={"title": "车管所", "region": "341523"})
    trace = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01", "Idempotency-Key": str(uuid4())}
    return Told(node, node.ask("POST", "/api/v1/cases", trace, json=REPORT))


def lost_and_found(told: Told) -> None:
    """The person lost the query code, comes back by telephone, and gets another one."""
    node, number = told.node, told.case["number"]
    client = node.client
    client.post("/follow/lost", data={"phone": "13800000000", "number": number})
    client.post("/follow/lost", data={"phone": PHONE, "number": number})
    eventually("the code has arrived", lambda: arrived(told, "one_time_code"))
    code = re.findall(r"验证码(\d{6})", arrived(told, "one_time_code"))[0]
    told.one_time.append(code)
    wrong = client.post("/follow/lost/code", data={"code": f"{(int(code) + 1) % 10**6:06d}"})
    assert wrong.status_code == 422
    opened = client.post("/follow/lost/code", data={"code": f"{code[:3]} {code[3:]}"})
    assert (opened.status_code, opened.headers["location"]) == (303, "/follow/case")
    assert "换新查询码" in client.get("/follow/case").text
    client.post("/follow/renew")
    [renewed] = re.findall(r'class="secret">([A-Z0-9]{10})<', client.get("/follow/renewed").text)
    told.more.append(renewed)
    eventually("the new code has arrived", lambda: renewed in arrived(told, "code_renewed"))
    client.cookies.clear()
    shown = {"Backstop-Number": number}
    old, new = ({"Backstop-Code": each} for each in (told.case["query_code"], renewed))
    assert client.get(f"/api/v1/cases/{number}", headers=shown | old).status_code == 404
    assert client.get(f"/api/v1/cases/{number}", headers=shown | new).status_code == 200


def arrived(told: Told, purpose: str) -> str:
    """Return what the demonstration's telephone shows for a purpose."""
    path = f"/api/v1/messages?case_id={told.case['case_id']}"
    sent = told.node.ask("GET", path, told.node.as_role(Role.SUPERVISOR))["items"]
    return "".join(each["text"] or "" for each in sent if each["purpose"] == purpose)


def connected(told: Told) -> None:
    """Another system gets a token, asks with it, and with one that has a slip in it."""
    node = told.node
    body = {"name": "评价器", "about": "评价", "scopes": ["case.read"], "days": 30}
    security = node.as_role(Role.SECURITY_ADMINISTRATOR)
    token = node.ask("POST", "/api/v1/tokens", security, json=body)["token"]
    told.more.extend((token, token.rpartition("_")[2][:40]))
    for shown in (token, f"{token[:-1]}!"):
        number = told.case["number"]
        node.client.get(f"/api/v1/cases/{number}", headers={"Authorization": f"Bearer {shown}"})


def decided(told: Told) -> None:
    """An officer looks at the person, accepts, and sends the case to a unit."""
    node, number = told.node, told.case["number"]
    officer, dispatcher = node.as_role(Role.WINDOW_OFFICER), node.as_role(Role.DISPATCHER)
    seen = node.ask("POST", f"/api/v1/cases/{number}/person", officer, json={"purpose": "回访"})
    assert seen["phone"].endswith(PHONE)
    node.ask("POST", f"/api/v1/cases/{number}/accept", officer, json={})
    pooled = "SELECT 1 FROM dispatch.cases WHERE case_id = :case"
    eventually("in the pool", lambda: node.rows(pooled, case=told.case["case_id"]))
    body = {"case_id": told.case["case_id"], "unit_code": UNIT, "because": "车管业务"}
    node.ask("POST", "/api/v1/orders", dispatcher, json=body)


def stumble(told: Told) -> None:
    """Send the same words where they are refused, and the code in an address."""
    client, number = told.node.client, told.case["number"]
    client.post("/api/v1/cases", json={**REPORT, "attempts": PHONE, "region": ID_NUMBER})
    client.post("/api/v1/cases", json={**REPORT, PHONE: NAME})
    client.post("/api/v1/cases", content=json.dumps(REPORT)[:-2])
    client.get(f"/api/v1/cases/{number}", params={"code": told.case["query_code"]})
    client.get("/follow", params={"code": told.case["query_code"], "name": NAME})
    client.post("/follow", data={"number": number, "code": told.case["query_code"]})
    client.get(f"/nowhere/{PHONE}", params={"phone": PHONE})
    client.post("/api/v1/sessions", json={"login": PHONE, "password": ID_NUMBER})
    client.cookies.clear()


def settled(told: Told) -> None:
    node, case = told.node, told.case["case_id"]
    closed = "SELECT 1 FROM portal.cases WHERE case_id = :case AND status = 'closed'"
    eventually("the portal has heard it all", lambda: node.rows(closed, case=case))
    sent = "SELECT 1 FROM notify.messages WHERE case_id = :case AND state <> 'delivered'"
    eventually("every message is delivered", lambda: not node.rows(sent, case=case))


def lines(node: RunningNode, process: str) -> list[dict[str, Any]]:
    log = (node.scratch / "logs" / f"{process}.log").read_text(encoding="utf-8")
    return [json.loads(line) for line in log.splitlines() if line.startswith("{")]


def test_no_log_holds_anything_of_the_person(told: Told) -> None:
    assert told.found_in(told.node.logs()) == []


def test_every_log_line_is_structured(told: Told) -> None:
    logs = sorted((told.node.scratch / "logs").glob("*.log"))

    for log in logs:
        for line in log.read_text(encoding="utf-8").splitlines():
            assert line.startswith("{"), f"{log.name}: {line[:200]}"


def test_no_log_holds_a_query_string(told: Told) -> None:
    logs = told.node.logs()

    assert "code=" not in logs
    assert f"/nowhere/{PHONE}" not in logs


def test_no_metric_holds_anything_of_the_person(told: Told) -> None:
    node = told.node
    for base in (node.base_url, node.operations_url):
        metrics = httpx.get(f"{base}/metrics", trust_env=False).text

        assert "backstop_" in metrics
        assert told.found_in(metrics) == []
        assert told.case["number"] not in metrics
        assert told.case["case_id"] not in metrics


def test_no_row_of_any_table_holds_anything_of_the_person(told: Told) -> None:
    every = " UNION ALL ".join(query for (query,) in told.node.rows(TABLES))

    rows = told.node.rows(every)

    assert {place for place, _row in rows} >= {"vault.case_keys", "notify.handset"}
    found = [(place, secret) for place, row in rows for secret in told.found_in(row)]
    found += [(place, secret) for place, row in rows for secret in told.found_as_bytes_in(row)]
    assert found == []


def test_a_dump_of_the_whole_database_holds_nothing_of_the_person(
    told: Told, record_property: Recorder
) -> None:
    search, dump = told.search(), dump_of(told.node.settings)
    schemas = ("vault", "intake", "portal", "link", "dispatch", "notify", "review", "sla")

    assert all(f"COPY {schema}.".encode() in dump for schema in schemas)
    assert str(told.case["number"]).encode() in dump
    assert len(dump) > 100_000
    assert search.hidden_in(dump, "the dump") == []
    record_property(SEARCHED, str(search))


def test_no_spelling_of_the_person_is_in_logs_and_metrics(
    told: Told, record_property: Recorder
) -> None:
    search, node = told.search(), told.node

    assert search.hidden_in(node.logs().encode(), "logs") == []
    for base in (node.base_url, node.operations_url):
        metrics = httpx.get(f"{base}/metrics", trust_env=False).content
        assert search.hidden_in(metrics, "metrics") == []
    record_property(SEARCHED, str(search))


def test_no_message_on_the_embedded_bus_holds_anything_of_the_person(
    told: Told, record_property: Recorder
) -> None:
    search, queued = told.search(), queued_again(told.node)

    heard = b"".join(body for bodies in queued.values() for body in bodies)
    assert all(queued[f"{service}.0"] for service in HEARS_FROM)
    assert told.case["case_id"].encode() in heard
    for queue, bodies in queued.items():
        assert search.hidden_in(b"\n".join(bodies), queue) == []
    record_property(SEARCHED, str(search))


def test_no_message_that_waits_in_rabbitmq_holds_anything_of_the_person(
    rabbit_node: RunningNode, record_property: Recorder
) -> None:
    waiting: list[bytes] = []
    with tapped(rabbit_node) as tap:
        told = registered(rabbit_node)
        decided(told)
        work_off(rabbit_node, order_of(rabbit_node, told.case))

        def everybody_spoke() -> bool:
            waiting.extend(tap.drawn())
            return speakers(waiting, told.case["case_id"]) >= {
                "intake",
                "dispatch",
                "sla",
                "notify",
            }

        eventually("everybody has spoken of it", everybody_spoke)
    search = told.search()

    assert search.hidden_in(b"\n".join(waiting), "queues") == []
    record_property(SEARCHED, str(search))


def speakers(bodies: list[bytes], case_id: str) -> set[str]:
    about = [body for body in bodies if case_id.encode() in body]
    source = f"/nodes/{CODE}/%s"
    return {name for name in HEARS_FROM for body in about if (source % name).encode() in body}


def test_every_batch_leaves_one_line_with_cases_and_traces(told: Told) -> None:
    case_id = told.case["case_id"]
    heard = [line for line in lines(told.node, "bus") if case_id in line.get("case_ids", ())]

    assert {line["service"] for line in heard} >= {"intake", "dispatch", "sla", "notify", "review"}
    assert all(line["trace_ids"] for line in heard), [
        line["fact"] for line in heard if not line["trace_ids"]
    ]
    once = [(line["service"], each) for line in heard for each in line["message_ids"]]
    assert len(once) == len(set(once))


def test_the_trace_of_the_registration_is_found_on_the_bus(told: Told) -> None:
    web = [line for line in lines(told.node, "web") if line.get("trace_id") == TRACE]
    bus = [line for line in lines(told.node, "bus") if TRACE in line.get("trace_ids", ())]

    assert [line["route"] for line in web] == ["/api/v1/cases"]
    assert {line["fact"] for line in bus} >= {"intake.case_registered.v1"}
    assert {each for line in bus for each in line["case_ids"]} == {told.case["case_id"]}
