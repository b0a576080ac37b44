"""What is due for erasure: never before its time, never while held or open."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.intake.policy.retention import (
    DataClass,
    OrderState,
    Rest,
    after_approval,
    due_at,
    is_due,
    is_late,
    node_of,
)

NOW = datetime(2030, 6, 1, tzinfo=UTC)
KEEPING = {DataClass.CLOSED: timedelta(days=1825), DataClass.DECLINED: timedelta(days=730)}

rests = st.builds(
    Rest,
    st.datetimes(datetime(2015, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(DataClass),
)
keepings = st.fixed_dictionaries(
    {kind: st.timedeltas(timedelta(days=1), timedelta(days=9_000)) for kind in DataClass}
)


@given(rests, keepings)
def test_a_case_is_due_from_the_end_of_its_time_and_not_before(
    rest: Rest, keeping: dict[DataClass, timedelta]
) -> None:
    end = due_at(rest, keeping)

    assert is_due(rest, keeping, end, held=False)
    assert not is_due(rest, keeping, end - timedelta(microseconds=1), held=False)


@given(st.none() | rests, keepings)
def test_what_is_held_or_not_at_rest_is_never_due(
    rest: Rest | None, keeping: dict[DataClass, timedelta]
) -> None:
    assert not is_due(rest, keeping, datetime.max.replace(tzinfo=UTC), held=True)
    assert not is_due(None, keeping, datetime.max.replace(tzinfo=UTC), held=False)


@given(rests, keepings, st.timedeltas(timedelta(0), timedelta(days=900)))
def test_a_longer_time_never_makes_anything_due_earlier(
    rest: Rest, keeping: dict[DataClass, timedelta], more: timedelta
) -> None:
    longer = {kind: kept + more for kind, kept in keeping.items()}

    assert is_due(rest, keeping, NOW, held=False) or not is_due(rest, longer, NOW, held=False)


def test_each_class_has_its_own_time() -> None:
    since = NOW - timedelta(days=800)

    assert is_due(Rest(since, DataClass.DECLINED), KEEPING, NOW, held=False)
    assert not is_due(Rest(since, DataClass.CLOSED), KEEPING, NOW, held=False)


def test_an_approved_order_waits_for_a_hold() -> None:
    assert after_approval(held=True) is OrderState.HELD
    assert after_approval(held=False) is OrderState.DONE


def test_a_node_is_late_when_it_was_told_before_the_limit_and_has_not_answered() -> None:
    assert is_late(NOW, None, NOW)
    assert not is_late(NOW + timedelta(seconds=1), None, NOW)
    assert not is_late(NOW, NOW, NOW)
    assert not is_late(None, None, NOW)


def test_a_number_says_which_node_gave_it() -> None:
    assert node_of("BCS-341523-20300102-00001-X") == "341523"
    assert node_of("nonsense") == ""
