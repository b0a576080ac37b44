import pytest

from services.link.policy import Fact, Known, hearers, may_pass_up, may_speak_for, may_tell

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


def test_what_the_rule_does_not_show_goes_up_only_where_it_was_shared_or_is_meant_for_it() -> None:
    hidden = Known(is_told=False, was_told=False)

    assert heard_by(Fact(), hidden) == set()
    assert heard_by(Fact(to_node=PARENT), hidden) == {PARENT}
    assert heard_by(Fact(), Known(shares=frozenset({PARENT}), is_told=False)) == {PARENT}


def test_an_answer_for_who_is_farther_above_goes_up_whatever_the_rule() -> None:
    hidden = Known(is_told=False, was_told=True)

    assert hearers(Fact(to_node=PARENT), hidden, frozenset({"341500"}), "341500") == {"341500"}


def test_an_order_follows_the_copy_that_the_tier_above_may_have() -> None:
    order = Fact(is_order=True)

    assert heard_by(order, Known(is_told=False, was_told=True)) == {PARENT}
    assert heard_by(order, Known(is_told=False, was_told=False)) == set()


@pytest.mark.parametrize(
    ("peer", "node", "may"),
    [
        ("341523", "341523", True),
        ("341523", "341525", False),
        ("341523", "341500", False),
        (PARENT, "341500", False),
        (PARENT, "341523", False),
        (PARENT, PARENT, True),
        (PARENT, "341600", True),
    ],
    ids=["its own", "its sibling's", "ours", "ours from above", "of ours", "above", "elsewhere"],
)
def test_a_neighbour_brings_what_nodes_of_its_own_area_say_of_themselves(
    peer: str, node: str, may: bool
) -> None:
    assert may_speak_for(peer, node, "341500", PARENT) is may


def test_a_city_brings_to_the_province_what_its_counties_say() -> None:
    assert may_speak_for("341500", "341523", "340000", None)
    assert not may_speak_for("341500", "341623", "340000", None)


@pytest.mark.parametrize(
    ("speaker", "addressee", "may"),
    [
        ("341500", "341523", True),
        ("341500", "341500", True),
        ("340000", "341523", False),
        ("341500", "340000", False),
        ("341600", "341523", False),
        ("341500", "341623", False),
    ],
    ids=["to its county", "to itself", "as we", "to us", "as its sibling", "to its sibling's"],
)
def test_a_city_tells_above_what_it_advises_within_its_area(
    speaker: str, addressee: str, may: bool
) -> None:
    assert may_pass_up("341500", speaker, addressee, "340000") is may
