import pytest

from services.link.policy import Fact, Known, hearers, may_tell

CITY = frozenset({"340000", "341523", "341525"})
"""The neighbours of 341500: the province above, two counties below."""
PARENT = "340000"


def heard_by(fact: Fact, case: Known) -> set[str]:
    return hearers(fact, case, CITY, PARENT)


def test_the_tier_above_hears_of_everything() -> None:
    assert heard_by(Fact(), Known()) == {PARENT}
    assert heard_by(Fact(source="341523"), Known(via="341523")) == {PARENT}


def test_nothing_goes_back_to_where_it_came_from() -> None:
    shared = Known(via="341523", shares=frozenset({"341523", PARENT}))

    assert heard_by(Fact(source=PARENT), shared) == {"341523"}
    assert heard_by(Fact(source="341523"), shared) == {PARENT}


def test_who_shares_a_leg_hears_how_it_goes_on_and_no_sibling_does() -> None:
    assert heard_by(Fact(), Known(shares=frozenset({"341523"}))) == {PARENT, "341523"}


def test_a_fact_for_a_neighbour_goes_to_it() -> None:
    assert heard_by(Fact(to_node="341525"), Known()) == {PARENT, "341525"}


def test_a_fact_for_a_node_farther_on_goes_one_step_towards_it() -> None:
    fact = Fact(source=PARENT, to_node="341523")
    province = hearers(Fact(to_node="341523"), Known(via="341500"), frozenset({"341500"}), None)

    assert province == {"341500"}
    assert heard_by(fact, Known(via="341523")) == {"341523"}


def test_a_node_without_links_tells_nobody() -> None:
    assert hearers(Fact(to_node="341500"), Known(), frozenset(), None) == set()


@pytest.mark.parametrize(
    ("peer", "case", "may"),
    [
        (PARENT, Known(), True),
        ("341523", None, True),
        ("341523", Known(via="341523"), True),
        ("341523", Known(), False),
        ("341525", Known(via="341523"), False),
        ("341525", Known(via="341523", shares=frozenset({"341525"})), True),
    ],
    ids=["above", "unknown case", "its own", "ours", "its sibling's", "shared"],
)
def test_who_is_below_tells_of_what_it_registered_or_shares(
    peer: str, case: Known | None, may: bool
) -> None:
    assert may_tell(peer, case, PARENT) is may
