import pytest

from services.link.policy import Fact, Known, hearers, may_go


@pytest.mark.parametrize(
    ("unreceipted", "free"),
    [(0, 8), (3, 5), (8, 0), (200, 0)],
    ids=["idle", "busy", "full", "behind"],
)
def test_a_piece_goes_only_while_the_neighbour_owes_few_receipts(
    unreceipted: int, free: int
) -> None:
    assert may_go(8, unreceipted) == free


def test_what_is_for_one_node_is_told_to_nobody_else() -> None:
    case = Known(via="341523", shares=frozenset({"341523", "341502"}))
    near = frozenset({"341523", "341502", "340000"})

    assert hearers(Fact(to_node="341502", for_one=True), case, near, "340000") == {"341502"}
    assert hearers(Fact("341502", for_one=True), case, near, "340000") == set()
