"""Bytes of files in the store and the rows that tell of them: never a row without its bytes."""

import io
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from services.intake import handlers
from services.intake.handlers import Caller
from services.intake.handlers.erasure import destroy_here
from services.intake.handlers.safe import label_of_file
from services.intake.policy.files import AttachmentLimits
from services.intake.repository.attachments import FILE, THUMBNAIL
from services.intake.repository.cases import case_by_number
from services.intake.repository.stored import let_go
from services.intake.tables import attachment_bytes, attachment_parts, loose_bytes
from shared.security.actor import citizen
from shared.security.sealing import NodeKeys
from shared.security.vault import sealer_of_case
from shared.store import SHELVES, StoreAway
from shared.store.held import HeldStore
from shared.store.loose import LOOSE_FOR, shelf_at
from shared.store.sealed import Safe
from shared.unit import Unit
from tests.integration.intake.stories import NINE, NODE, SOMEBODY, report
from tests.unit.intake.making_files import PDF, picture

pytestmark = pytest.mark.integration

LIMITS = AttachmentLimits(bytes=2_000_000, per_case=9, pixels=1_000_000)


@pytest.fixture
def safe(keys: NodeKeys) -> Safe:
    return Safe(keys, HeldStore())


@pytest.fixture
def held(safe: Safe) -> dict[str, bytes]:
    assert isinstance(safe.store, HeldStore)
    return safe.store.held


@pytest.fixture
def case(unit: Unit, keys: NodeKeys) -> handlers.Registered:
    with unit.transaction() as db:
        for table in (loose_bytes, attachment_bytes):
            db.execute(delete(table))
        return handlers.register_case(db, keys, report(), SOMEBODY)


def added(unit: Unit, safe: Safe, case: handlers.Registered, data: bytes) -> None:
    file = handlers.prepare("a", io.BytesIO(data), LIMITS, safe.keys)
    with unit.transaction() as db:
        handlers.attach(db, safe, case.number, file, SOMEBODY)


def opened(unit: Unit, safe: Safe, case: handlers.Registered, variant: str = FILE) -> list[bytes]:
    """Every file of a case as its person is given it."""
    me = Caller(citizen(NODE, case.case_id, case.number), NINE)
    with unit.transaction() as db:
        mine = case_by_number(db, case.number)
        assert mine is not None
        looker = handlers.Looker(me)
        listed = handlers.list_attachments(db, safe.keys, mine, looker)
        wanted = [
            handlers.Wanted(mine, each.attachment.attachment_id, variant)
            for each in listed
            if variant == FILE or each.attachment.has_thumbnail
        ]
        return [handlers.open_attachment(db, safe, each, looker).data for each in wanted]


def put_back_into_rows(unit: Unit, safe: Safe, case: handlers.Registered, data: bytes) -> None:
    """Lay a file into rows, as releases before the store did."""
    added(unit, safe, case, data)
    with unit.transaction() as db:
        sealer = sealer_of_case(db, safe.keys, case.case_id)
        for row in db.execute(select(attachment_bytes)).mappings().all():
            sealed = b"".join(safe.store.read(row["address"], 10_000_000))
            whole, which = row["attachment_id"], row["variant"]
            sealer.open_bytes(label_of_file(whole, which)(0, 1), sealed)  # it is one part
            parts = {"attachment_id": whole, "variant": which, "part": 0, "sealed": sealed}
            db.execute(attachment_parts.insert(), parts)
            safe.store.drop(row["address"])
        db.execute(delete(attachment_bytes))


def test_files_of_releases_before_are_read_and_moved_one_by_one(
    unit: Unit, safe: Safe, held: dict[str, bytes], case: handlers.Registered
) -> None:
    put_back_into_rows(unit, safe, case, picture())
    assert held == {}
    before = opened(unit, safe, case), opened(unit, safe, case, THUMBNAIL)

    assert handlers.move_to_store(unit.transaction, safe.store)
    halfway = opened(unit, safe, case), opened(unit, safe, case, THUMBNAIL)
    assert handlers.move_to_store(unit.transaction, safe.store)
    assert not handlers.move_to_store(unit.transaction, safe.store)

    assert before[0][0].startswith(b"\xff\xd8\xff")
    assert before == halfway == (opened(unit, safe, case), opened(unit, safe, case, THUMBNAIL))
    assert len(held) == 2
    with unit.transaction() as db:
        assert db.execute(select(attachment_parts.c.part)).all() == []


