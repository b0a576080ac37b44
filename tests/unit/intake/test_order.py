"""A case that moves between nodes: whose clock is wrong must not matter to its person."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.policy.facts import Fact, FactKind, HandOverKind
from services.intake.policy.following import NextStep, next_step
from services.intake.policy.order import in_order
from services.intake.policy.progress import Holder, Progress, Status, progress_of
from shared.events import words

NINE = datetime(2030, 1, 1, 9, tzinfo=UTC)
DUE = "2030-01-04T09:00:00Z"
CITY, PROVINCE = "341500", "340000"
NAMES = {CITY: "六安市", PROVINCE: "安徽省"}
OWN = Holder("rsj", "县人社局")
THEIRS = Holder("rsj", "市人社局", CITY, "0564-3621234")


def at(hour: float, kind: FactKind, round_: int | None = None, /, **params: Any) -> Fact:
    return Fact(kind, NINE + timedelta(hours=hour), round_, params)


def by_city(fact: Fact) -> Fact:
    return replace(fact, params={**fact.params, "node": CITY})


def given_to(hour: float, order: str, epoch: int, holder: Holder, round_: int = 1) -> Fact:
    unit = {"unit_code": holder.code, "unit_name": holder.name, "unit_phone": holder.phone}
    return at(hour, FactKind.DISPATCHED, round_, order_id=order, epoch=epoch, **unit)


def of_order(hour: float, kind: FactKind, order: str, **more: Any) -> Fact:
    return at(hour, kind, order_id=order, unit_code="rsj", unit_name="x", **more)


def moved(
    hour: float, epoch: int, kind: HandOverKind, to: str | None = CITY, round_: int = 1
) -> Fact:
    told = {"hand_over_id": f"h{epoch}", "epoch": epoch, "kind": kind}
    where = {"to_name": "舒城县"} if to is None else {"to_node": to, "to_name": NAMES[to]}
    return at(hour, FactKind.HANDED_OVER, round_, **told, **where)


def clock(hour: float, kind: FactKind, lamp: str) -> Fact:
    return at(hour, kind, clock_id="c", due_at=DUE, lamp=lamp, provisional=False, on_time=True)


HERE = [
    at(0, FactKind.REGISTERED, number="n"),
    at(0, FactKind.ACCEPTED),
    clock(0, FactKind.CLOCK_STARTED, "green"),
    given_to(0, "o1", 0, OWN),
    of_order(1, FactKind.SIGNED, "o1"),
]
UP = moved(2, 1, HandOverKind.UP)
AT_THE_CITY = [
    by_city(given_to(2, "o2", 1, THEIRS)),
    by_city(of_order(3, FactKind.SIGNED, "o2")),
    by_city(of_order(4, FactKind.CONTACTED, "o2", way="phone", reached=True)),
]
SOLVED = [
    by_city(of_order(5, FactKind.ORDER_FINISHED, "o2")),
    by_city(moved(5, 2, HandOverKind.RESULT, to=None)),
    at(5, FactKind.CASE_FINISHED, 1, outcome="done", answer_masked="已办", unit_name="x"),
    clock(5, FactKind.CLOCK_STOPPED, "yellow"),
    at(5, FactKind.INVITED, 1, answer_by=DUE),
]
NOT_SOLVED = [
    at(6, FactKind.RATED, 1, evaluation_id="e", level=2, solved=False),
    at(6, FactKind.REOPENED, 2),
    clock(6, FactKind.CLOCK_RESUMED, "yellow"),
    at(6, FactKind.POOLED, epoch=2),
    moved(7, 3, HandOverKind.REOPENED, round_=2),
    by_city(at(7, FactKind.POOLED, epoch=3)),
    by_city(given_to(8, "o3", 3, THEIRS, round_=2)),
]
BACK = [
    by_city(at(2, FactKind.POOLED, epoch=1)),
    by_city(moved(3, 2, HandOverKind.RETURN, to=None)),
    at(3, FactKind.POOLED, epoch=2),
    given_to(4, "o4", 2, OWN),
]
STORIES = {
    "there": [*HERE, UP, *AT_THE_CITY],
    "solved": [*HERE, UP, *AT_THE_CITY, *SOLVED],
    "not solved": [*HERE, UP, *AT_THE_CITY, *SOLVED, *NOT_SOLVED],
    "back": [*HERE, UP, *BACK],
}
story = pytest.mark.parametrize("facts", STORIES.values(), ids=STORIES)


def shifted(facts: Sequence[Fact], skew: timedelta) -> list[Fact]:
    """The story as it is told when the city's clock is wrong, the hand-over to it included."""

    def is_theirs(fact: Fact) -> bool:
        to_city = fact.kind is FactKind.HANDED_OVER and fact.params.get("to_node") == CITY
        return fact.node == CITY or to_city

    return [replace(fact, at=fact.at + skew) if is_theirs(fact) else fact for fact in facts]


