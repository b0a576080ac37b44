"""What of the ledger is asked for: read, told and refused alike at every door."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.portal.policy.ledger import (
    COLUMNS,
    FILTERS,
    MOST_VALUES,
    USUAL,
    Asked,
    NotOfTheLedger,
    Order,
    Takes,
)

VALUES = {
    Takes.CODES: st.lists(st.sampled_from(["1", "2", "3"]), min_size=1, max_size=3, unique=True),
    Takes.CODE: st.just(["341523"]),
    Takes.DAY: st.just(["2026-03-01"]),
    Takes.FLAG: st.just(["1"]),
}
FREE = sorted(set(FILTERS) - {"status", "lamp"})


@st.composite
def asked(draw: st.DrawFn) -> list[tuple[str, str]]:
    names = draw(st.lists(st.sampled_from(FREE), unique=True))
    told = [(name, value) for name in names for value in draw(VALUES[FILTERS[name]])]
    order = draw(st.sampled_from(list(Order)))
    columns = draw(st.lists(st.sampled_from(COLUMNS), unique=True))
    return [*told, ("order", order.value), *(("column", one) for one in columns)]


@given(asked())
def test_what_an_address_tells_is_read_as_it_was_meant(told: list[tuple[str, str]]) -> None:
    once = Asked.read(told)

    assert Asked.parse(once.code) == once
    assert set(once.by) == {name for name, _ in told} - {"order", "column"}


def test_an_empty_form_asks_for_everything_as_usual() -> None:
    asked = Asked.read([("unit", ""), ("since", " "), ("csrf", "x"), ("cursor", "y")])

    assert (asked, asked.code) == (Asked(), "")
    assert (asked.order, asked.columns) == (Order.NEWEST, USUAL)


def test_columns_stand_in_the_order_of_the_house_however_they_were_chosen() -> None:
    assert Asked.read([("column", "level"), ("column", "number")]).columns == ("number", "level")
    assert Asked.parse("column=level.number").columns == ("number", "level")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("status", ["lost"]),
        ("lamp", ["blue"]),
        ("level", ["6"]),
        ("unit", ["A", "B"]),
        ("unit", ["a b"]),
        ("item", ["x" * 65]),
        ("region", ["34'--"]),
        ("number", [f"BCS-{n}" for n in range(MOST_VALUES + 1)]),
        ("since", ["2026-02-30"]),
        ("since", ["9999-12-31"]),
        ("until", ["yesterday"]),
        ("again", ["yes"]),
        ("order", ["random"]),
        ("column", ["telephone"]),
    ],
)
def test_what_the_ledger_does_not_know_is_named(name: str, values: list[str]) -> None:
    with pytest.raises(NotOfTheLedger) as refused:
        Asked.read([(name, value) for value in values])

    assert refused.value.name == name


def test_a_time_does_not_end_before_it_begins() -> None:
    with pytest.raises(NotOfTheLedger, match="until"):
        Asked.read([("since", "2026-03-02"), ("until", "2026-03-01")])


def test_no_code_is_longer_than_an_address() -> None:
    with pytest.raises(NotOfTheLedger):
        Asked.parse("item=" + "x" * 5000)