def test_a_store_that_is_away_while_a_file_is_moved_loses_nothing(
    unit: Unit, safe: Safe, case: handlers.Registered
) -> None:
    class Away(HeldStore):
        def put(self, pieces: object) -> str:
            raise StoreAway("full")

    put_back_into_rows(unit, safe, case, PDF)
    with pytest.raises(StoreAway):
        handlers.move_to_store(unit.transaction, Away())

    assert opened(unit, safe, case) == [PDF]
    assert handlers.move_to_store(unit.transaction, safe.store)
    assert opened(unit, safe, case) == [PDF]


def look_through(unit: Unit, safe: Safe, after: timedelta) -> int:
    room = handlers.file_room(unit.transaction, safe.store)
    return sum(room.note_loose(shelf, NINE + after) for shelf in range(SHELVES))


def test_bytes_of_which_no_row_tells_go_after_a_week_and_no_others(
    unit: Unit, safe: Safe, held: dict[str, bytes], case: handlers.Registered
) -> None:
    added(unit, safe, case, PDF)
    kept = set(held)
    file = handlers.prepare("b.pdf", io.BytesIO(PDF + b"%%EOF\n"), LIMITS, safe.keys)
    with suppress(ZeroDivisionError), unit.transaction() as db:  # killed before it was written
        handlers.attach(db, safe, case.number, file, SOMEBODY)
        _ = 1 / 0
    [left] = set(held) - kept

    assert look_through(unit, safe, timedelta()) == 1
    assert look_through(unit, safe, timedelta(hours=1)) == 0
    early = NINE + LOOSE_FOR - timedelta(seconds=1)
    assert handlers.file_room(unit.transaction, safe.store).drop_loose(early, 10) == 0
    assert left in held
    assert handlers.file_room(unit.transaction, safe.store).drop_loose(NINE + LOOSE_FOR, 10) == 1
    assert set(held) == kept


def test_bytes_that_a_row_tells_of_after_all_are_not_dropped(
    unit: Unit, safe: Safe, held: dict[str, bytes], case: handlers.Registered
) -> None:
    added(unit, safe, case, PDF)
    with unit.transaction() as db:  # noted by mistake, as under a database that was put back
        db.execute(loose_bytes.insert(), {"address": next(iter(held)), "drop_at": NINE})

    assert handlers.file_room(unit.transaction, safe.store).drop_loose(NINE, 10) == 1
    assert opened(unit, safe, case) == [PDF]


def test_the_erasure_of_a_case_drops_the_bytes_of_its_files(
    unit: Unit, safe: Safe, held: dict[str, bytes], case: handlers.Registered
) -> None:
    added(unit, safe, case, picture())
    with unit.transaction() as db:
        other = handlers.register_case(db, safe.keys, report(), SOMEBODY)
    added(unit, safe, other, PDF)
    assert len(held) == 3
    with unit.transaction() as db:  # its shelf was looked through before it was committed
        let_go(db, list(held)[:1], NINE + LOOSE_FOR)

    with unit.transaction() as db:
        destroy_here(db, case.case_id, NINE)
    handlers.file_room(unit.transaction, safe.store).drop_loose(NINE, 10)

    assert len(held) == 1
    assert opened(unit, safe, other) == [PDF]


def test_every_shelf_has_its_turn_once_a_day() -> None:
    each = timedelta(minutes=5)
    turns = [shelf_at(NINE + each * n, each) for n in range(288)]

    assert set(turns) == set(range(SHELVES))
    assert shelf_at(NINE, each) == shelf_at(NINE + timedelta(seconds=1), each)
