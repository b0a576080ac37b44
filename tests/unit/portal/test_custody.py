"""Who holds a case, and where it stands for one node."""

import pytest

from services.portal.policy import (
    Custody,
    HandOver,
    HandOverState,
    Place,
    Status,
    custody,
    hand_over_state,
    is_below,
    place,
)

COUNTY, CITY, PROVINCE = "341523", "341500", "340000"
ACCEPTED, OPEN = HandOverState.ACCEPTED, HandOverState.OPEN


def moved(
    epoch: int, kind: str, giver: str, taker: str, state: HandOverState = ACCEPTED
) -> HandOver:
    return HandOver(epoch=epoch, kind=kind, from_node=giver, to_node=taker, state=state)


UP = moved(1, "up", COUNTY, CITY)
FURTHER_UP = moved(2, "up", CITY, PROVINCE)
BACK = moved(2, "return", CITY, COUNTY)
RESULT = moved(2, "result", CITY, COUNTY)
AGAIN = moved(3, "reopened", COUNTY, CITY)


def test_until_somebody_takes_it_over_the_node_that_registered_a_case_holds_it() -> None:
    offered = moved(1, "up", COUNTY, CITY, OPEN)

    assert custody(COUNTY, COUNTY, [offered]) == Custody(COUNTY, 0, None, has_leg=False)
    assert custody(None, COUNTY, []).holder is None


def test_the_highest_epoch_that_was_accepted_tells_the_holder() -> None:
    for known in ([UP, FURTHER_UP], [FURTHER_UP, UP]):
        assert custody(COUNTY, COUNTY, known).holder == PROVINCE


@pytest.mark.parametrize(
    ("known", "has_leg"),
    [
        ([UP], True),
        ([UP, FURTHER_UP], True),
        ([UP, BACK], False),
        ([UP, RESULT], False),
        ([UP, RESULT, AGAIN], True),
        ([UP, moved(2, "result", CITY, COUNTY, OPEN)], True),
        ([moved(1, "up", COUNTY, CITY, OPEN)], False),
    ],
    ids=["taken", "passed on", "returned", "solved", "opened again", "result offered", "offered"],
)
def test_a_leg_goes_on_until_it_is_given_back(known: list[HandOver], *, has_leg: bool) -> None:
    assert custody(COUNTY, CITY, known).has_leg is has_leg


def test_a_leg_goes_back_to_where_it_came_from_also_in_a_later_round() -> None:
    from_above = moved(5, "reopened", PROVINCE, CITY)

    assert custody(COUNTY, CITY, [UP, RESULT, from_above]).came_from == COUNTY
    assert custody(PROVINCE, CITY, [from_above]).came_from == PROVINCE
    assert custody(COUNTY, COUNTY, [UP, BACK]).came_from is None


@pytest.mark.parametrize(
    ("status", "known", "node", "where"),
    [
        (Status.SIGNED, [], COUNTY, Place.HERE),
        (Status.SIGNED, [UP], COUNTY, Place.AWAY),
        (Status.SIGNED, [UP], CITY, Place.HERE),
        (Status.SIGNED, [UP, FURTHER_UP], CITY, Place.AWAY),
        (Status.POOLED, [UP, BACK], COUNTY, Place.HERE),
        (Status.POOLED, [UP, BACK], CITY, Place.REST),
        (Status.FINISHED, [UP], CITY, Place.AWAY),
        (Status.FINISHED, [UP], COUNTY, Place.AWAY),
        (Status.FINISHED, [UP, RESULT], CITY, Place.REST),
        (Status.FINISHED, [UP, RESULT], COUNTY, Place.AWAITED),
        (Status.FINISHED, [], COUNTY, Place.AWAITED),
        (Status.DISPATCHED, [UP, RESULT, AGAIN], CITY, Place.HERE),
        (Status.CLOSED, [UP, RESULT], COUNTY, Place.REST),
        (Status.DECLINED, [], COUNTY, Place.REST),
    ],
)
def test_a_case_stands_where_it_waits_for_somebody(
    status: Status, known: list[HandOver], node: str, where: Place
) -> None:
    now = custody(COUNTY, node, known)

    assert place(status, now, node=node, is_origin=node == COUNTY) is where


@pytest.mark.parametrize(
    ("accepted", "ground", "state"),
    [
        (None, None, HandOverState.OPEN),
        (True, None, HandOverState.ACCEPTED),
        (False, "not_our_tier", HandOverState.REFUSED),
        (False, "stale", HandOverState.REFUSED),
        (False, "withdrawn", HandOverState.WITHDRAWN),
    ],
)
def test_an_offer_stands_as_it_was_answered(
    accepted: bool | None, ground: str | None, state: HandOverState
) -> None:
    assert hand_over_state(accepted=accepted, ground=ground) is state


@pytest.mark.parametrize(
    ("code", "node", "below"),
    [
        (COUNTY, CITY, True),
        (COUNTY, PROVINCE, True),
        (CITY, PROVINCE, True),
        (CITY, COUNTY, False),
        (CITY, CITY, False),
        ("341102", CITY, False),
        ("110101", "110000", True),
        (None, CITY, False),
    ],
)
def test_a_node_is_below_another_if_it_lies_in_its_area(
    code: str | None, node: str, *, below: bool
) -> None:
    assert is_below(code, node) is below
