"""What the bus process measures when Prometheus asks, on a real PostgreSQL."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, func, insert

from backstop.node import Node
from backstop.operations import Measured
from backstop.settings import NodeSettings
from backstop.suite import MEMBERS
from shared.audit import ledger_of, record
from shared.audit.checking import Fault, Finding
from shared.audit.sealer import seal
from shared.audit.searching import verified
from shared.clock import new_id, utcnow
from shared.security.actor import Actor, ActorKind
from shared.security.sealing import NodeKeys

pytestmark = pytest.mark.integration

CODE = "341523"
SERVICES = ("intake", "sla", "link")


def node_on(engine: Engine, scratch: Path) -> Node:
    addresses = {"BACKSTOP_DATABASE_URL": "?", "BACKSTOP_BUS_URL": "?"}
    file = Path(__file__).resolve().parents[3] / "deploy" / "nodes" / f"{CODE}.toml"
    return Node(NodeSettings.load(file, addresses), engine, NodeKeys.create(scratch / "keys"))


def measured(node: Node) -> dict[str, dict[str, float]]:
    """Every sample by the name of its gauge and its last label."""
    return {
        family.name: {list(s.labels.values())[-1]: s.value for s in family.samples}
        for family in Measured(node, SERVICES).collect()
    }


def test_what_waits_is_counted_for_each_service_and_with_its_age(
    service_database: Callable[..., Engine], tmp_path: Path
) -> None:
    engine = service_database(*(MEMBERS[name].metadata for name in SERVICES))
    node = node_on(engine, tmp_path)
    plumbing = node.unit("intake").plumbing
    fact = {"id": new_id(), "subject_id": new_id(), "name": "said", "body": "{}"}
    kept = {"subject_id": new_id(), "speaker": "sla", "body": b"{}"}
    parked = {"name": "heard", "body": b"{}", "reason": "bad", "traceback": ""}
    with engine.begin() as db:
        long_ago = func.now() - timedelta(seconds=90)
        db.execute(insert(plumbing.outbox.rows).values({**fact, "written_at": long_ago}))
        db.execute(insert(plumbing.inbox.waiting).values({**kept, "kept_at": long_ago}))
        db.execute(insert(plumbing.inbox.parked).values(parked))

    told = measured(node)

    assert told["backstop_database_answers"] == {CODE: 1}
    assert told["backstop_outbox_unsent"] == {"intake": 1, "sla": 0, "link": 0}
    assert told["backstop_outbox_oldest_seconds"]["intake"] == pytest.approx(90, abs=30)
    assert told["backstop_outbox_oldest_seconds"]["sla"] == 0
    assert told["backstop_events_waiting"] == {"intake": 1, "sla": 0, "link": 0}
    assert told["backstop_events_waiting_oldest_seconds"]["intake"] >= 90
    assert told["backstop_messages_parked"] == {"intake": 1, "sla": 0, "link": 0}
    assert told["backstop_sweep_lag_seconds"] == {CODE: 0}
    assert told["backstop_sweep_to_catch_up"] == {CODE: 0}
    assert told["backstop_clocks_running"] == {"green": 0, "yellow": 0, "red": 0}


def test_how_the_audits_do_is_measured(
    service_database: Callable[..., Engine], tmp_path: Path
) -> None:
    engine = service_database(*(MEMBERS[name].metadata for name in SERVICES))
    node = node_on(engine, tmp_path)
    actor = Actor(kind=ActorKind.SYSTEM, node=CODE, id="sealer")
    fault = Finding(Fault.REMOVED, "sla", 3, 7)
    for service, finding in (("intake", None), ("sla", fault)):
        entry = verified(actor, finding, utcnow() - timedelta(seconds=90))
        with node.unit(service).transaction() as db:
            record(db, node.unit(service).plumbing.audit, entry)
    seal(engine, CODE, ledger_of("sla"))

    told = measured(node)

    assert told["backstop_audit_unsealed_oldest_seconds"]["intake"] == pytest.approx(90, abs=30)
    assert told["backstop_audit_unsealed_oldest_seconds"]["sla"] == 0
    assert told["backstop_audit_broken"] == {"intake": 0, "sla": 1, "link": 0}
    assert told["backstop_audit_verified_seconds"]["sla"] == pytest.approx(90, abs=30)
    assert told["backstop_audit_verified_seconds"]["link"] == float("inf")
    assert told["backstop_anchor_age_seconds"] == {CODE: float("inf")}
    assert told["backstop_anchors_contradicted"] == {CODE: 0}


def test_a_database_that_is_away_is_told_and_nothing_else(tmp_path: Path) -> None:
    nobody = create_engine("postgresql+psycopg://x@127.0.0.1:1/x")

    told = measured(node_on(nobody, tmp_path))

    assert told == {
        "backstop_database_answers": {CODE: 0},
        "backstop_keys_usable": {CODE: 1},
        "backstop_link_certificate_left": {},
    }
