"""What the queue may bring, against a running node on RabbitMQ."""

import json
from typing import Any
from uuid import uuid4

import kombu
import pytest

from shared.bus.topology import EXCHANGE
from shared.security.actor import Role
from tests.system.harness import CODE, RunningNode, eventually
from tests.system.test_story import ITEM, REPORT

pytestmark = pytest.mark.system

HEAR_INTAKE = {"dispatch", "sla", "notify", "review", "portal"}


@pytest.fixture
def node(rabbit_node: RunningNode) -> RunningNode:
    return rabbit_node


def publish(node: RunningNode, body: bytes, key: str = "intake.0") -> None:
    with kombu.Connection(node.settings.bus_url) as bus:
        bus.Producer().publish(
            body,
            exchange=EXCHANGE,
            routing_key=key,
            content_type="application/json",
            content_encoding="binary",
            serializer=None,
            delivery_mode=2,
        )


def register(node: RunningNode, **changes: Any) -> str:
    told = node.ask("POST", "/api/v1/cases", json={**REPORT, **changes})
    return str(told["case_id"])


def parked_in(node: RunningNode, mark: str) -> dict[str, str]:
    """Return reason by service of what was parked with `mark` in its body."""
    found: dict[str, str] = {}
    for service in (*HEAR_INTAKE, "intake"):
        query = f"SELECT reason FROM {service}.parked WHERE position(:mark in encode(body, 'escape')) > 0"  # noqa: S608, E501
        for (reason,) in node.rows(query, mark=mark):
            found[service] = reason
    return found


def envelope(name: str, subject: str, data: dict[str, Any], speaker: str = "intake") -> bytes:
    told = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": f"/nodes/{CODE}/{speaker}",
        "type": name,
        "time": "2026-03-02T04:00:00Z",
        "subject": subject,
        "version": 1,
        "data": {"case_id": subject, "occurred_at": "2026-03-02T04:00:00Z", **data},
    }
    return json.dumps([told]).encode()


def clocks_of(node: RunningNode, case_id: str) -> int:
    query = "SELECT count(*) FROM sla.clocks WHERE case_id = :case AND kind = 'citizen'"
    [(number,)] = node.rows(query, case=case_id)
    return int(number)


def said_by_intake(node: RunningNode, case_id: str, name: str) -> bytes:
    query = "SELECT body FROM intake.outbox WHERE subject_id = :case AND name = :name"
    [(body,)] = node.rows(query, case=case_id, name=name)
    return f"[{body}]".encode()


def flows_on(node: RunningNode) -> None:
    case_id = register(node, item=None)
    seen = "SELECT 1 FROM portal.cases WHERE case_id = :case"
    eventually("the queue flows on", lambda: node.rows(seen, case=case_id))


def test_bytes_that_are_not_json_are_parked_by_every_hearer(node: RunningNode) -> None:
    mark = uuid4().hex

    publish(node, b"{not json " + mark.encode())

    eventually("parked everywhere", lambda: set(parked_in(node, mark)) == HEAR_INTAKE)
    flows_on(node)


def test_an_event_that_breaks_its_contract_is_parked_by_those_who_hear_it(
    node: RunningNode,
) -> None:
    case_id = str(uuid4())

    publish(node, envelope("intake.case_accepted.v1", case_id, {"number": 17}))

    hearers = {"dispatch", "sla", "portal"}
    eventually("parked", lambda: hearers <= set(parked_in(node, case_id)))
    assert set(parked_in(node, case_id)) == hearers
    flows_on(node)


def test_an_unknown_event_is_parked_where_everything_is_kept(node: RunningNode) -> None:
    case_id = str(uuid4())

    publish(node, envelope("intake.moon_landed.v1", case_id, {}))

    eventually("parked by the journal's keeper", lambda: parked_in(node, case_id))
    assert set(parked_in(node, case_id)) == {"portal"}
    flows_on(node)


def test_the_same_message_again_has_no_second_effect(node: RunningNode) -> None:
    case_id = register(node, item=ITEM)
    accepted_by_officer(node, case_id)
    eventually("the clock", lambda: clocks_of(node, case_id))
    again = said_by_intake(node, case_id, "intake.case_accepted.v1")

    publish(node, again)
    flows_on(node)

    assert clocks_of(node, case_id) == 1
    assert "sla" not in parked_in(node, case_id)


def test_a_handler_that_raises_parks_the_message_and_a_person_can_drop_it(
    node: RunningNode,
) -> None:
    case_id = register(node)
    accepted_by_officer(node, case_id)
    eventually("the clock", lambda: clocks_of(node, case_id))
    [forged] = json.loads(said_by_intake(node, case_id, "intake.case_accepted.v1"))
    forged["id"] = str(uuid4())

    publish(node, json.dumps([forged]).encode())

    eventually("parked by sla", lambda: "sla" in parked_in(node, forged["id"]))
    assert "UniqueViolation" in parked_in(node, forged["id"])["sla"]
    assert clocks_of(node, case_id) == 1
    flows_on(node)


def test_what_lacks_its_prerequisite_is_kept_not_parked(node: RunningNode) -> None:
    case_id = str(uuid4())
    clock = {
        "clock_id": str(uuid4()),
        "kind": "citizen",
        "due_at": "2026-03-05T09:00:00Z",
        "lamp": "yellow",
    }

    publish(node, envelope("sla.lamp_changed.v1", case_id, clock, "sla"), key="sla.0")

    kept = "SELECT 1 FROM intake.waiting WHERE subject_id = :case"
    eventually("kept by intake", lambda: node.rows(kept, case=case_id))
    assert "intake" not in parked_in(node, case_id)
    flows_on(node)


def accepted_by_officer(node: RunningNode, case_id: str) -> None:
    """See to it that a case is accepted, whether the catalogue did it or an officer must."""
    query = "SELECT number, accepted_at FROM intake.cases WHERE case_id = :case"
    [(number, accepted_at)] = node.rows(query, case=case_id)
    if accepted_at is None:
        officer = node.as_role(Role.WINDOW_OFFICER)
        node.ask("POST", f"/api/v1/cases/{number}/accept", officer, json={})
