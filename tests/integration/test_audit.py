from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zlib import crc32

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select, text, update
from sqlalchemy.exc import ProgrammingError

from shared.audit import AuditOutcome, Entry, digest_of, ledger_tables, record, rounds
from shared.audit.chain import canonical, first_head, next_head
from shared.audit.checking import Fault, Finding
from shared.audit.sealer import seal
from shared.audit.tables import AUDITOR, SEALER
from shared.audit.verifying import verify
from shared.db import grants_of, new_metadata, transaction
from shared.security.actor import Actor, ActorKind, Role, citizen
from tests.integration.conftest import ServiceDatabase

pytestmark = pytest.mark.integration

NODE = "341523"
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
METADATA = new_metadata("intake")
LEDGER = ledger_tables(METADATA)
AUDIT, SEALS, UNSEALED = LEDGER.audit, LEDGER.seals, LEDGER.unsealed
OFFICER = Actor(
    kind=ActorKind.STAFF,
    node=NODE,
    id="u1",
    name="李专员",
    roles=frozenset({Role.DISPOSAL_OFFICER}),
)


@pytest.fixture
def owner(service_database: ServiceDatabase) -> Engine:
    """An engine of who owns the tables, and may do anything to them."""
    return service_database(METADATA)


@pytest.fixture
def db(owner: Engine) -> Iterator[Connection]:
    with transaction(owner, "intake") as connection:
        yield connection


def look(actor: Actor = OFFICER, at: datetime = NINE) -> Entry:
    return Entry(
        at=at,
        actor=actor,
        action="person.reveal",
        object_kind="case",
        object_id="BCS-1",
        outcome=AuditOutcome.DENIED,
        purpose="回电核实",
        after=digest_of({"b": 1, "a": "甲"}),
        trace_id="0af7",
    )


def write(owner: Engine, count: int) -> list[int]:
    """Let a service write so many rows; return their ids."""
    with transaction(owner, "intake") as db:
        for _ in range(count):
            record(db, AUDIT, look(at=datetime.now(UTC)))
        return list(db.scalars(select(AUDIT.c.id).order_by(AUDIT.c.id)))


def found(owner: Engine, anchored: dict[int, dict[str, str]] | None = None) -> Finding | None:
    return verify(owner, NODE, LEDGER, anchored or {}).finding


def test_an_entry_says_who_did_what_to_what(db: Connection) -> None:
    record(db, AUDIT, look())

    row = db.execute(select(AUDIT)).one()
    assert (row.at, row.node, row.actor_kind, row.actor_id) == (NINE, NODE, "staff", "u1")
    assert (row.actor_name, row.action, row.outcome) == ("李专员", "person.reveal", "denied")
    assert (row.object_kind, row.object_id, row.purpose) == ("case", "BCS-1", "回电核实")
    assert (row.before, row.after) == (None, digest_of({"a": "甲", "b": 1}))


def test_the_name_of_a_person_from_outside_is_left_out(db: Connection) -> None:
    person = citizen(NODE, uuid4(), "BCS-1")
    named = Actor(kind=person.kind, node=person.node, id=person.id, name="张三丰")

    record(db, AUDIT, look(named))

    assert db.execute(select(AUDIT.c.actor_name)).scalar_one() == ""


def test_the_own_service_may_add_and_read_only() -> None:
    assert grants_of(AUDIT)["intake"] == ("SELECT", "INSERT")
    assert "intake" not in {*grants_of(SEALS), *grants_of(UNSEALED)}


def test_each_seal_holds_the_one_before_and_its_row(owner: Engine) -> None:
    first, second = write(owner, 2)

    assert seal(owner, NODE, LEDGER) == 2

    with transaction(owner, AUDITOR) as db:
        rows = [canonical(row._asdict()) for row in db.execute(select(AUDIT).order_by(AUDIT.c.id))]
        seals = db.execute(select(SEALS.c.seq, SEALS.c.audit_id, SEALS.c.head).order_by("seq"))
        head = next_head(first_head(NODE, "intake"), rows[0])
        assert seals.all() == [(1, first, head), (2, second, next_head(head, rows[1]))]
    assert seal(owner, NODE, LEDGER) == 0
    assert found(owner) is None


