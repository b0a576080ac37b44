"""Two copies of one ledger of custody: a row that is changed by hand is named at both nodes."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, Executable, delete, select, update

from services.dispatch import handlers as dispatch
from services.dispatch.handlers import CustodyState, reconcile
from services.dispatch.repository.ledger import Difference
from services.dispatch.tables import cases, custody_talks, hand_overs
from services.link import tables as link_tables
from services.link.repository.links import post
from shared.events.dispatch import CustodyTold
from shared.events.link import CustodyHeard
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import Node, register
from tests.integration.link.stories import (
    give_back,
    holders,
    offer,
    place,
    post_round,
    refuse,
    take,
    work,
)

pytestmark = pytest.mark.integration

LATER = timedelta(minutes=10)


def ask(three: Three, asker: Node, peer: Node) -> None:
    """Compare the ledgers of two nodes, over the wire, a while after all that happened."""
    asker.clock.pass_(LATER)
    with asker.at_desk() as db:
        dispatch.ask_custody(db, peer.code, asker.house, asker.clock.now)
    post_round(*three)


def state(node: Node, peer: Node) -> CustodyState:
    with node.at_desk() as db:
        states = dispatch.custody_states(db, node.house)
    return next(one for one in states if one.peer == peer.code)


def named(node: Node, peer: Node) -> list[Difference]:
    return list(state(node, peer).differences)


def handed_up(three: Three, n: int = 1) -> list[UUID]:
    county, city, _ = three
    known = [register(county) for _ in range(n)]
    for case_id in known:
        offer(county, case_id, city)
    post_round(*three)
    for case_id in known:
        take(city, case_id)
    post_round(*three)
    return known


def by_hand(node: Node, change: Executable) -> None:
    with node.engine.begin() as db:
        db.execute(change)


def messages_of_ledgers(node: Node) -> int:
    """How often a node told what its ledger says."""
    with node.at_desk() as db:
        return sum(db.scalars(select(custody_talks.c.told)))


def test_equal_ledgers_cost_one_small_message_each_way(three: Three) -> None:
    county, city, _ = three
    handed_up(three, 3)

    ask(three, county, city)

    assert messages_of_ledgers(county) == messages_of_ledgers(city) == 1
    assert state(county, city).is_answered
    assert (named(county, city), named(city, county)) == ([], [])


CASES: dict[str, dict[str, object]] = {
    "epoch": {"epoch": 7},
    "lower epoch": {"epoch": 0},
    "here": {"here": True},
}
LATER_BY = {"moment": timedelta(seconds=1), "far moment": timedelta(days=900)}
DIFFERS = {
    "epoch": ["epoch"],
    "lower epoch": ["epoch"],
    "here": ["holder"],
    "state": ["holder", "since", "steps"],
    "moment": ["since", "steps"],
    "far moment": ["since", "steps"],
    "row": ["missing_here"],
}


def change_by_hand(node: Node, case_id: UUID, what: str) -> None:
    """Change one row of one ledger behind the back of its service."""
    mine = hand_overs.c.case_id == case_id
    if what in CASES:
        by_hand(node, update(cases).where(cases.c.case_id == case_id).values(CASES[what]))
    elif what in LATER_BY:
        moment = hand_overs.c.answered_at + LATER_BY[what]
        by_hand(node, update(hand_overs).where(mine).values(answered_at=moment))
    elif what == "state":
        by_hand(node, update(hand_overs).where(mine).values(state="refused"))
    else:
        by_hand(node, delete(hand_overs).where(mine))


@pytest.mark.parametrize("asker", [0, 1], ids=["asks", "is-asked"])
def test_a_row_changed_by_hand_is_named_at_both_nodes(three: Three, asker: int) -> None:
    county, city, _ = three
    *changed, _untouched = handed_up(three, len(DIFFERS) + 1)
    by_case = dict(zip(changed, DIFFERS, strict=True))
    for case_id, what in by_case.items():
        change_by_hand(county, case_id, what)

    ask(three, three[asker], three[1 - asker])

    mine = {by_case[one.case_id]: one for one in named(county, city)}
    theirs = {by_case[one.case_id]: one for one in named(city, county)}
    assert {what: one.differs for what, one in mine.items()} == DIFFERS
    assert set(theirs) == set(mine)
    for what, one in theirs.items():
        assert (one.epoch_here, one.holder_here) == (1, city.code)
        assert (one.epoch_there, one.holder_there) == (
            mine[what].epoch_here,
            mine[what].holder_here,
        )
        assert one.number == mine[what].number


def test_what_is_mended_is_cleared_at_the_next_comparison(three: Three) -> None:
    county, city, _ = three
    one, two = handed_up(three, 2)
    by_hand(city, update(cases).values(epoch=9))
    ask(three, county, city)
    assert {each.case_id for each in named(county, city)} == {one, two}

    by_hand(city, update(cases).where(cases.c.case_id == one).values(epoch=1))
    ask(three, county, city)
    assert [each.case_id for each in named(county, city)] == [two]
    assert [each.case_id for each in named(city, county)] == [two]

    by_hand(city, update(cases).values(epoch=1))
    ask(three, city, county)
    assert (named(county, city), named(city, county)) == ([], [])


def test_what_is_on_its_way_is_no_difference(three: Three) -> None:
    county, city, _ = three
    taken, refused, back = (register(county) for _ in range(3))
    for case_id in (taken, refused, back):
        offer(county, case_id, city)
    post_round(*three)
    take(city, back)
    county.post.is_open = False
    take(city, taken)
    refuse(city, refused)
    give_back(city, back, county)
    offer(county, register(county), city)
    county.clock.pass_(timedelta(days=3))
    for node in (county, city):
        with node.at_desk() as db:
            dispatch.reconcile_nightly(db, node.house, 2, node.clock.now)
        node.settle()

    county.post.is_open = True
    for _ in range(3):
        post_round(*three)

    assert (named(county, city), named(city, county)) == ([], [])
    ask(three, county, city)
    assert (named(county, city), named(city, county)) == ([], [])


def test_an_offer_that_the_neighbour_lost_is_named(three: Three) -> None:
    county, city, _ = three
    offer(county, register(county), city)
    post_round(*three)
    by_hand(city, delete(hand_overs))

    ask(three, county, city)

    assert [each.differs for each in named(county, city)] == [["missing_there"]]


def test_a_case_beyond_a_third_node_is_on_the_side_of_the_second(three: Three) -> None:
    county, city, province = three
    [case_id] = handed_up(three)
    offer(city, case_id, province)
    post_round(*three)
    take(province, case_id)
    post_round(*three)
    assert holders(three, case_id) == [province.code]

    ask(three, county, city)
    ask(three, province, city)

    assert [named(*pair) for pair in ((county, city), (city, county), (city, province))] == [
        [],
        [],
        [],
    ]
    assert state(city, province).compared_at is not None


def test_whole_lives_of_cases_agree(three: Three) -> None:
    county, city, _ = three
    [case_id] = handed_up(three)
    place(city, case_id)
    work(city, case_id)
    returned = register(county)
    offer(county, returned, city)
    post_round(*three)
    take(city, returned)
    give_back(city, returned, county)
    declined = register(county)
    offer(county, declined, city)
    post_round(*three)
    refuse(city, declined)
    post_round(*three)

    ask(three, city, county)

    assert messages_of_ledgers(county) == 1
    assert state(city, county).count == 0


def test_a_node_that_lost_its_ledger_learns_every_entry(three: Three) -> None:
    county, city, _ = three
    known = handed_up(three, 3)
    by_hand(city, delete(hand_overs))

    ask(three, city, county)

    assert {each.case_id for each in named(city, county)} == set(known)
    assert {tuple(each.differs) for each in named(city, county)} == {("missing_here",)}


def test_many_lines_go_in_several_tellings(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    county, city, _ = three
    known = handed_up(three, 3)
    monkeypatch.setattr(reconcile, "MOST_LINES", 2)
    by_hand(county, update(cases).values(epoch=4))

    ask(three, county, city)

    assert {each.case_id for each in named(county, city)} == set(known)
    assert {each.case_id for each in named(city, county)} == set(known)


def test_what_was_heard_before_is_not_heard_again(three: Three) -> None:
    county, city, _ = three
    handed_up(three)
    ask(three, county, city)
    by_hand(county, update(cases).values(epoch=4))
    ask(three, county, city)
    told = CustodyTold(
        telling_id=register(county),
        occurred_at=county.clock.now - timedelta(days=1),
        to_node=city.code,
        number=1,
        agrees=True,
    )

    with city.at_desk() as db:
        hear(db, city, county, told)

    assert len(named(city, county)) == 1


def hear(db: Connection, node: Node, peer: Node, told: CustodyTold) -> None:
    event = CustodyHeard(occurred_at=node.clock.now, via=peer.code, told=told)
    dispatch.hear_custody(db, event, node.house, node.clock.now)


def test_a_stranger_and_a_telling_for_another_are_not_heard(three: Three) -> None:
    county, city, province = three
    told = CustodyTold(
        telling_id=register(county), occurred_at=county.clock.now, to_node=city.code, number=1
    )

    with city.at_desk() as db:
        hear(db, city, county, told)
    with county.at_desk() as db:
        hear(db, county, province, told)
        hear(db, county, city, told)

    assert county.count(custody_talks) == 0
    assert city.count(custody_talks) == 1


def test_each_night_asks_once_and_a_link_that_is_down_is_not_asked_again(three: Three) -> None:
    county = three[0]
    handed_up(three)

    def night(days: int) -> int:
        county.clock.pass_(timedelta(days=days))
        with county.at_desk() as db:
            dispatch.reconcile_nightly(db, county.house, 2, county.clock.now)
            dispatch.reconcile_nightly(db, county.house, 2, county.clock.now)
        county.settle()
        return messages_of_ledgers(county)

    assert night(1) == 1
    post_round(*three)
    assert night(1) == 2
    assert [night(1) for _ in range(3)] == [2, 2, 2]
    assert night(7) == 3
    assert county.count(link_tables.outgoing) == 2


def test_a_node_that_shares_nothing_asks_nobody(three: Three) -> None:
    county, _, _ = three

    with county.at_desk() as db:
        dispatch.reconcile_nightly(db, county.house, 2, county.clock.now)

    assert county.count(custody_talks) == 0


def test_a_ledger_that_makes_no_sense_is_refused(three: Three) -> None:
    county, city, _ = three
    with county.in_link() as db:
        post(db, city.code, ['{"custody":[{"to_node":5}]}'], county.clock.now)

    post_round(*three)

    with city.in_link() as db:
        assert list(db.scalars(select(link_tables.refused.c.reason))) == ["malformed"]
