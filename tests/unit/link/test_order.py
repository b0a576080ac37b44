from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.link.policy import (
    NOWHERE,
    Counting,
    Place,
    Reach,
    Received,
    Standing,
    place_of,
    receipt_of,
)

OLDEST, OLD, BETWEEN, NOW, NEW = (UUID(int=n) for n in range(1, 6))
MINE = Counting((NOW, 10), received=5, former=(OLD, 99))


@pytest.mark.parametrize(
    ("incarnation", "sequence", "place"),
    [
        (NOW, 5, Place.NEXT),
        (NOW, 6, Place.EARLY),
        (NOW, 4, Place.AGAIN),
        (NOW, 0, Place.RECEIPT),
        (NEW, 1, Place.ANEW),
        (NEW, 7, Place.ANEW),
        (NEW, 0, Place.ANEW),
        (OLD, 5, Place.OLD),
        (OLD, 0, Place.OLD),
    ],
)
def test_what_becomes_of_a_parcel(incarnation: UUID, sequence: int, place: Place) -> None:
    assert place_of(Standing(NOW, heard=4), incarnation, sequence) is place


def test_the_first_parcel_ever_begins_the_counting() -> None:
    assert place_of(Standing(None, heard=0), NOW, 1) is Place.ANEW


@pytest.mark.parametrize(
    ("receipt", "meaning"),
    [
        ((NOW, 7), Received.UP_TO),
        ((NOW, 5), Received.NOTHING_NEW),
        ((NOW, 10), Received.UP_TO),
        ((OLD, 99), Received.NOTHING_NEW),
        ((OLDEST, 500), Received.NOTHING_NEW),
        (NOWHERE, Received.NOTHING_NEW),
    ],
)
def test_what_a_receipt_means(receipt: Reach, meaning: Received) -> None:
    assert receipt_of(MINE, receipt, begins=False) is meaning


@pytest.mark.parametrize("receipt", [(NOW, 11), (OLD, 100), (BETWEEN, 1), (NEW, 1)])
@pytest.mark.parametrize("begins", [True, False])
def test_a_receipt_for_what_nobody_here_remembers_betrays_a_restored_backup(
    receipt: Reach, begins: bool
) -> None:
    assert receipt_of(MINE, receipt, begins=begins) is Received.RESTORED


def test_a_node_that_remembers_nothing_is_betrayed_by_any_receipt_of_before() -> None:
    mine = Counting((NOW, 0), received=0)

    assert receipt_of(mine, (OLD, 1), begins=False) is Received.RESTORED
    assert receipt_of(mine, NOWHERE, begins=False) is Received.NOTHING_NEW


@pytest.mark.parametrize("receipt", [(NOW, 4), (NOW, 0), (OLD, 99), NOWHERE])
def test_a_neighbour_that_begins_with_a_lower_receipt_than_it_gave_was_restored(
    receipt: Reach,
) -> None:
    assert receipt_of(MINE, receipt, begins=True) is Received.LOST
    assert receipt_of(MINE, receipt, begins=False) is Received.NOTHING_NEW  # it is only late


def test_a_neighbour_that_only_started_again_is_not_taken_for_restored() -> None:
    unreceipted = Counting((NOW, 10), received=0, former=(OLD, 99))

    assert receipt_of(MINE, (NOW, 5), begins=True) is Received.NOTHING_NEW
    assert receipt_of(MINE, (NOW, 8), begins=True) is Received.UP_TO
    assert receipt_of(unreceipted, (OLD, 7), begins=True) is Received.NOTHING_NEW


@given(st.integers(min_value=1, max_value=60), st.randoms(use_true_random=False))
def test_whatever_the_order_each_parcel_counts_once_and_in_its_turn(
    n: int, chance: Random
) -> None:
    letters = [*range(1, n + 1)] * 2
    chance.shuffle(letters)
    standing, held, counted = Standing(NOW, heard=0), set[int](), list[int]()

    for sequence in letters:
        place = place_of(standing, NOW, sequence)
        if place is Place.EARLY:
            held.add(sequence)
        while place is Place.NEXT:
            counted.append(sequence)
            standing = Standing(NOW, heard=sequence)
            held.discard(sequence)
            sequence += 1
            place = Place.NEXT if sequence in held else Place.AGAIN

    assert counted == list(range(1, n + 1))
