"""Files of a neighbour at the door of intake: what comes, and what is never believed."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from random import Random
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete

from services.intake import handlers
from services.intake.handlers import FileHouse
from services.intake.handlers.giving import Head
from services.intake.policy.coming import bytes_of, piece_count
from services.intake.repository.attachments import attachments_of
from services.intake.repository.cases import case_of
from services.intake.repository.coming import Awaited, awaited, coming_of, legs_of
from services.intake.tables import legs
from shared.clock import new_id
from shared.errors import NotYet
from shared.events.base import CaseEvent
from shared.events.intake import FileAsked, FileFault, FileOffered
from shared.events.link import CaseReceived
from shared.outbox import forget, said
from shared.security.actor import Role
from shared.security.caller import Caller
from shared.security.letters import Card, open_sealed, seal_for
from shared.security.pieces import Piece, Way, label_of, lay, take_out
from shared.security.sealing import NodeKeys, sm3
from shared.store.held import HeldStore
from shared.store.sealed import Safe
from tests.integration.doorway import staff
from tests.integration.intake.coming import LIMITS, LONG, PATIENCE, Giver
from tests.integration.intake.stories import CITY, NINE, NODE, handed_over, received, relayed
from tests.unit.intake.making_files import PDF, picture

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> NodeKeys:
    return NodeKeys.create(tmp_path_factory.mktemp("city") / "keys.json")


@pytest.fixture
def house(keys: NodeKeys, city: NodeKeys) -> FileHouse:
    cards = {CITY: Card.of(city, CITY, "六安", "city")}
    return FileHouse(NODE, keys, cards, LIMITS, PATIENCE, NINE, HeldStore())


@pytest.fixture
def leg(db: Connection, keys: NodeKeys) -> CaseReceived:
    """A case that the city gave this node."""
    event = received(db, keys).model_copy(update={"given_by": CITY})
    handlers.receive_case(db, keys, event, NODE)
    return event


@pytest.fixture
def giver(db: Connection, house: FileHouse, leg: CaseReceived) -> Giver:
    return Giver(db, house, leg, LONG)


def test_a_file_is_kept_under_the_key_of_its_case_here_by_a_harmless_name(giver: Giver) -> None:
    giver.offer()
    giver.bring_all()

    assert giver.kept() == [LONG]
    [settled] = giver.settled
    assert (settled.to_node, settled.fault) == (CITY, None)
    assert coming_of(giver.db, giver.leg.case_id) == []
    [kept] = attachments_of(giver.db, giver.leg.case_id)
    case = case_of(giver.db, giver.leg.case_id)
    assert case is not None
    looker = handlers.Looker(Caller(staff(Role.WINDOW_HEAD), NINE), "核实情况")
    [listed] = handlers.list_attachments(giver.db, giver.house.keys, case, looker)
    assert (listed.name, kept.origin) == ("合同.pdf", CITY)
    assert isinstance(giver.house.store, HeldStore)
    [sealed] = giver.house.store.held.values()
    assert LONG[1000:1100] not in sealed


def test_a_file_that_the_case_has_already_is_not_brought_again(giver: Giver) -> None:
    giver.offer()
    giver.bring_all()
    giver.file_id = new_id()

    giver.offer()
    heads = giver.asked()
    giver.bring(0)

    assert heads == [0]
    assert giver.asked() == []
    assert [each.fault for each in giver.settled] == [None]
    assert giver.kept() == [LONG]


@pytest.mark.parametrize(
    ("kind", "data", "fault"),
    [
        ("docx", PDF, FileFault.KIND),
        ("pdf", b"MZ\x90 no paper", FileFault.KIND),
        ("pdf", PDF[:9] + b"/JavaScript (x)" + PDF[9:], FileFault.ACTIVE),
        ("jpg", picture(), FileFault.PICTURE),
        ("jpg", b"\xff\xd8\xff\xe0 no picture\xff\xd9", FileFault.PICTURE),
    ],
    ids=["another kind", "a programme", "it runs", "what a camera wrote", "no picture"],
)
def test_what_a_neighbour_gives_is_looked_at_like_what_people_send(
    giver: Giver, kind: str, data: bytes, fault: FileFault
) -> None:
    giver.data, giver.digest = data, sm3(data)

    giver.offer(kind)
    giver.bring_all()

    assert giver.fault == fault
    assert [each.fault for each in giver.settled] == [fault]
    assert giver.kept() == []


@pytest.mark.parametrize(
    ("kind", "size", "fault"),
    [("pdf", 1_000_001, "too_large"), ("exe", 10, "kind"), ("pdf", 0, "too_large")],
    ids=["too large", "not on the list", "empty"],
)
def test_what_cannot_be_kept_is_not_asked_for(
    giver: Giver, kind: str, size: int, fault: str
) -> None:
    giver.offer(kind, size)

    assert giver.asked() == []
    assert giver.fault == fault


def test_a_case_takes_no_more_files_of_neighbours_than_of_people(giver: Giver) -> None:
    for _ in range(LIMITS.per_case + 1):
        giver.file_id = new_id()
        giver.offer()

    faults = [each.fault for each in coming_of(giver.db, giver.leg.case_id)]
    assert sorted(map(str, faults)) == ["None", "None", "None", "full"]


def test_bytes_that_are_not_those_of_the_digest_are_asked_for_again_and_at_last_given_up(
    giver: Giver,
) -> None:
    giver.digest = sm3(b"something else")
    giver.offer()

    asked = []
    for _ in range(3):
        heads = giver.asked()
        giver.bring(0)
        others = giver.asked()
        asked.append((heads, others))
        for number in others:
            giver.bring(number)

    assert asked == [([0], [1, 2, 3, 4])] * 3
    assert giver.asked() == []
    assert giver.fault == FileFault.BROKEN
    assert giver.kept() == []


def test_a_piece_in_the_place_of_another_does_not_open(giver: Giver) -> None:
    giver.offer()
    giver.asked()
    giver.bring(0)
    for number in (1, 2, 3):
        giver.bring(number)
    box = seal_for(giver.card, LONG[bytes_of(4)], label_of(giver.leg.case_id, giver.file_id, 3))
    giver.asked()

    lay(giver.db, Way.IN, CITY, [Piece(giver.leg.case_id, giver.file_id, 4, box)])
    giver.tell()

    assert giver.asked() == [0]
    assert giver.kept() == []


def test_who_does_not_share_the_case_as_far_as_is_known_offers_no_file(
    giver: Giver, db: Connection
) -> None:
    db.execute(delete(legs))

    with pytest.raises(NotYet):
        giver.offer()


def test_what_nobody_asked_for_is_thrown_away(giver: Giver, db: Connection) -> None:
    giver.bring(0)
    giver.bring(1)

    assert giver.asked() == []
    assert coming_of(db, giver.leg.case_id) == []


def test_of_what_stands_still_the_rest_is_asked_for_again_and_told(
    giver: Giver, db: Connection, house: FileHouse
) -> None:
    giver.offer()
    giver.asked()
    giver.bring(0)
    giver.asked()
    giver.bring(2)

    early = ask_late(db, replace_now(house, PATIENCE - timedelta(seconds=1)))
    late = ask_late(db, replace_now(house, PATIENCE))
    again = giver.asked()
    then = ask_late(db, replace_now(house, 2 * PATIENCE))

    assert (early, late, then) == (0, 1, 0)
    assert again == [1, 3, 4]
    assert awaited(db) == {CITY: Awaited(1, NINE, 0)}


def test_a_file_whose_last_news_was_lost_is_taken_when_it_is_overdue(
    giver: Giver, db: Connection, house: FileHouse
) -> None:
    giver.offer()
    giver.asked()
    giver.bring(0)
    for number in giver.asked():
        giver.lay(number)

    late = ask_late(db, replace_now(house, PATIENCE))

    assert (late, giver.asked()) == (1, [])
    assert [each.fault for each in giver.settled] == [None]
    assert giver.kept() == [LONG]


def test_a_late_file_that_fails_is_put_off_and_holds_up_no_other(
    giver: Giver, db: Connection, house: FileHouse, leg: CaseReceived
) -> None:
    other = Giver(db, house, leg, PDF)
    for each in (giver, other):
        each.offer()
    giver.asked()
    for number in range(piece_count(len(LONG)) + 1):
        giver.lay(number)
    blind = replace(replace_now(house, PATIENCE), keys=cast("NodeKeys", None))

    late = ask_late(db, blind)

    assert late == 2
    assert [wanted.file_id for wanted in said(db) if isinstance(wanted, FileAsked)] == [
        other.file_id
    ]
    assert ask_late(db, blind) == 0
    assert ask_late(db, replace_now(house, 4 * PATIENCE)) == 2
    assert giver.kept() == [LONG]


def test_a_file_is_not_taken_for_a_second_case(
    giver: Giver, db: Connection, house: FileHouse, keys: NodeKeys
) -> None:
    giver.offer()
    giver.bring_all()
    second = received(db, keys).model_copy(update={"given_by": CITY})
    handlers.receive_case(db, keys, second, NODE)
    again = Giver(db, house, second, LONG)
    again.file_id = giver.file_id

    again.offer()

    assert again.asked() == []
    assert coming_of(db, second.case_id) == []


def safe_of(house: FileHouse) -> Safe:
    return Safe(house.keys, house.store)


def ask_late(db: Connection, house: FileHouse) -> int:
    return handlers.ask_again(lambda: nullcontext(db), house, 1_000)


def replace_now(house: FileHouse, later: timedelta) -> FileHouse:
    return replace(house, now=NINE + later)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10_000), trouble=st.sampled_from([0.2, 0.6]))
def test_whatever_gets_lost_doubled_shuffled_or_changed_the_file_comes_whole_or_stays_asked_for(
    db: Connection, house: FileHouse, keys: NodeKeys, seed: int, trouble: float
) -> None:
    leg = received(db, keys).model_copy(update={"given_by": CITY})
    handlers.receive_case(db, keys, leg, NODE)
    giver, luck = Giver(db, house, leg, LONG), Random(seed)  # noqa: S311  # to repeat it
    giver.offer()
    for step in range(200):
        wanted = giver.asked()
        if giver.kept() or giver_gave_up(giver):
            break
        luck.shuffle(wanted)
        for number in wanted:
            befall(giver, number, luck, trouble)
        if not wanted:
            later = replace_now(house, timedelta(days=step + 1))
            assert ask_late(db, later) >= 1

    assert giver.kept() == [LONG] or giver_gave_up(giver)


def giver_gave_up(giver: Giver) -> bool:
    return [each.fault for each in coming_of(giver.db, giver.leg.case_id)] == ["broken"]


def befall(giver: Giver, number: int, luck: Random, trouble: float) -> None:
    if luck.random() >= trouble:
        giver.bring(number)
        return
    match luck.choice(["lost", "twice", "changed"]):
        case "twice":
            giver.bring(number)
            giver.bring(number)
        case "changed":
            giver.bring(number, b"{}" if number == 0 else b"other bytes")
        case _:
            pass


def test_only_who_shares_the_case_is_given_a_piece(
    db: Connection, keys: NodeKeys, city: NodeKeys, house: FileHouse, leg: CaseReceived
) -> None:
    case = case_of(db, leg.case_id)
    assert case is not None
    file = handlers.prepare("合同.pdf", BytesIO(LONG), LIMITS, keys)
    kept = handlers.attach(
        db, safe_of(house), case.number, file, Caller(staff(Role.WINDOW_HEAD), NINE)
    )
    offers = [event for event in said(db) if isinstance(event, FileOffered)]
    asked = FileAsked(
        case_id=leg.case_id,
        occurred_at=NINE,
        to_node=NODE,
        file_id=kept.attachment_id,
        pieces=(0, 1, 99),
    )

    handlers.hear_of_file(db, relayed(asked, "340000"), house)
    to_province = take_out(db, "340000", 10)
    elsewhere = asked.model_copy(update={"to_node": "340000"})
    handlers.hear_of_file(db, relayed(elsewhere), house)
    handlers.hear_of_file(db, relayed(asked), house)
    given = {piece.number: piece for piece in take_out(db, CITY, 10)}

    assert [offer.to_node for offer in offers] == [CITY]
    assert to_province == []
    assert sorted(given) == [0, 1]
    plain = open_sealed(city, given[1].box, label_of(leg.case_id, kept.attachment_id, 1))
    assert plain == LONG[bytes_of(1)]
    head = open_sealed(city, given[0].box, label_of(leg.case_id, kept.attachment_id, 0))
    assert Head.model_validate_json(head) == Head(name="合同.pdf", digest=sm3(LONG))


def test_a_neighbour_that_takes_a_case_again_is_offered_nothing_twice(
    db: Connection, keys: NodeKeys, house: FileHouse, leg: CaseReceived
) -> None:
    case = case_of(db, leg.case_id)
    assert case is not None
    file = handlers.prepare("合同.pdf", BytesIO(LONG), LIMITS, keys)
    handlers.attach(db, safe_of(house), case.number, file, Caller(staff(Role.WINDOW_HEAD), NINE))
    forget(db)

    first: list[CaseEvent] = [handed_over(leg.case_id, "340000")]
    handlers.give_to_takers(db, first, house)
    handlers.give_to_takers(db, [handed_over(leg.case_id, "340000", epoch=3)], house)

    assert [event.to_node for event in said(db) if isinstance(event, FileOffered)] == ["340000"]
    assert legs_of(db, leg.case_id) == {CITY, "340000"}
