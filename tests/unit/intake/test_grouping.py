"""Which cases may stand together; a group is never deeper than a lead and its cases."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.policy.grouping import (
    Candidate,
    Kind,
    Objection,
    is_same_person,
    objection_to_grouping,
)

CASE = Candidate(number="A", name="zhang", marks=frozenset({"phone", "id"}))
LEAD = replace(CASE, number="B", marks=frozenset({"phone", "passport"}))
NEIGHBOUR = replace(LEAD, name="li")


def test_the_same_name_and_telephone_are_one_person() -> None:
    assert is_same_person(CASE, LEAD)
    assert not is_same_person(CASE, NEIGHBOUR)
    assert not is_same_person(CASE, replace(LEAD, marks=frozenset({"passport"})))
    assert not is_same_person(replace(CASE, name=None), replace(LEAD, name=None))


def test_one_person_is_joined_and_several_are_grouped() -> None:
    assert objection_to_grouping(CASE, LEAD, Kind.JOINED) is None
    assert objection_to_grouping(CASE, NEIGHBOUR, Kind.GROUPED) is None
    assert objection_to_grouping(CASE, NEIGHBOUR, Kind.JOINED) is Objection.OTHER_PERSON


@pytest.mark.parametrize(
    ("case", "lead", "objection"),
    [
        (CASE, CASE, Objection.SAME_CASE),
        (replace(CASE, against=frozenset({"rsj"})), LEAD, Objection.CONFLICT),
        (CASE, replace(LEAD, against=frozenset({"rsj"})), Objection.CONFLICT),
        (replace(CASE, is_here=False), LEAD, Objection.ELSEWHERE),
        (CASE, replace(LEAD, is_here=False), Objection.ELSEWHERE),
        (replace(CASE, is_accepted=False), LEAD, Objection.NOT_ACCEPTED),
        (CASE, replace(LEAD, is_at_rest=True), Objection.AT_REST),
        (replace(CASE, is_led=True), LEAD, Objection.LED_ALREADY),
        (CASE, replace(LEAD, is_led=True), Objection.LEAD_IS_LED),
        (replace(CASE, leads=True), LEAD, Objection.LEADS_OTHERS),
    ],
)
def test_what_must_not_stand_together_is_refused(
    case: Candidate, lead: Candidate, objection: Objection
) -> None:
    assert objection_to_grouping(case, lead, Kind.GROUPED) is objection


def test_two_that_complain_of_the_same_may_stand_together() -> None:
    against = frozenset({"rsj"})

    both = replace(CASE, against=against), replace(LEAD, against=against)

    assert objection_to_grouping(*both, Kind.JOINED) is None


STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 4)), max_size=40)


@given(STEPS)
def test_a_group_is_a_lead_and_its_cases_whatever_was_asked(
    steps: list[tuple[bool, int, int]],
) -> None:
    under: dict[int, int] = {}

    def candidate(number: int) -> Candidate:
        led, leads = number in under, number in under.values()
        return replace(CASE, number=str(number), is_led=led, leads=leads)

    for groups, case, lead in steps:
        if not groups:
            under.pop(case, None)
        elif objection_to_grouping(candidate(case), candidate(lead), Kind.JOINED) is None:
            assert case not in under
            under[case] = lead
        assert not under.keys() & set(under.values())
