from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.policy.coming import (
    HEAD,
    LONGEST,
    LOT,
    NOTHING,
    PIECE_BYTES,
    Fault,
    Offered,
    asks_again_after,
    bytes_of,
    fault_of_bytes,
    fault_of_offer,
    lacking,
    lot_of,
    next_lot,
    piece_count,
)
from services.intake.policy.files import AttachmentLimits, Kind, Refusal, Sniffed
from shared.events.intake import FileFault

LIMITS = AttachmentLimits(bytes=10_000_000, per_case=20, pixels=50_000_000)
PATIENCE = timedelta(minutes=5)


@pytest.mark.parametrize(
    "size", [1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES + 7]
)
def test_pieces_together_are_the_file(size: int) -> None:
    data = bytes(n % 251 for n in range(size))

    pieces = [data[bytes_of(number)] for number in range(1, piece_count(size) + 1)]

    assert b"".join(pieces) == data
    assert all(0 < len(piece) <= PIECE_BYTES for piece in pieces)


def test_the_head_is_asked_for_alone_and_then_a_lot_at_a_time() -> None:
    assert next_lot(100, set(), NOTHING) == [HEAD]
    assert next_lot(100, {HEAD}, HEAD) == list(range(1, LOT + 1))
    assert next_lot(100, set(range(LOT + 1)), LOT) == list(range(LOT + 1, 101))


def test_nothing_is_asked_for_while_a_piece_of_the_lot_before_is_under_way() -> None:
    assert next_lot(100, set(range(LOT)), LOT) == []


def test_what_is_asked_for_again_is_what_lacks() -> None:
    assert lot_of(lacking(5, {HEAD, 2, 4})) == [1, 3, 5]


@pytest.mark.parametrize(("tries", "minutes"), [(0, 5), (1, 10), (3, 40), (7, 360), (10_000, 360)])
def test_each_time_it_waits_twice_as_long_but_never_longer_than_six_hours(
    tries: int, minutes: int
) -> None:
    assert asks_again_after(tries, PATIENCE) == timedelta(minutes=minutes)


def test_a_patience_that_is_longer_than_that_stays() -> None:
    assert asks_again_after(4, 2 * LONGEST) == 2 * LONGEST


@pytest.mark.parametrize(
    ("offered", "known", "fault"),
    [
        (Offered("pdf", 10_000_000, 77), 19, None),
        (Offered("pdf", 10_000_001, 77), 0, Fault.TOO_LARGE),
        (Offered("pdf", 0, 0), 0, Fault.TOO_LARGE),
        (Offered("pdf", -1, 1), 0, Fault.TOO_LARGE),
        (Offered("pdf", 1_000, 2), 0, Fault.TOO_LARGE),
        (Offered("pdf", 1_000, 1), 20, Fault.FULL),
        (Offered("exe", 1_000, 1), 0, Fault.KIND),
        (Offered("png", 1_000, 1), 0, Fault.KIND),
    ],
    ids=[
        "as large as may be",
        "a byte too large",
        "empty",
        "less than nothing",
        "cut into crumbs",
        "one too many",
        "a programme",
        "a picture that was not made anew",
    ],
)
def test_what_is_not_even_asked_for(offered: Offered, known: int, fault: Fault | None) -> None:
    assert fault_of_offer(offered, LIMITS, known) is fault


@pytest.mark.parametrize(
    ("sniffed", "told", "fault"),
    [
        (Sniffed(kind=Kind.PDF), "pdf", None),
        (Sniffed(kind=Kind.PDF), "docx", Fault.KIND),
        (Sniffed(refusal=Refusal.KIND), "pdf", Fault.KIND),
        (Sniffed(refusal=Refusal.EMPTY), "pdf", Fault.KIND),
        (Sniffed(refusal=Refusal.ACTIVE), "pdf", Fault.ACTIVE),
    ],
)
def test_what_is_whole_must_be_what_was_told(
    sniffed: Sniffed, told: str, fault: Fault | None
) -> None:
    assert fault_of_bytes(sniffed, told) is fault


def test_every_fault_can_be_said() -> None:
    assert {fault.value for fault in Fault} == {fault.value for fault in FileFault}


class Way:
    """A way that loses, doubles and shuffles pieces, and breaks; and who asks over it."""

    def __init__(self, pieces: int, luck: Random, trouble: float) -> None:
        self.pieces = pieces
        self.luck = luck
        self.trouble = trouble
        self.here: set[int] = set()
        self.asked_to = NOTHING
        self.under_way: list[int] = []

    def ask(self) -> None:
        wanted = next_lot(self.pieces, self.here, self.asked_to)
        if not wanted and not self.under_way:  # patience is over
            wanted = lot_of(lacking(self.pieces, self.here))
        assert not self.here & set(wanted)
        assert len(wanted) <= LOT
        self.asked_to = max([self.asked_to, *wanted])
        self.under_way += wanted

    def bring(self) -> None:
        self.luck.shuffle(self.under_way)
        piece = self.under_way.pop()
        if self.luck.random() >= self.trouble:
            self.here.add(piece)
            return
        match self.luck.choice(["lost", "twice", "broken"]):
            case "twice":
                self.here.add(piece)
                self.under_way.append(piece)
            case "broken":
                self.under_way.clear()
            case _:
                pass


@given(
    pieces=st.integers(1, 2 * LOT),
    seed=st.integers(0, 10_000),
    trouble=st.sampled_from([0.0, 0.1, 0.5]),
)
def test_whatever_the_way_does_every_piece_comes_and_none_is_asked_for_in_vain(
    pieces: int, seed: int, trouble: float
) -> None:
    way = Way(pieces, Random(seed), trouble)  # noqa: S311  # to repeat it
    steps = 0

    while lacking(pieces, way.here):
        way.ask()
        way.bring()
        steps += 1
        assert steps < 40 * (pieces + 10)

    assert way.here == set(range(pieces + 1))
