from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.link.policy import Place, Received, Standing, place_of, receipt_of

OLD, NOW, NEW = (UUID(int=n) for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("incarnation", "sequence", "place"),
    [
        (NOW, 5, Place.NEXT),
        (NOW, 6, Place.EARLY),
        (NOW, 4, Place.AGAIN),
        (NOW, 0, Place.RECEIPT),
        (NEW, 1, Place.ANEW),
        (NEW, 7, Place.ANEW),
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
        ((NOW, 11), Received.RESTORED),
        ((OLD, 99), Received.NOTHING_NEW),
        ((None, 0), Received.NOTHING_NEW),
    ],
)
def test_what_a_receipt_means(receipt: tuple[UUID | None, int], meaning: Received) -> None:
    assert receipt_of(NOW, said=10, received=5, receipt=receipt) is meaning


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
