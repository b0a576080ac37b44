"""When the next word may be due, and how long a unit goes on by itself (S3-23)."""

from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.dispatch.policy import (
    CaseState,
    OrderState,
    Standing,
    Step,
    is_case_finished,
    objection_to,
    state_after,
)
from services.dispatch.policy.orders import OPEN_STATES
from services.dispatch.policy.tracking import (
    Consent,
    TrackingRefusal,
    TrackingRules,
    Year,
    needs_consent,
    objection_to_day,
    objection_to_report,
)

WEDNESDAY = date(2030, 1, 2)
DAY = timedelta(days=1)
RULES = TrackingRules(most_days=30, alone=2)
MADE_UP = Year(2030, frozenset({date(2030, 1, 5), date(2030, 1, 8)}))
"""A Saturday that is worked, and a Monday that is not."""


@pytest.mark.parametrize(
    ("day", "years", "refusal"),
    [
        (WEDNESDAY, (), TrackingRefusal.DAY_NOT_AHEAD),
        (WEDNESDAY - DAY, (), TrackingRefusal.DAY_NOT_AHEAD),
        (WEDNESDAY + DAY, (), None),
        (WEDNESDAY + 3 * DAY, (), TrackingRefusal.DAY_OFF),
        (WEDNESDAY + 3 * DAY, (MADE_UP,), None),
        (WEDNESDAY + 5 * DAY, (MADE_UP,), TrackingRefusal.DAY_OFF),
        (WEDNESDAY + 5 * DAY, (Year(2031, frozenset()),), None),
        (WEDNESDAY + 30 * DAY, (), None),
        (WEDNESDAY + 31 * DAY, (), TrackingRefusal.DAY_TOO_FAR),
    ],
)
def test_the_next_word_is_due_on_a_working_day_ahead_and_near(
    day: date, years: tuple[Year, ...], refusal: TrackingRefusal | None
) -> None:
    assert objection_to_day(WEDNESDAY, day, RULES, years) is refusal


@pytest.mark.parametrize(
    ("reports", "given", "refusal"),
    [
        (0, (), None),
        (1, (), None),
        (2, (), TrackingRefusal.CONSENT_NEEDED),
        (2, (Consent(2, granted=False),), TrackingRefusal.CONSENT_REFUSED),
        (2, (Consent(2, granted=False), Consent(2, granted=True)), None),
        (3, (Consent(2, granted=True),), None),
        (4, (Consent(2, granted=True),), TrackingRefusal.CONSENT_NEEDED),
    ],
)
def test_after_so_many_reports_somebody_above_agrees_or_has_it_settled(
    reports: int, given: tuple[Consent, ...], refusal: TrackingRefusal | None
) -> None:
    assert objection_to_report(reports, given, RULES) is refusal


class TrackedCase(RuleBasedStateMachine):
    """An accepted case whose steps are taken where the policy has no objection to them."""

    def __init__(self) -> None:
        super().__init__()
        self.state = CaseState.POOLED
        self.order: OrderState | None = None
        self.is_offered = False
        self.reports = 0
        self.consents: list[Consent] = []

    @property
    def open_orders(self) -> int:
        return int(self.order in OPEN_STATES)

    @precondition(lambda self: self.state is CaseState.POOLED)
    @rule()
    def dispatch(self) -> None:
        self.state, self.order = CaseState.HELD, OrderState.DISPATCHED
        self.reports, self.consents = 0, []

    @precondition(lambda self: self.state is CaseState.HELD)
    @rule(step=st.sampled_from(Step), reached=st.booleans())
    def step(self, step: Step, reached: bool) -> None:
        assert self.order is not None
        if objection_to(step, self.order, Standing(is_offered=self.is_offered)) is not None:
            return
        if step is Step.TRACK and objection_to_report(self.reports, self.consents, RULES):
            return
        self.reports += step is Step.TRACK
        self.order = state_after(step, self.order, reached=reached)
        if self.order is OrderState.RETURNED:
            self.state = CaseState.POOLED
        elif is_case_finished(self.state, self.open_orders):
            self.state = CaseState.FINISHED

    @precondition(lambda self: needs_consent(self.reports, self.consents, RULES))
    @rule(granted=st.booleans())
    def consent(self, granted: bool) -> None:
        self.consents.append(Consent(self.reports, granted))

    @precondition(lambda self: self.state in (CaseState.POOLED, CaseState.HELD))
    @rule(taken=st.booleans())
    def offer(self, taken: bool) -> None:
        if taken and self.is_offered:
            self.state = CaseState.AWAY
            self.order = OrderState.HANDED_OVER if self.open_orders else self.order
        self.is_offered = not self.is_offered

    @precondition(lambda self: self.state in (CaseState.AWAY, CaseState.FINISHED))
    @rule()
    def come_back(self) -> None:
        self.state, self.is_offered = CaseState.POOLED, False

    @invariant()
    def exactly_one_unit_answers_for_it_unless_one_is_searched_or_another_node_has_it(
        self,
    ) -> None:
        assert self.open_orders == int(self.state is CaseState.HELD)

    @invariant()
    def what_is_finished_is_tracked_by_nobody(self) -> None:
        assert self.state is not CaseState.FINISHED or self.order is not OrderState.TRACKING

    @invariant()
    def nobody_goes_on_longer_than_they_may(self) -> None:
        granted = sum(each.granted for each in self.consents)
        assert self.reports <= RULES.alone * (1 + granted)


TrackedCase.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestTrackedCase = TrackedCase.TestCase
