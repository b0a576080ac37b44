"""A person withdraws a case that another node has, or that is on its way there or back."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from services.dispatch.policy import CaseState
from shared.events.dispatch import CaseFinished, HandOverAnswered, OrderFinished
from shared.events.intake import CaseWithdrawn
from shared.events.review import CaseReopened
from shared.events.words import HandOverGround
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import SOMEBODY, Node, register
from tests.integration.link.stories import (
    assert_one_holder,
    case_at,
    has_order,
    incoming,
    offer,
    place,
    post_round,
    take,
    work,
)
from tests.integration.link.test_hand_over import said
from tests.integration.link.test_tracking import given

pytestmark = pytest.mark.integration


def withdrawn(node: Node, case_id: UUID, round_: int = 1) -> CaseWithdrawn:
    now = node.clock.now
    about = {"case_id": case_id, "occurred_at": now, "withdrawal_id": uuid4(), "round": round_}
    until = now + timedelta(days=7)
    return CaseWithdrawn(**about, accepted=True, take_back_by=until, by=SOMEBODY)


def withdraw(node: Node, case_id: UUID, round_: int = 1) -> None:
    node.say(withdrawn(node, case_id, round_), "intake", version=20 + round_)
    node.settle()


def take_back(node: Node, case_id: UUID) -> None:
    about = {"case_id": case_id, "occurred_at": node.clock.now, "round": 2}
    node.say(CaseReopened(**about, because="改变主意", taken_back=True), "review", version=30)
    node.settle()


def results(node: Node) -> list[bool]:
    return [fact.data["withdrawn"] for fact in said(node, CaseFinished.name)]


def state_of(node: Node, case_id: UUID) -> CaseState:
    case = case_at(node, case_id)
    assert case is not None
    return case.state


def test_what_a_node_two_tiers_above_has_ends_there_and_comes_home_step_by_step(
    three: Three,
) -> None:
    county, city, province = three
    case_id = register(county)
    given(county, case_id, city, three)
    given(city, case_id, province, three)

    withdraw(county, case_id)
    assert results(county) == []
    post_round(*three)
    post_round(*three)

    assert not has_order(province, case_id)
    [ended] = said(province, OrderFinished.name)
    assert (ended.data["withdrawn"], ended.data["outcome_detail"]) == (True, "withdrawn")
    assert (results(county), results(city), results(province)) == ([True], [], [])
    assert state_of(county, case_id) is CaseState.FINISHED
    assert_one_holder(three, [case_id])

    take_back(county, case_id)
    post_round(*three)
    post_round(*three)
    assert has_order(province, case_id)  # who had it has it anew
    withdraw(county, case_id, 2)
    post_round(*three)
    post_round(*three)
    assert results(county) == [True, True]
    assert not has_order(province, case_id)


@pytest.mark.parametrize("first", ["offered", "withdrawn"])
def test_what_is_offered_ends_where_it_is_or_comes_back(three: Three, first: str) -> None:
    county, city, _province = three
    case_id = register(county)
    place(county, case_id)
    told = withdrawn(county, case_id)
    if first == "withdrawn":
        # Its dispatch has not heard yet what its neighbour hears together with the offer.
        county.say(told, "intake", version=21, to=["link"])
    offer(county, case_id, city)
    post_round(*three)
    assert (incoming(city, case_id) is None) is (first == "withdrawn")

    county.say(told, "intake", version=21, to=["dispatch"])
    assert has_order(county, case_id) is (first == "offered")  # the city may have taken it
    county.say(told, "intake", version=21, to=["link"])
    post_round(*three)
    post_round(*three)

    [answer] = said(city, HandOverAnswered.name)
    assert (answer.data["accepted"], answer.data["ground"]) == (False, HandOverGround.WITHDRAWN)
    assert incoming(city, case_id) is None
    assert (results(county), has_order(county, case_id)) == ([True], False)
    assert_one_holder(three, [case_id])


def test_what_was_taken_while_that_was_said_ends_at_the_taker(three: Three) -> None:
    county, city, _province = three
    case_id = register(county)
    offer(county, case_id, city)
    post_round(*three)
    county.post.is_open = False

    take(city, case_id)
    place(city, case_id)
    withdraw(county, case_id)
    county.post.is_open = True
    post_round(*three)
    post_round(*three)

    assert not has_order(city, case_id)
    assert results(county) == [True]
    assert_one_holder(three, [case_id])


def test_a_result_that_crossed_it_is_a_result_and_nothing_ends_twice(three: Three) -> None:
    county, city, _province = three
    case_id = register(county)
    offer(county, case_id, city)
    post_round(*three)
    take(city, case_id)
    place(city, case_id)
    post_round(*three)
    county.post.is_open = False

    withdraw(county, case_id)
    work(city, case_id)
    county.post.is_open = True
    post_round(*three)
    post_round(*three)

    assert results(county) == [False]
    assert [fact.data["withdrawn"] for fact in said(city, OrderFinished.name)] == [False]
    assert state_of(county, case_id) is CaseState.FINISHED


def test_only_the_node_that_registered_a_case_can_say_so_of_it(three: Three) -> None:
    county, city, _province = three
    case_id, other = register(county), register(county)
    given(county, case_id, city, three)
    for each in (case_id, other):
        city.say(withdrawn(city, each), "intake", version=21)
    post_round(*three)
    offer(county, other, city)
    post_round(*three)

    assert has_order(city, case_id)
    assert incoming(city, other) is not None
    assert results(county) == []