def test_a_row_that_commits_late_is_sealed_late(owner: Engine) -> None:
    slow = transaction(owner, "intake")
    with slow as late:
        record(late, AUDIT, look(at=datetime.now(UTC)))
        quick = write(owner, 2)
        assert seal(owner, NODE, LEDGER) == 2

    assert seal(owner, NODE, LEDGER) == 1
    with transaction(owner, AUDITOR) as db:
        order = list(db.scalars(select(SEALS.c.audit_id).order_by(SEALS.c.seq)))
    assert order[:2] == quick
    assert order[2] < quick[0]
    assert found(owner) is None


def test_one_process_at_a_time_seals_a_schema(owner: Engine) -> None:
    write(owner, 3)

    with transaction(owner, SEALER) as other:
        other.execute(
            text("SELECT pg_advisory_xact_lock(2906, :key)"),
            {"key": crc32(b"intake") & 0x7FFFFFFF},
        )
        assert seal(owner, NODE, LEDGER) == 0

    assert seal(owner, NODE, LEDGER, limit=2) == 2
    assert seal(owner, NODE, LEDGER, limit=2) == 1


def change(db: Connection, third: int) -> None:
    db.execute(update(AUDIT).where(AUDIT.c.id == third).values(outcome="done"))


def remove(db: Connection, third: int) -> None:
    db.execute(delete(AUDIT).where(AUDIT.c.id == third))


def remove_its_seal(db: Connection, third: int) -> None:
    db.execute(delete(SEALS).where(SEALS.c.audit_id == third))


def reorder(db: Connection, third: int) -> None:
    moved = {third: -1, third + 1: third, -1: third + 1}
    for old, new in moved.items():
        db.execute(update(SEALS).where(SEALS.c.audit_id == old).values(audit_id=new))


def put_in(db: Connection, third: int) -> None:
    told = {name: column for name, column in AUDIT.c.items() if name != "id"}
    names = ["id", *told]
    copied = select(text("2000000"), *told.values()).where(AUDIT.c.id == third)
    rows = insert(AUDIT).from_select(names, copied)
    db.execute(text("ALTER TABLE intake.audit DISABLE TRIGGER audit_awaits_seal"))
    db.execute(text("ALTER TABLE intake.audit ALTER id SET GENERATED BY DEFAULT"))
    db.execute(rows)
    db.execute(text("ALTER TABLE intake.audit ALTER id SET GENERATED ALWAYS"))
    db.execute(text("ALTER TABLE intake.audit ENABLE TRIGGER audit_awaits_seal"))


@pytest.mark.parametrize(
    ("deed", "fault", "seq"),
    [
        (change, Fault.CHANGED, 3),
        (remove, Fault.REMOVED, 3),
        (remove_its_seal, Fault.SEAL_REMOVED, 3),
        (reorder, Fault.REORDERED, 3),
        (put_in, Fault.UNSEALED, None),
    ],
)
def test_the_first_bad_row_is_named(
    owner: Engine, deed: Callable[[Connection, int], None], fault: Fault, seq: int | None
) -> None:
    ids = write(owner, 5)
    seal(owner, NODE, LEDGER)

    with owner.begin() as db:
        deed(db, ids[2])

    finding = found(owner)
    assert finding is not None
    assert (finding.fault, finding.schema, finding.seq) == (fault, "intake", seq)
    wrong = {Fault.SEAL_REMOVED: None, Fault.REORDERED: ids[3], Fault.UNSEALED: 2_000_000}
    assert finding.audit_id == wrong.get(fault, ids[2])


