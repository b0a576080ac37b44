"""Whatever happens in whatever order, an accepted case is somebody's, and ends with nothing open.

The machine plays dispatchers, units and time over the pure policy: the questions that handlers ask
it are asked here, in the same order, and what they write is kept in a few fields.
"""

from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.dispatch.policy import (
    OPEN_STATES,
    CaseState,
    OrderState,
    Standing,
    Step,
    Tree,
    UnitRule,
    choose_owner,
    is_barred,
    is_case_finished,
    is_disputed,
    next_above,
    objection_to,
    state_after,
)

QUOTA = 1
PARENTS = {"centre": None, "bureau": "centre", "office": "bureau", "town": "centre"}
UNITS = {code: UnitRule(code, code, active=True) for code in PARENTS}
TREE = Tree(units=UNITS, parents={code: up for code, up in PARENTS.items() if up is not None})
SOMEBODY = strategies.sampled_from(sorted(PARENTS))


class OneCase(RuleBasedStateMachine):
    """One case of one node, through as many rounds as it takes."""

    @initialize(unit=SOMEBODY, against=strategies.sets(SOMEBODY, max_size=1))
    def accept(self, unit: str, against: set[str]) -> None:
        self.against = frozenset(against)
        self.state, self.disputed = CaseState.POOLED, False
        self.searcher: str | None = None
        self.orders: list[tuple[str, OrderState]] = []
        self.returns, self.tried, self.settled, self.late = 0, False, False, False
        self._place(unit)

    @precondition(lambda self: self.state is CaseState.POOLED and not self.disputed)
    @rule(unit=SOMEBODY)
    def dispatch(self, unit: str) -> None:
        if not is_barred(unit, self.against, TREE.parents):
            self._give(unit)

    @precondition(lambda self: self.disputed)
    @rule(unit=SOMEBODY)
    def arbitrate(self, unit: str) -> None:
        if not is_barred(unit, self.against, TREE.parents):
            self.disputed = False
            self._give(unit)
            self.settled = True

    @rule(step=strategies.sampled_from(Step), reached=strategies.booleans())
    def work(self, step: Step, reached: bool) -> None:
        holding = self._holding()
        standing = Standing(
            lacks_attempt=not self.tried, sign_is_over=self.late, is_arbitrated=self.settled
        )
        if holding is None or objection_to(step, holding[1], standing) is not None:
            return
        unit, before = holding
        after = state_after(step, before, reached=reached)
        self.orders[-1] = (unit, after)
        self.tried |= step is Step.CONTACT
        if step is Step.RETURN:
            self.returns += 1
            self.disputed = is_disputed(self.returns, QUOTA)
            self._pool()
        still = sum(state in OPEN_STATES for _unit, state in self.orders)
        if step is Step.FINISH and is_case_finished(self.state, still):
            self.state = CaseState.FINISHED

    @rule()
    def let_the_limit_to_sign_pass(self) -> None:
        holding = self._holding()
        self.late = holding is not None
        if holding is not None and holding[1] is OrderState.DISPATCHED:
            self.orders[-1] = (holding[0], OrderState.SIGNED)

    @rule(unit=SOMEBODY)
    def complain(self, unit: str) -> None:
        self.against |= {unit}
        holding = self._holding()
        if holding is not None and is_barred(holding[0], self.against, TREE.parents):
            self.orders[-1] = (holding[0], OrderState.RETURNED)
            above = next_above(holding[0], self.against, TREE)
            self._pool() if above is None else self._give(above.code)

    @precondition(lambda self: self.state is CaseState.FINISHED)
    @rule(unit=SOMEBODY)
    def reopen(self, unit: str) -> None:
        self.returns = 0
        self._place(unit)

    @invariant()
    def exactly_one_answers_for_it(self) -> None:
        held = [unit for unit, state in self.orders if state in OPEN_STATES]
        match self.state:
            case CaseState.HELD:
                assert len(held) == 1
            case CaseState.POOLED:
                assert held == []
                assert self.searcher is not None
            case _:
                assert held == []

    @invariant()
    def nobody_has_it_of_whom_it_complains(self) -> None:
        holding = self._holding()
        assert holding is None or not is_barred(holding[0], self.against, TREE.parents)

    @invariant()
    def it_is_given_back_no_more_than_the_quota_and_once_more(self) -> None:
        assert self.returns <= QUOTA + 1

    def _place(self, unit: str) -> None:
        barred = is_barred(unit, self.against, TREE.parents)
        above = next_above(unit, self.against, TREE) if barred else UNITS[unit]
        self._pool() if above is None else self._give(above.code)

    def _give(self, unit: str) -> None:
        self.state, self.searcher = CaseState.HELD, None
        self.orders.append((unit, OrderState.DISPATCHED))
        self.tried = self.settled = self.late = False

    def _pool(self) -> None:
        self.state, self.searcher = CaseState.POOLED, choose_owner({"first": 1, "second": 0})

    def _holding(self) -> tuple[str, OrderState] | None:
        return self.orders[-1] if self.orders and self.orders[-1][1] in OPEN_STATES else None


TestOneCase = OneCase.TestCase
TestOneCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
