from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dispatch.policy import (
    Tenure,
    Tree,
    UnitKind,
    UnitRule,
    is_in_use,
    objection_to_unit,
    taken_over_by,
    with_heirs,
)
from services.dispatch.policy.units import next_above

END = date(2030, 3, 31)
NEXT = date(2030, 4, 1)
OLD = Tenure(valid_until=END, successors=("new",))
NEW = Tenure(valid_from=NEXT)


@pytest.mark.parametrize(
    ("day", "unit"), [(END, "old"), (NEXT, "new")], ids=["its last day", "the day after"]
)
def test_the_successor_has_everything_from_the_day_after(day: date, unit: str) -> None:
    assert taken_over_by("old", {"old": OLD, "new": NEW}, day) == unit


def test_a_chain_of_successors_is_followed_to_its_end() -> None:
    between = Tenure(valid_from=NEXT, valid_until=NEXT, successors=("third",))
    units = {"old": OLD, "new": between, "third": Tenure()}

    assert taken_over_by("old", units, NEXT + timedelta(days=1)) == "third"


@pytest.mark.parametrize(
    "units",
    [
        {"old": replace(OLD, successors=())},
        {"old": replace(OLD, successors=("one", "two")), "one": NEW, "two": NEW},
        {"old": replace(OLD, successors=("old",))},
        {"old": OLD, "new": Tenure(kind=UnitKind.OUTSIDE)},
        {"old": replace(OLD, successors=("nobody",))},
    ],
    ids=["nobody follows", "two follow", "a ring", "an outside party", "an unknown unit"],
)
def test_where_no_one_unit_takes_over_nobody_is_chosen(units: dict[str, Tenure]) -> None:
    assert taken_over_by("old", units, NEXT) is None


@given(
    st.dictionaries(
        st.sampled_from("abcdef"),
        st.builds(
            Tenure,
            active=st.booleans(),
            kind=st.sampled_from(UnitKind),
            valid_from=st.none() | st.dates(date(2030, 3, 1), date(2030, 5, 1)),
            valid_until=st.none() | st.dates(date(2030, 3, 1), date(2030, 5, 1)),
            successors=st.lists(st.sampled_from("abcdefg"), max_size=2).map(tuple),
        ),
    ),
    st.sampled_from("abcdefg"),
)
def test_who_takes_over_is_always_in_use(units: dict[str, Tenure], code: str) -> None:
    heir = taken_over_by(code, units, NEXT)

    assert heir is None or is_in_use(units[heir], NEXT)
    assert heir is None or heir in with_heirs([code], units)


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"valid_from": NEXT}, "unit_ends_before_it_begins", "valid_until"),
        ({"valid_until": None}, "successor_without_end", "valid_until"),
        ({"successors": ("nobody",)}, "unknown_unit", "successors"),
        ({"successors": ("old",)}, "successor_ring", "successors"),
        ({"successors": ("firm",)}, "successor_not_in_use", "successors"),
        ({"successors": ("shut",)}, "successor_not_in_use", "successors"),
        ({"valid_until": END - timedelta(days=1)}, "successor_not_in_use", "successors"),
    ],
)
def test_a_wrong_end_is_refused_with_its_field(
    changed: dict[str, object], code: str, field: str
) -> None:
    others = {
        "new": NEW,
        "firm": Tenure(kind=UnitKind.OUTSIDE),
        "shut": Tenure(active=False),
    }
    objection = objection_to_unit("old", {**others, "old": replace(OLD, **changed)})  # type: ignore[arg-type]

    assert objection is not None
    assert (objection.code, objection.field) == (code, field)


@pytest.mark.parametrize(
    ("heir", "code", "field"),
    [
        (replace(NEW, active=False), "successor_chain_ends", "successors"),
        (replace(NEW, valid_until=NEXT), "successor_chain_ends", "successors"),
        (Tenure(valid_from=NEXT + timedelta(days=1)), "successor_not_in_use", "valid_from"),
        (
            Tenure(valid_until=NEXT, successors=("old",)),
            "successor_ring",
            "successors",
        ),
    ],
)
def test_who_took_over_cannot_leave_a_gap(heir: Tenure, code: str, field: str) -> None:
    objection = objection_to_unit("new", {"old": OLD, "new": heir})

    assert objection is not None
    assert (objection.code, objection.field) == (code, field)


def test_a_good_succession_stands() -> None:
    units = {"old": OLD, "new": NEW}

    assert [objection_to_unit(code, units) for code in units] == [None, None]


def test_above_a_vertically_run_unit_there_is_nobody_here() -> None:
    units = {
        "tax": UnitRule("tax", "税务局", active=True, kind=UnitKind.VERTICAL),
        "county": UnitRule("county", "县政府", active=True),
    }
    tree = Tree(units, {"tax": "county", "county": None})

    assert next_above("tax", {"tax"}, tree) is None
