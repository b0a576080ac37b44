from datetime import UTC, datetime, timedelta

import pytest

from services.review.policy import (
    CaseState,
    Follow,
    Refusal,
    answer_by,
    follows,
    objection_to_rating,
)


@pytest.mark.parametrize(
    ("state", "refusal"),
    [
        (CaseState.NONE, Refusal.NOT_YET_RATED),
        (CaseState.INVITED, None),
        (CaseState.RATED, Refusal.ALREADY_RATED),
        (CaseState.CLOSED, Refusal.EVALUATION_CLOSED),
    ],
)
def test_a_round_is_rated_once_between_its_result_and_its_close(
    state: CaseState, refusal: Refusal | None
) -> None:
    assert objection_to_rating(state) is refusal


def test_solved_closes_and_not_solved_opens_again() -> None:
    assert follows(solved=True) is Follow.CLOSE
    assert follows(solved=False) is Follow.REOPEN


def test_the_time_to_answer_runs_from_the_result() -> None:
    nine = datetime(2030, 1, 2, 1, tzinfo=UTC)

    assert answer_by(nine, timedelta(days=15)) == datetime(2030, 1, 17, 1, tzinfo=UTC)
