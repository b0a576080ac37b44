from services.dispatch.policy import is_below

PARENTS = {"county": None, "bureau": "county", "office": "bureau", "town": "county"}


def test_a_unit_is_below_every_unit_above_it() -> None:
    assert is_below("office", "bureau", PARENTS)
    assert is_below("office", "county", PARENTS)


def test_a_unit_counts_as_below_itself() -> None:
    assert is_below("bureau", "bureau", PARENTS)


def test_a_neighbour_is_not_below() -> None:
    assert not is_below("town", "bureau", PARENTS)


def test_a_ring_that_should_not_be_there_ends_the_search() -> None:
    assert not is_below("a", "c", {"a": "b", "b": "a"})