def test_a_chain_made_anew_agrees_with_itself_but_not_with_an_anchor(owner: Engine) -> None:
    ids = write(owner, 5)
    seal(owner, NODE, LEDGER)
    with transaction(owner, AUDITOR) as db:
        head = db.scalars(select(SEALS.c.head).where(SEALS.c.seq == 4)).one()
    kept = {4: {head: "341500/7"}}
    assert found(owner, kept) is None

    with owner.begin() as db:
        db.execute(delete(AUDIT).where(AUDIT.c.id == ids[1]))
        db.execute(delete(SEALS))
        db.execute(insert(UNSEALED).from_select(["audit_id"], select(AUDIT.c.id)))
    seal(owner, NODE, LEDGER)

    assert found(owner) is None
    finding = found(owner, kept)
    assert finding is not None
    assert (finding.fault, finding.seq, finding.told) == (Fault.CONTRADICTED, 4, "341500/7")


def test_an_anchor_beyond_the_end_tells_that_rows_are_gone(owner: Engine) -> None:
    write(owner, 2)
    seal(owner, NODE, LEDGER)

    finding = found(owner, {3: {"f" * 64: "341500/7"}})

    assert finding is not None
    assert (finding.fault, finding.seq) == (Fault.SHORTENED, 3)


def test_a_row_that_nobody_seals_is_told_after_a_minute(owner: Engine) -> None:
    with transaction(owner, "intake") as db:
        record(db, AUDIT, look(at=datetime.now(UTC) - timedelta(minutes=2)))

    finding = found(owner)

    assert finding is not None
    assert finding.fault is Fault.LATE


@pytest.mark.parametrize("role", ["intake", SEALER, AUDITOR])
@pytest.mark.parametrize("table", ["audit", "audit_seal"])
@pytest.mark.parametrize(
    "deed",
    ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"],
    ids=["update", "delete", "truncate"],
)
def test_nobody_but_the_owner_changes_or_removes(
    owner: Engine, role: str, table: str, deed: str
) -> None:
    column = "action" if table == "audit" else "head"
    told = deed.format(f"intake.{table}", column, "'x'")

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction(owner, role) as db,
    ):
        db.execute(text(told))


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("intake", "INSERT INTO intake.audit_seal VALUES (1, 1, 'x', now())"),
        ("intake", "DELETE FROM intake.audit_unsealed"),
        ("intake", "ALTER TABLE intake.audit DISABLE TRIGGER ALL"),
        (SEALER, "INSERT INTO intake.audit (at) VALUES (now())"),
        (AUDITOR, "INSERT INTO intake.audit_seal VALUES (1, 1, 'x', now())"),
    ],
)
def test_who_writes_does_not_seal_and_who_seals_does_not_write(
    owner: Engine, role: str, told: str
) -> None:
    denied = "permission denied|must be owner"
    with pytest.raises(ProgrammingError, match=denied), transaction(owner, role) as db:
        db.execute(text(told))


@pytest.mark.parametrize("bad", [None, 3, 7], ids=["whole", "removed", "cut off"])
def test_a_round_finds_some_rows_at_a_time_what_a_verification_finds(
    owner: Engine, bad: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "AT_ONCE", 2)
    ids = write(owner, 7)
    seal(owner, NODE, LEDGER)
    going = rounds.Round(owner, NODE, LEDGER)
    gone = {3: delete(AUDIT).where(AUDIT.c.id == ids[2]), 7: delete(SEALS).where(SEALS.c.seq == 7)}
    with owner.begin() as db:
        for deed in [gone[bad]] if bad else []:
            db.execute(deed)
    write(owner, 1)

    steps = 1
    while going.step():
        steps += 1

    finding = going.end()
    told = {None: None, 3: Fault.REMOVED, 7: Fault.SEAL_REMOVED}
    assert (finding.fault if finding else None) == told[bad]
    assert (finding.seq if finding else None) == bad
    assert steps == {None: 4, 3: 2, 7: 4}[bad]
