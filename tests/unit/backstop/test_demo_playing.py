"""A story is played step by step: at the right node, by the right person, when it may be."""

from pathlib import Path

import pytest

from backstop.demo.playing import StoryStuck
from tests.unit.backstop.fake_nodes import CASE, CITY, World, offer, order


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.build(tmp_path)


SIGN = {"do": "sign", "by": "zhoulei"}
HAND_OVER = {"do": "hand_over", "by": "xumin", "to": CITY, "because": "县里没有这个权限"}
TAKE_OVER = {"do": "take_over", "by": "zhengkai", "at": CITY}
WITHDRAW = {"do": "withdraw", "by": "xumin", "because": "县里自己能办"}
ANSWER = {"do": "answer", "by": "songhui", "text": "今天下班前办结"}


def test_a_step_waits_for_its_order_and_is_done_by_the_account_that_it_names(
    world: World,
) -> None:
    world.county.lists["orders"] = [[], [order("returned", "old")], [order()]]

    world.play(SIGN)

    assert world.county.posted == [("orders/order-1/sign", "zhoulei", {})]


def test_an_order_that_went_with_the_case_is_no_order_to_work_on(world: World) -> None:
    world.city.lists["orders"] = [[order("handed_over", "gone")], [order()]]

    world.play({"do": "sign", "by": "pengfei", "at": CITY})

    assert world.city.posted == [("orders/order-1/sign", "pengfei", {})]
    assert world.county.posted == []


def test_a_case_is_offered_by_one_node_and_taken_by_the_other_once_it_is_there(
    world: World,
) -> None:
    world.city.lists["hand-overs"] = [[], [offer("refused", "offer-0")], [offer()]]

    world.play(HAND_OVER, TAKE_OVER)

    sent = {"case_id": CASE, "to_node": CITY, "because": "县里没有这个权限"}
    assert world.county.posted == [("hand-overs", "xumin", sent)]
    assert world.city.posted == [("hand-overs/offer-1/accept", "zhengkai", {})]


def test_who_withdraws_looks_for_an_offer_of_its_own(world: World) -> None:
    world.county.lists["hand-overs"] = [[offer()]]

    world.play(HAND_OVER, WITHDRAW)

    assert world.county.posted[1] == (
        "hand-overs/offer-1/withdraw",
        "xumin",
        {"because": "县里自己能办"},
    )


def test_a_supervision_is_answered_once_it_has_come_down(world: World) -> None:
    asked = {"supervision_id": "s-1", "answered_at": None, "from_node": "341500"}
    own = {**asked, "supervision_id": "s-2", "from_node": "341523"}
    answered = {**asked, "answered_at": "x"}
    world.county.lists["supervisions"] = [[], [answered, own], [asked, own]]

    world.play(ANSWER)

    assert world.county.posted == [
        ("supervisions/s-1/answer", "songhui", {"text": "今天下班前办结"})
    ]


def test_what_the_node_has_not_heard_of_yet_is_tried_again_under_the_same_key(
    world: World,
) -> None:
    world.county.refusals = ["unknown_case", "not_held_here", "hand_over_open"]

    world.play(HAND_OVER)

    assert len(world.county.posted) == 4
    assert set(world.county.used_keys) == {"demo-g-99-1-hand_over"}


def test_an_erasure_is_approved_once_it_was_asked_for(world: World) -> None:
    world.county.lists["data-orders"] = [[], [{"order_id": "erasure-1"}]]

    world.play({"do": "approve_erasure", "by": "anquan"})

    assert world.county.posted == [("data-orders/erasure-1/approve", "anquan", {})]


def test_a_person_rates_at_the_node_that_registered_the_case(world: World) -> None:
    world.county.refusals = ["not_yet_rated"]

    world.play({"do": "rate", "level": 5, "solved": True})

    assert [who for _, who, _ in world.county.posted] == ["the person", "the person"]


def test_any_other_refusal_names_line_and_step(world: World) -> None:
    world.county.refusals = ["no_such_neighbour"]

    with pytest.raises(StoryStuck, match=r"g-99, 1-hand_over: 409 no_such_neighbour"):
        world.play(HAND_OVER)


def test_a_run_that_goes_on_finds_what_it_had_answered_before(world: World) -> None:
    world.city.lists["hand-overs"] = [[offer("accepted", "offer-0"), offer("accepted")]]
    world.city.refusals = ["already_answered"]

    world.play(TAKE_OVER, resumed=True)

    assert world.city.posted == [("hand-overs/offer-1/accept", "zhengkai", {})]


def test_a_first_run_that_finds_its_offer_answered_is_stuck(world: World) -> None:
    world.city.lists["hand-overs"] = [[offer()]]
    world.city.refusals = ["already_answered"]

    with pytest.raises(StoryStuck):
        world.play(TAKE_OVER)


def test_a_step_that_was_done_is_not_done_again(world: World) -> None:
    world.county.lists["orders"] = [[order()]]
    world.play(SIGN)

    world.play(SIGN)

    assert len(world.county.posted) == 1


def test_the_end_is_the_status_and_the_lamp_of_the_node_that_registered_it(world: World) -> None:
    world.county.case = [
        {"status": "dispatched", "lamp": "red"},
        {"status": "signed", "lamp": "yellow"},
        {"status": "signed", "lamp": "red"},
    ]

    world.play(lamp="red")

    assert world.county.case == [{"status": "signed", "lamp": "red"}]


def test_a_run_that_goes_on_days_later_waits_for_no_lamp(world: World) -> None:
    world.play(lamp="red", resumed=True)