def seen(progress: Progress) -> tuple[object, ...]:
    where = (progress.status, progress.round, progress.holder, set(progress.orders))
    return (*where, progress.lamp, progress.due_at, progress.can_rate, progress.rated)


def test_the_kinds_are_those_of_the_events() -> None:
    assert [*HandOverKind] == [*words.HandOverKind]


def test_a_case_that_was_taken_is_with_the_node_until_a_unit_there_has_it() -> None:
    progress = progress_of([*HERE, UP])

    assert (progress.status, progress.holder) == (
        Status.HANDED_OVER,
        Holder(CITY, "六安市", CITY),
    )
    assert next_step(progress) is NextStep.DISPATCH_ELSEWHERE
    assert progress.orders == {}


def test_a_unit_of_another_node_holds_the_case_with_its_own_telephone() -> None:
    progress = progress_of(STORIES["there"])

    assert (progress.status, progress.holder) == (Status.CONTACTED, THEIRS)


def test_an_order_there_that_is_given_back_leaves_the_case_with_the_node() -> None:
    gave_back = by_city(of_order(5, FactKind.RETURNED, "o2"))

    assert progress_of([*STORIES["there"], gave_back]).holder == Holder(CITY, "六安市", CITY)


def test_an_order_heard_before_its_hand_over_is_the_one_that_counts() -> None:
    progress = progress_of([*HERE, *AT_THE_CITY])

    assert (progress.status, progress.holder) == (Status.CONTACTED, THEIRS)
    assert set(progress.orders) == {"o2"}


def test_what_solved_it_stays_known_when_the_result_is_back() -> None:
    progress = progress_of(STORIES["solved"])

    assert (progress.status, progress.holder, progress.can_rate) == (
        Status.FINISHED,
        THEIRS,
        True,
    )


def test_a_case_that_comes_back_is_with_this_node_again() -> None:
    waiting = progress_of(STORIES["back"][:-1])

    assert (waiting.status, waiting.holder) == (Status.POOLED, None)
    assert progress_of(STORIES["back"]).holder == OWN


def test_a_return_that_is_heard_last_takes_nothing_from_who_has_it_now() -> None:
    facts = [fact for fact in STORIES["back"] if fact.node is None]

    assert progress_of(facts).holder == OWN


def test_the_node_of_the_last_result_takes_a_reopened_case_up() -> None:
    progress = progress_of(STORIES["not solved"])

    assert (progress.status, progress.round, progress.holder) == (Status.DISPATCHED, 2, THEIRS)


def test_a_hand_over_moves_no_promise() -> None:
    before = progress_of(HERE)

    for facts in STORIES.values():
        after = progress_of(facts)
        assert (after.due_at, after.provisional) == (before.due_at, before.provisional)


def test_facts_that_were_kept_without_an_epoch_are_of_the_first() -> None:
    old = [
        replace(fact, params={k: v for k, v in fact.params.items() if k != "epoch"})
        for fact in HERE
    ]

    assert progress_of([*old, UP, *AT_THE_CITY]).holder == THEIRS
    assert progress_of(old).holder == OWN


@story
@given(data=st.data())
def test_the_order_of_hearing_changes_nothing(facts: list[Fact], data: st.DataObject) -> None:
    heard = data.draw(st.permutations(facts))

    assert progress_of(heard) == progress_of(facts)
    assert list(in_order(heard)) == list(in_order(facts))


@story
@given(data=st.data(), skew=st.timedeltas(timedelta(days=-3), timedelta(days=3)))
def test_a_wrong_clock_at_the_other_node_changes_nothing(
    facts: list[Fact], data: st.DataObject, skew: timedelta
) -> None:
    heard = data.draw(st.permutations(shifted(facts, skew)))

    assert seen(progress_of(heard)) == seen(progress_of(facts))


@given(skew=st.timedeltas(timedelta(days=-3), timedelta(days=3)))
def test_a_slow_clock_does_not_bring_the_old_unit_back(skew: timedelta) -> None:
    late = of_order(9, FactKind.CONTACTED, "o1", way="visit", reached=True)

    progress = progress_of(shifted([*STORIES["there"], late], skew))

    assert progress.holder == THEIRS
    assert set(progress.orders) == {"o2"}
