"""What a unit may ask while it works, what an outcome takes, and when others decide."""

from datetime import UTC, datetime, timedelta

import pytest

from services.dispatch.policy import (
    PROOFS,
    ExtensionRules,
    Given,
    Lack,
    OrderState,
    Party,
    Refusal,
    Standing,
    Step,
    Wrong,
    choose_owner,
    is_disputed,
    lacking,
    missing,
    objection_to,
    objection_to_extension,
    objection_to_materials,
)
from shared.events.dispatch import Party as SaidParty
from shared.events.words import OutcomeDetail

NINE = datetime(2030, 1, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = ExtensionRules(most=1, most_days=5)


def test_every_outcome_says_what_it_takes() -> None:
    assert set(PROOFS) == {outcome.value for outcome in OutcomeDetail}


@pytest.mark.parametrize(
    ("outcome", "given", "lack"),
    [
        ("done", Given(), None),
        ("explained_law", Given(), Lack.LEGAL_BASIS),
        ("explained_law", Given(legal_basis="  "), Lack.LEGAL_BASIS),
        ("explained_law", Given(legal_basis="《条例》第三条"), None),
        ("merged", Given(), Lack.EVIDENCE),
        ("merged", Given(evidence="并入 BCS-1"), None),
        ("unreachable", Given(tries=1), Lack.TRIES),
        ("unreachable", Given(tries=2), None),
        ("tracking", Given("《条例》第三条", "已说明", 2), Lack.END),
    ],
)
def test_an_outcome_takes_its_basis_its_evidence_or_its_tries(
    outcome: str, given: Given, lack: Lack | None
) -> None:
    assert lacking(outcome, given) is lack


@pytest.mark.parametrize(
    ("answer_by", "is_open", "wrong"),
    [
        (NINE + DAY, False, None),
        (NINE + DAY, True, Wrong.MATERIALS_OPEN),
        (NINE, False, Wrong.BAD_ANSWER_BY),
        (NINE + 60 * DAY, False, None),
        (NINE + 61 * DAY, False, Wrong.BAD_ANSWER_BY),
    ],
    ids=["tomorrow", "still waiting", "now", "sixty days", "longer"],
)
def test_materials_are_asked_for_one_wait_at_a_time_until_a_day_to_come(
    answer_by: datetime, is_open: bool, wrong: Wrong | None
) -> None:
    assert objection_to_materials(NINE, answer_by, is_open=is_open) is wrong


@pytest.mark.parametrize(
    ("days", "granted", "is_open", "wrong"),
    [
        (5, 0, False, None),
        (6, 0, False, Wrong.TOO_MANY_DAYS),
        (1, 1, False, Wrong.EXTENSIONS_USED_UP),
        (1, 0, True, Wrong.EXTENSION_OPEN),
    ],
)
def test_an_order_is_extended_so_often_and_so_long(
    days: int, granted: int, is_open: bool, wrong: Wrong | None
) -> None:
    assert objection_to_extension(days, RULES, granted=granted, is_open=is_open) is wrong


@pytest.mark.parametrize(
    ("row", "days", "granted", "wrong"),
    [
        ((None, None), 5, 1, Wrong.EXTENSIONS_USED_UP),
        ((2, None), 5, 1, None),
        ((2, 3), 4, 1, Wrong.TOO_MANY_DAYS),
        ((None, 10), 10, 0, None),
        ((0, 10), 1, 0, Wrong.NEVER_EXTENDED),
    ],
    ids=["as the node", "once more", "shorter", "longer", "never"],
)
def test_the_row_of_a_limit_changes_how_far_an_order_is_extended(
    row: tuple[int | None, int | None], days: int, granted: int, wrong: Wrong | None
) -> None:
    rules = RULES.allowing(*row)

    assert objection_to_extension(days, rules, granted=granted, is_open=False) is wrong


def test_after_the_limit_to_sign_nothing_is_given_back() -> None:
    late = Standing(sign_is_over=True)

    assert objection_to(Step.RETURN, OrderState.SIGNED, late) is Refusal.SIGN_LIMIT_OVER
    assert objection_to(Step.FINISH, OrderState.SIGNED, late) is None


def test_what_an_arbitration_gave_is_not_given_back() -> None:
    given = Standing(is_arbitrated=True)

    assert objection_to(Step.RETURN, OrderState.DISPATCHED, given) is Refusal.ARBITRATED


@pytest.mark.parametrize(("returns", "disputed"), [(1, False), (2, True), (3, True)])
def test_the_second_return_is_a_dispute_where_one_is_let(returns: int, disputed: bool) -> None:
    assert is_disputed(returns, most=1) is disputed


def test_a_dispute_waits_for_each_party() -> None:
    assert missing({Party.LEGAL}) == (Party.DISPATCH, Party.STAFFING)
    assert missing(set(Party)) == ()
    assert {party.value for party in Party} == {party.value for party in SaidParty}


def test_a_search_goes_to_who_has_the_fewest() -> None:
    assert choose_owner({"b": 2, "c": 1, "a": 1}) == "a"
    assert choose_owner({}) is None
