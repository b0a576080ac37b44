"""The bytes of what outside parties send: in the store, and gone when nobody tells of them."""

from contextlib import nullcontext
from functools import partial

import pytest
from sqlalchemy import Connection, update

from services.dispatch import handlers
from services.dispatch.handlers import OutsideAnswer, OutsideFile
from services.dispatch.repository.orders import Order
from services.dispatch.tables import outside_files
from shared.events.dispatch import OutsideEnd
from shared.security.actor import outside
from shared.security.sealing import NodeKeys
from shared.security.vault import sealer_of_case
from shared.store import SHELVES
from shared.store.held import HeldStore
from shared.store.loose import LOOSE_FOR
from shared.store.sealed import PART_BYTES, Safe
from tests.integration.dispatch.stories import NODE, TEN
from tests.integration.dispatch.test_outside import OFFICER, asking, only, party, refusal_of
from tests.integration.dispatch.test_outside import order as order
from tests.integration.dispatch.test_outside import safe as safe

pytestmark = pytest.mark.integration


def held(safe: Safe) -> dict[str, bytes]:
    assert isinstance(safe.store, HeldStore)
    return safe.store.held


def test_files_of_parties_lie_in_the_store_and_those_of_releases_before_are_moved_there(
    db: Connection, keys: NodeKeys, safe: Safe, order: Order
) -> None:
    about = handlers.ask_outside(db, keys, asking(order, party(db, keys)), OFFICER).question
    me = outside(NODE, order.case_id, about.question_id, ())
    small, large = (OutsideFile("pdf", "a", b"%PDF-" + b"x" * n, str(n)) for n in (9, PART_BYTES))
    old, new = (
        handlers.add_outside_file(db, safe, about.question_id, each, TEN).file_id
        for each in (small, large)
    )
    sealed = sealer_of_case(db, keys, order.case_id).seal_bytes(f"outside_file/{old}", small.data)
    before = {"sealed": sealed, "address": None, "parts": None}
    db.execute(update(outside_files).where(outside_files.c.file_id == old).values(before))
    handlers.answer_question(
        db, keys, OutsideAnswer(how=OutsideEnd.ANSWERED, text="见附件"), me, TEN
    )

    def opened() -> list[bytes]:
        question = only(db, order)
        return [handlers.file_in_full(db, safe, question, each).data for each in (old, new)]

    def opening() -> nullcontext[Connection]:
        return nullcontext(db)

    assert opened() == [small.data, large.data]
    moves = [handlers.move_to_store(opening, safe.store) for _ in range(2)]
    assert (moves, opened(), len(held(safe))) == ([True, False], [small.data, large.data], 3)

    # The bytes of the row that was made old are nobody's now; they go after a week, no others.
    room = handlers.file_room(opening, safe.store)
    assert sum(room.note_loose(shelf, TEN) for shelf in range(SHELVES)) == 1
    assert (room.drop_loose(TEN + LOOSE_FOR, 10), len(held(safe))) == (1, 2)
    assert opened() == [small.data, large.data]
    held(safe).clear()
    assert refusal_of(opened) == "unknown_file"


def test_a_file_taken_back_before_the_answer_lets_its_bytes_go(
    db: Connection, keys: NodeKeys, safe: Safe, order: Order
) -> None:
    about = handlers.ask_outside(db, keys, asking(order, party(db, keys)), OFFICER).question
    file = OutsideFile("pdf", "a.pdf", b"%PDF-", "digest")
    kept = handlers.add_outside_file(db, safe, about.question_id, file, TEN)
    handlers.remove_outside_file(db, about.question_id, kept.file_id, TEN)
    room = handlers.file_room(lambda: nullcontext(db), safe.store)
    again = partial(handlers.remove_outside_file, db, about.question_id, kept.file_id, TEN)

    assert (room.drop_loose(TEN, 10), held(safe)) == (1, {})
    assert refusal_of(again) == "unknown_file"
