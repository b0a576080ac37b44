from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.handlers.follow import KEPT
from services.intake.policy.facts import Fact, FactKind
from services.intake.policy.following import AFTER, NextStep, next_step
from services.intake.policy.order import in_order
from services.intake.policy.progress import STEPS, Status, progress_of

NINE = datetime(2030, 1, 1, 9, tzinfo=UTC)
DUE = "2030-01-04T09:00:00Z"


def at(hour: int, kind: FactKind, round_: int | None = None, **params: Any) -> Fact:
    return Fact(kind, NINE + timedelta(hours=hour), round_, params)


def order(hour: int, kind: FactKind, number: str, unit: str = "341523-scjg", **more: Any) -> Fact:
    round_ = more.pop("round_", None)
    return at(hour, kind, round_, order_id=number, unit_code=unit, unit_name=f"单位{unit}", **more)


def clock(hour: int, kind: FactKind, lamp: str, **more: Any) -> Fact:
    return at(hour, kind, clock_id="c", due_at=DUE, lamp=lamp, **more)


FINISHED = at(5, FactKind.CASE_FINISHED, 1, outcome="done", answer_masked="已办", unit_name="x")
FIRST_ROUND = [
    at(0, FactKind.REGISTERED, number="n"),
    at(0, FactKind.ACCEPTED),
    clock(0, FactKind.CLOCK_STARTED, "green", provisional=True),
    order(0, FactKind.DISPATCHED, "o1", round_=1),
    order(1, FactKind.SIGNED, "o1"),
    order(2, FactKind.CONTACTED, "o1", way="phone", reached=True),
    clock(3, FactKind.LAMP_CHANGED, "yellow"),
    order(5, FactKind.ORDER_FINISHED, "o1"),
    FINISHED,
    clock(5, FactKind.CLOCK_STOPPED, "yellow", on_time=True),
    at(5, FactKind.INVITED, 1, answer_by=DUE),
]
NOT_SOLVED = [
    at(6, FactKind.RATED, 1, evaluation_id="e", level=2, solved=False),
    at(6, FactKind.REOPENED, 2),
    clock(6, FactKind.CLOCK_RESUMED, "yellow"),
    order(6, FactKind.DISPATCHED, "o2", round_=2),
]


def test_a_case_of_which_nothing_was_heard_is_registered() -> None:
    assert progress_of([]).status is Status.REGISTERED


@pytest.mark.parametrize(
    ("heard", "status", "following"),
    [
        (1, Status.REGISTERED, NextStep.SCOPE_TEST),
        (2, Status.ACCEPTED, NextStep.DISPATCH),
        (4, Status.DISPATCHED, NextStep.SIGN),
        (5, Status.SIGNED, NextStep.CONTACT),
        (6, Status.CONTACTED, NextStep.RESULT),
        (8, Status.FINISHED, NextStep.FEEDBACK),
        (9, Status.FINISHED, NextStep.FEEDBACK),
        (11, Status.FINISHED, NextStep.RATE),
    ],
)
def test_each_fact_moves_the_case_on(heard: int, status: Status, following: NextStep) -> None:
    progress = progress_of(FIRST_ROUND[:heard])

    assert (progress.status, next_step(progress)) == (status, following)


@given(st.permutations(FIRST_ROUND + NOT_SOLVED))
def test_facts_tell_the_same_story_in_whatever_order_they_were_heard(facts: list[Fact]) -> None:
    assert progress_of(facts) == progress_of(FIRST_ROUND + NOT_SOLVED)


@given(st.permutations(FIRST_ROUND + NOT_SOLVED))
def test_the_timeline_is_told_in_one_order(facts: list[Fact]) -> None:
    told = [fact.kind for fact in in_order(facts)]

    assert told == [fact.kind for fact in in_order(FIRST_ROUND + NOT_SOLVED)]


def test_a_reopened_case_that_was_given_out_again_is_dispatched_in_its_new_round() -> None:
    progress = progress_of(FIRST_ROUND + NOT_SOLVED)

    assert (progress.status, progress.round) == (Status.DISPATCHED, 2)
    assert (progress.result, progress.rated, progress.can_rate) == (None, None, False)


def test_a_fact_of_an_old_round_heard_late_changes_nothing_in_the_new_one() -> None:
    late = order(7, FactKind.CONTACTED, "o1", way="visit", reached=True)

    assert progress_of([*FIRST_ROUND, *NOT_SOLVED, late]).status is Status.DISPATCHED


