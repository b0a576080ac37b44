"""Which report may be taken apart, and which part may be taken back."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.policy.facts import Fact, FactKind
from services.intake.policy.splitting import (
    IN_HAND,
    MOST_MATTERS,
    Objection,
    Standing,
    is_in_hand,
    objection_to_split,
)

REPORT = Standing(matters=1)
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("report", "objection"),
    [
        (REPORT, None),
        (replace(REPORT, is_here=False), Objection.ELSEWHERE),
        (replace(REPORT, is_at_rest=True), Objection.AT_REST),
        (replace(REPORT, is_part=True), Objection.IS_PART),
        (replace(REPORT, is_joined=True), Objection.IS_JOINED),
        (replace(REPORT, is_given=True), Objection.BY_DISPATCHER),
        (replace(REPORT, matters=MOST_MATTERS), Objection.TOO_MANY),
    ],
)
def test_an_officer_takes_apart_what_no_unit_has(
    report: Standing, objection: Objection | None
) -> None:
    assert objection_to_split(report, 1, dispatches=False) is objection


def test_who_dispatches_takes_apart_what_a_unit_has_too() -> None:
    assert objection_to_split(replace(REPORT, is_given=True), 1, dispatches=True) is None


@given(st.integers(1, MOST_MATTERS), st.integers(1, MOST_MATTERS))
def test_a_report_and_its_parts_are_nine_at_most(matters: int, more: int) -> None:
    objection = objection_to_split(replace(REPORT, matters=matters), more, dispatches=True)

    assert (objection is Objection.TOO_MANY) == (matters + more > MOST_MATTERS)


@pytest.mark.parametrize("kind", FactKind)
def test_a_part_is_in_hand_once_a_unit_has_begun(kind: FactKind) -> None:
    facts = [Fact(FactKind.REGISTERED, AT), Fact(FactKind.DISPATCHED, AT), Fact(kind, AT)]

    assert is_in_hand(facts) == (kind in IN_HAND)
