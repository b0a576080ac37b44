from datetime import UTC, datetime, timedelta

import pytest

from services.intake.policy.facts import Fact, FactKind
from services.intake.policy.progress import Progress, Status, progress_of
from services.intake.policy.urging import (
    Objection,
    UrgeRules,
    next_urge_at,
    objection_to_urge,
)

NINE = datetime(2030, 1, 2, 1, tzinfo=UTC)
DAILY = UrgeRules(every=timedelta(days=1), often_from=3)


def urged(at: datetime) -> Fact:
    return Fact(FactKind.URGED, at, params={"urges": 1, "text_masked": "", "urge_id": str(at)})


def test_urges_are_counted_in_their_round_and_begin_anew_in_the_next_one() -> None:
    hours = [NINE + timedelta(days=day) for day in (0, 1, 3)]
    reopened = Fact(FactKind.REOPENED, NINE + timedelta(days=2), round=2)

    before = progress_of([urged(at) for at in hours[:2]])
    after = progress_of([*(urged(at) for at in hours), reopened])

    assert (before.urges, before.urged_at) == (2, hours[1])
    assert (after.urges, after.urged_at) == (1, hours[2])


def test_the_same_urges_count_alike_in_whatever_order_they_are_read() -> None:
    facts = [urged(NINE + timedelta(days=day)) for day in range(4)]

    assert progress_of(facts) == progress_of(reversed(facts))


@pytest.mark.parametrize(
    ("since", "objection"),
    [
        (timedelta(0), Objection.URGED_LATELY),
        (timedelta(days=1) - timedelta(seconds=1), Objection.URGED_LATELY),
        (timedelta(days=1), None),
    ],
    ids=["at once", "a second before", "when the interval is over"],
)
def test_there_is_no_other_urge_before_the_interval_is_over(
    since: timedelta, objection: Objection | None
) -> None:
    progress = progress_of([urged(NINE)])

    assert objection_to_urge(progress, NINE + since, DAILY) == objection
    assert next_urge_at(progress, DAILY) == NINE + timedelta(days=1)


@pytest.mark.parametrize("status", Status)
def test_a_case_is_urged_while_a_result_is_owed(status: Status) -> None:
    ended = {Status.DECLINED, Status.FINISHED, Status.CLOSED, Status.WITHDRAWN}

    objection = objection_to_urge(Progress(status=status), NINE, DAILY)

    assert objection == (Objection.CASE_ENDED if status in ended else None)