def test_a_reopened_case_keeps_its_promise_and_lamp() -> None:
    progress = progress_of(FIRST_ROUND + NOT_SOLVED[:2])

    assert (progress.lamp, progress.due_at, progress.provisional) == ("yellow", DUE, True)


def test_one_rates_once_a_round() -> None:
    assert progress_of(FIRST_ROUND).can_rate
    rated = progress_of([*FIRST_ROUND, NOT_SOLVED[0]])
    assert not rated.can_rate
    assert next_step(rated) is NextStep.SETTLE


def test_one_does_not_rate_what_was_closed() -> None:
    assert not progress_of([*FIRST_ROUND, at(9, FactKind.CLOSED, 1, how="unanswered")]).can_rate


def test_a_call_that_reached_nobody_is_no_contact() -> None:
    missed = order(2, FactKind.CONTACTED, "o1", way="phone", reached=False)

    assert progress_of([*FIRST_ROUND[:5], missed]).status is Status.SIGNED


def tracked(hour: int, on: str = "2030-01-09") -> Fact:
    words = {"explanation_masked": "省里没有批", "ground_masked": "条例第九条"}
    told = {"report_id": f"r{hour}", "unit_name": "县人社局", "next_on": on}
    return at(hour, FactKind.TRACKED, 1, **told, **words)


def test_what_is_explained_and_goes_on_stays_so_until_there_is_a_result() -> None:
    again = order(4, FactKind.CONTACTED, "o1", way="phone", reached=True)
    goes_on = progress_of([*FIRST_ROUND[:6], tracked(3), again])

    assert (goes_on.status, next_step(goes_on)) == (Status.TRACKING, NextStep.MORE)
    assert goes_on.tracked == tracked(3)
    assert goes_on.holder is not None
    assert not goes_on.can_rate
    assert progress_of(
        [*FIRST_ROUND[:6], tracked(3), tracked(4, "2030-01-16")]
    ).tracked == tracked(4, "2030-01-16")
    done = progress_of([*FIRST_ROUND, tracked(4)])
    assert (done.status, done.tracked, done.can_rate) == (Status.FINISHED, None, True)


def test_who_gets_it_next_has_explained_nothing_yet() -> None:
    moved = order(4, FactKind.RETURNED, "o1")
    given = order(4, FactKind.DISPATCHED, "o9", unit="341523-rsj", round_=1)

    assert progress_of([*FIRST_ROUND[:6], tracked(3), moved, given]).tracked is None


def test_a_unit_that_gave_its_order_back_holds_nothing() -> None:
    progress = progress_of(
        [*FIRST_ROUND[:5], order(3, FactKind.RETURNED, "o1"), at(3, FactKind.POOLED)]
    )

    assert progress.status is Status.POOLED
    assert progress.holder is None


def test_the_unit_that_was_given_the_case_last_holds_it() -> None:
    given_again = order(4, FactKind.DISPATCHED, "o9", unit="341523-rsj", round_=1)
    progress = progress_of([*FIRST_ROUND[:5], order(3, FactKind.RETURNED, "o1"), given_again])

    assert progress.holder is not None
    assert progress.holder.code == "341523-rsj"


def test_every_kind_of_fact_has_its_step_and_every_status_its_next() -> None:
    assert set(STEPS) == set(FactKind)
    assert set(AFTER) == set(Status)


def test_facts_are_named_like_the_events_they_come_from() -> None:
    assert {kind.value for kind in FactKind} == {event.name for event in KEPT}


def meeting(hour: int, kind: FactKind, **told: Any) -> Fact:
    return at(hour, kind, 1, meeting_id="m", **told)


def test_a_meeting_to_which_the_person_is_asked_is_shown_until_it_is_held_or_cancelled() -> None:
    first = meeting(1, FactKind.MEETING_CALLED, serial=1, with_person=True)
    moved = meeting(2, FactKind.MEETING_CALLED, serial=1, with_person=True, moves=1)
    held = meeting(3, FactKind.MEETING_HELD, serial=1, result="next")
    again = meeting(3, FactKind.MEETING_CALLED, serial=2, with_person=True)
    off = meeting(4, FactKind.MEETING_CANCELLED, because="已商定")
    others = at(5, FactKind.MEETING_CALLED, 1, meeting_id="n", serial=1, with_person=False)

    def shown(*facts: Fact) -> list[Fact]:
        return list(progress_of([*FIRST_ROUND[:6], *facts]).meetings.values())

    assert shown(first, moved, others) == [moved]
    assert shown(first, held) == []
    assert shown(first, again, held) == [again]
    assert shown(first, held, again, off) == []
