"""The audit of a node against the anchors that the tier above holds of it."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update

from services.link import handlers as link
from services.link.repository.anchors import anchors_of
from services.link.tables import anchors, refused
from shared.audit import AUDITOR, Entry, Ledger, ledger_of, record
from shared.audit.anchors import Anchor, Signed, anchored
from shared.audit.books import AuditBooks
from shared.audit.checking import Fault, Finding
from shared.audit.export import (
    Span,
    begin_line,
    end_line,
    head_line,
    row_line,
    rows_of,
    stretch_of,
)
from shared.audit.offline import check
from shared.audit.sealer import seal
from shared.audit.verifying import verify
from shared.db import transaction
from shared.events.base import Envelope
from shared.events.link import AnchorContradicted
from shared.security.letters import sign
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import Node
from tests.integration.link.stories import post_round

pytestmark = pytest.mark.integration

SCHEMAS = ("dispatch", "link")
LEDGER = ledger_of("dispatch")


@pytest.fixture
def busy(three: Three) -> Three:
    """The county has done some things and sealed them."""
    three[0].empty()
    work(three[0], 3)
    return three


def work(node: Node, times: int) -> None:
    """Do so many things that stand in the audit, and let them be sealed."""
    entry = Entry(
        at=node.clock.now,
        actor=node.caller().actor,
        action="order.sign",
        object_kind="order",
        object_id="7",
    )
    with node.at_desk() as db:
        for _ in range(times):
            record(db, node.units["dispatch"].plumbing.audit, entry)
    for schema in SCHEMAS:
        seal(node.engine, node.code, ledger_of(schema))


def drop(node: Node) -> Anchor | None:
    """Let it be time for an anchor."""
    books = AuditBooks(node.engine, node.code, SCHEMAS)
    return link.drop_anchor(node.units["link"].transaction, books, node.link_house())


def next_day(*nodes: Node) -> None:
    nodes[0].clock.pass_(timedelta(days=1))
    post_round(*nodes)


def held(by: Node, of: Node) -> list[Anchor]:
    with by.in_link() as db:
        return [one.signed.anchor for one in anchors_of(db, of.code)]


def wrong(by: Node, of: Node) -> list[str | None]:
    with by.in_link() as db:
        return [one.contradicts for one in anchors_of(db, of.code)]


def audit_id(node: Node, seq: int) -> int:
    with transaction(node.engine, AUDITOR) as db:
        seals = LEDGER.seals.c
        return int(db.scalars(select(seals.audit_id).where(seals.seq == seq)).one())


def make_anew(node: Node, without: int) -> None:
    """Forge the whole audit with everything a node has: database, sealer, signing key."""
    with node.engine.begin() as db:
        db.execute(delete(LEDGER.audit).where(LEDGER.audit.c.id == without))
        db.execute(delete(LEDGER.seals))
        db.execute(insert(LEDGER.unsealed).from_select(["audit_id"], select(LEDGER.audit.c.id)))
    seal(node.engine, node.code, LEDGER)
    heads, _ = AuditBooks(node.engine, node.code, SCHEMAS).heads()
    with node.engine.begin() as db:
        for signed in [one.signed for one in anchors_of(db, node.code)]:
            forged = Signed.by(node.keys, signed.anchor.model_copy(update={"heads": heads}))
            told = {"body": forged.body, "signature": forged.signature, "digest": forged.digest}
            db.execute(update(anchors).where(anchors.c.digest == signed.digest).values(told))


def found(node: Node, kept: list[Anchor]) -> Finding | None:
    ledger: Ledger = LEDGER
    return verify(node.engine, node.code, ledger, anchored(kept).get("dispatch", {})).finding


def exported(node: Node) -> Iterator[str]:
    yield head_line(node.code, node.clock.now, Span(), ["dispatch"])
    stretch = stretch_of(node.engine, node.code, LEDGER, Span())
    yield begin_line(stretch)
    lines = [row_line("dispatch", one) for one in rows_of(node.engine, LEDGER, stretch)]
    yield from (*lines, end_line(len(lines)))


def test_an_anchor_a_day_goes_up_is_kept_there_and_answered(busy: Three) -> None:
    county, city, _province = busy

    first = drop(county)
    assert drop(county) is None
    next_day(*busy)
    work(county, 2)
    second = drop(county)
    post_round(*busy)

    assert first is not None
    assert second is not None
    assert held(city, county) == held(county, county) == [first, second]
    assert (first.heads["dispatch"][0], second.heads["dispatch"][0]) == (3, 5)
    assert second.earlier[0].heads == first.heads
    assert wrong(city, county) == [None, None]
    with county.in_link() as db:
        own, *_ = states(county, db)
    assert (own.last, own.answered, own.contradicts) == (second, True, None)
    with city.in_link() as db:
        _, below = states(city, db)
    assert (below.node, below.last, below.contradictions) == (county.code, second, 0)


def test_a_row_removed_with_all_keys_of_the_node_at_hand_is_betrayed_by_the_parents_anchor(
    busy: Three,
) -> None:
    county, city, _province = busy
    drop(county)
    post_round(*busy)
    kept = held(city, county)
    assert found(county, kept) is None
    assert check(exported(county), kept).findings == []

    make_anew(county, audit_id(county, 2))
    work(county, 4)

    assert found(county, held(county, county)) is None
    finding = found(county, kept)
    assert finding is not None
    assert (finding.fault, finding.seq) == (Fault.CONTRADICTED, 3)
    assert [one.fault for one in check(exported(county), kept).findings] == [Fault.CONTRADICTED]
    next_day(*busy)
    drop(county)
    post_round(*busy)
    assert wrong(city, county) == [None, "dispatch 3"]
    with county.in_link() as db:
        assert states(county, db)[0].contradicts == "dispatch 3"
    assert said(city) == [("dispatch 3", 2)]


def states(node: Node, db: Connection) -> list[link.AnchorState]:
    return link.anchor_states(db, node.code, node.neighbours, node.clock.now)


def said(node: Node) -> list[tuple[str, int]]:
    rows = node.units["link"].plumbing.outbox.rows
    with node.in_link() as db:
        bodies = db.scalars(select(rows.c.body).where(rows.c.name == AnchorContradicted.name))
        facts = [Envelope.model_validate_json(body).open(AnchorContradicted) for body in bodies]
    return [(fact.contradicts, fact.number) for fact in facts]


def test_after_a_break_a_node_counts_on_and_is_told_of_once(busy: Three) -> None:
    county, city, _province = busy
    for _ in range(3):
        drop(county)
        next_day(*busy)
    with county.engine.begin() as db:
        db.execute(text("DELETE FROM link.anchors"))

    for _ in range(3):
        drop(county)
        next_day(*busy)

    assert wrong(city, county) == [None, None, None, "number 1", None, None]


def test_of_others_and_of_what_others_signed_nothing_is_kept(busy: Three) -> None:
    county, city, _province = busy
    drop(county)
    with county.in_link() as db:
        (own,) = anchors_of(db, county.code)
    body = own.signed.anchor.model_copy(update={"node": city.code}).model_dump_json()
    forged = [
        Signed(body=own.signed.body.replace("dispatch", "dispatcH"), signature="AAAA"),
        Signed.by(county.keys, Anchor.model_validate_json(body)),
        Signed.by(city.keys, own.signed.anchor),
        Signed(body="{}", signature=sign(county.keys, b"{}")),
    ]
    content = link_content(forged)

    with city.in_link() as db:
        link.take_anchors(db, county.code, content, city.link_house())
    with county.in_link() as db:
        link.take_anchors(db, city.code, link_content([own.signed]), county.link_house())

    assert held(city, county) == []
    with city.in_link() as db:
        reasons = list(db.scalars(select(refused.c.reason).order_by(refused.c.position)))
    assert reasons == ["signature", "signature", "signature", "malformed"]
    with county.in_link() as db:
        assert list(db.scalars(select(refused.c.reason))) == ["not_theirs"]


def link_content(signed: list[Signed]) -> link.Content:
    told = json.dumps({"anchors": [one.model_dump() for one in signed]})
    return link.Content.model_validate_json(told)
