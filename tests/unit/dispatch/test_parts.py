"""Which step of a part may follow, and what holds of a case with parts however it goes on."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.dispatch.policy import (
    OPEN_STATES,
    OrderState,
    Standing,
    Step,
    is_barred,
    objection_to,
    state_after,
)
from services.dispatch.policy.parts import (
    UNSETTLED,
    URGE_AGAIN_AFTER,
    PartRefusal,
    PartStanding,
    PartState,
    PartStep,
    objection_to_ending,
    objection_to_opening,
    objection_to_part,
    state_of_part_after,
)

NINE = datetime(2030, 1, 2, 1, tzinfo=UTC)
LATER = NINE + timedelta(hours=1)
PLAIN = PartStanding()
DONE, WRONG = PartRefusal.ALREADY_DONE, PartRefusal.WRONG_STATE


@pytest.mark.parametrize(
    ("step", "state", "objection"),
    [
        (PartStep.ANSWER, PartState.OPEN, None),
        (PartStep.ANSWER, PartState.DISSENTING, None),
        (PartStep.ANSWER, PartState.ANSWERED, DONE),
        (PartStep.ANSWER, PartState.WITHDRAWN, WRONG),
        (PartStep.DISSENT, PartState.OPEN, None),
        (PartStep.DISSENT, PartState.DISSENTING, DONE),
        (PartStep.DISSENT, PartState.ANSWERED, WRONG),
        (PartStep.DECLINE, PartState.OPEN, None),
        (PartStep.DECLINE, PartState.DISSENTING, WRONG),
        (PartStep.WORK, PartState.DISSENTING, None),
        (PartStep.WORK, PartState.ANSWERED, WRONG),
        (PartStep.URGE, PartState.OPEN, None),
        (PartStep.URGE, PartState.DISSENTING, WRONG),
        (PartStep.WITHDRAW, PartState.DISSENTING, None),
        (PartStep.WITHDRAW, PartState.ANSWERED, WRONG),
        (PartStep.WITHDRAW, PartState.WITHDRAWN, DONE),
    ],
)
def test_a_step_follows_some_states_only(
    step: PartStep, state: PartState, objection: PartRefusal | None
) -> None:
    assert objection_to_part(step, state, PLAIN, NINE) is objection


@pytest.mark.parametrize(
    ("standing", "objection"),
    [
        (PartStanding(sign_by=LATER), None),
        (PartStanding(sign_by=NINE), None),
        (PartStanding(sign_by=NINE - timedelta(seconds=1)), PartRefusal.SIGN_LIMIT_OVER),
        (PartStanding(has_declined=True, sign_by=LATER), PartRefusal.DECLINED_ONCE),
    ],
)
def test_not_ours_is_said_once_and_within_the_limit_to_sign(
    standing: PartStanding, objection: PartRefusal | None
) -> None:
    assert objection_to_part(PartStep.DECLINE, PartState.OPEN, standing, NINE) is objection


def test_an_urge_follows_another_only_after_some_hours() -> None:
    lately, before = NINE - URGE_AGAIN_AFTER + timedelta(seconds=1), NINE - URGE_AGAIN_AFTER

    def urged(at: datetime) -> PartRefusal | None:
        standing = PartStanding(urged_at=at)
        return objection_to_part(PartStep.URGE, PartState.OPEN, standing, NINE)

    assert (urged(lately), urged(before)) == (PartRefusal.URGED_LATELY, None)


@pytest.mark.parametrize(
    ("states", "reason", "words", "objection"),
    [
        ([], None, "", None),
        ([PartState.ANSWERED, PartState.WITHDRAWN], None, "", None),
        ([PartState.ANSWERED, PartState.OPEN], None, "因为", PartRefusal.UNSETTLED),
        ([PartState.DISSENTING], "weighed", " ", PartRefusal.WORDS_NEEDED),
        ([PartState.DISSENTING], "weighed", "已研究", None),
    ],
)
def test_an_order_ends_over_an_open_or_dissenting_part_only_with_a_reason_in_words(
    states: list[PartState], reason: str | None, words: str, objection: PartRefusal | None
) -> None:
    assert objection_to_ending(states, reason, words) is objection


UNITS = ("tax", "land", "water")
PARENTS: dict[str, str | None] = {
    "centre": None,
    "tax": "centre",
    "land": "centre",
    "water": "land",
}
unit = st.sampled_from(UNITS)


class CaseWithParts(RuleBasedStateMachine):
    """A case whose steps are taken where the policy has no objection to them."""

    def __init__(self) -> None:
        super().__init__()
        self.lead: str | None = None
        self.order = OrderState.RETURNED
        self.parts: list[tuple[str, PartState]] = []
        self.against: set[str] = set()
        self.override: str | None = None
        self.is_closed = False

    def bars(self, unit: str) -> bool:
        return is_barred(unit, self.against, PARENTS)

    @precondition(lambda self: self.lead is None and not self.is_closed)
    @rule(unit=unit)
    def dispatch(self, unit: str) -> None:
        if not self.bars(unit):
            self.lead, self.order, self.parts = unit, OrderState.DISPATCHED, []

    @precondition(lambda self: self.lead is not None)
    @rule(step=st.sampled_from([Step.SIGN, Step.RETURN, Step.TRACK]))
    def work(self, step: Step) -> None:
        if objection_to(step, self.order, Standing()) is None:
            self.order = state_after(step, self.order)
            if self.order is OrderState.RETURNED:
                self.lead = None
                self.end_parts()

    @precondition(lambda self: self.lead is not None)
    @rule(unit=unit)
    def open_part(self, unit: str) -> None:
        at_work = {name for name, state in self.parts if state in UNSETTLED}
        assert self.lead is not None
        if not self.bars(unit) and objection_to_opening(unit, self.lead, at_work) is None:
            self.parts.append((unit, PartState.OPEN))

    @precondition(lambda self: self.parts)
    @rule(data=st.data(), step=st.sampled_from(PartStep))
    def step(self, data: st.DataObject, step: PartStep) -> None:
        n = data.draw(st.integers(0, len(self.parts) - 1))
        name, state = self.parts[n]
        if objection_to_part(step, state, PLAIN, NINE) is None:
            self.parts[n] = name, state_of_part_after(step, state)

    @rule(unit=unit)
    def complain(self, unit: str) -> None:
        self.against.add(unit)
        if self.lead is not None and self.bars(self.lead):
            self.lead, self.order = None, OrderState.RETURNED
            self.end_parts()
        self.parts = [
            (name, PartState.WITHDRAWN if state in UNSETTLED and self.bars(name) else state)
            for name, state in self.parts
        ]

    @precondition(lambda self: self.lead is not None)
    @rule(reason=st.sampled_from([None, "weighed"]), words=st.sampled_from(["", "因为"]))
    def finish(self, reason: str | None, words: str) -> None:
        states = [state for _name, state in self.parts]
        if objection_to(Step.FINISH, self.order, Standing()) is not None:
            return
        if objection_to_ending(states, reason, words) is None:
            self.override = reason if UNSETTLED & set(states) else None
            self.is_closed, self.lead = True, None
            self.order = OrderState.FINISHED
            if self.override is None:
                assert not UNSETTLED & set(states)
            self.end_parts()

    @precondition(lambda self: self.is_closed)
    @rule()
    def reopen(self) -> None:
        self.is_closed, self.override, self.order = False, None, OrderState.RETURNED

    def end_parts(self) -> None:
        self.parts = [
            (name, PartState.WITHDRAWN if state in UNSETTLED else state)
            for name, state in self.parts
        ]

    @invariant()
    def a_case_has_one_unit_that_answers_for_it_or_is_searched_one(self) -> None:
        assert (self.order in OPEN_STATES) is (self.lead is not None)

    @invariant()
    def what_is_closed_is_tracked_by_nobody(self) -> None:
        assert not self.is_closed or self.order is not OrderState.TRACKING

    @invariant()
    def what_is_not_in_work_has_no_open_part(self) -> None:
        assert self.lead is not None or not UNSETTLED & {state for _name, state in self.parts}

    @invariant()
    def no_unit_has_two_open_parts_nor_the_lead_one(self) -> None:
        at_work = [name for name, state in self.parts if state in UNSETTLED]
        assert len(at_work) == len(set(at_work))
        assert self.lead not in at_work

    @invariant()
    def nobody_complained_of_has_the_case_or_a_part_of_it(self) -> None:
        at_work = {name for name, state in self.parts if state in UNSETTLED} | {self.lead}
        assert not any(name is not None and self.bars(name) for name in at_work)


CaseWithParts.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestCaseWithParts = CaseWithParts.TestCase
