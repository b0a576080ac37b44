"""A case of the demonstration as the rules of the services let it go on, from node to node."""

from collections.abc import Mapping
from typing import Any

from backstop.demo.catalogue import FOLDER, Catalogue, read_catalogue
from backstop.demo.joint_steps import AnswerPart, CoHandle, Convene, DissentPart
from backstop.demo.staff_steps import OrderStep
from backstop.demo.steps import (
    ApproveErasure,
    AskErasure,
    Callback,
    Contact,
    Dispatch,
    Finish,
    GiveBack,
    HandOver,
    Rate,
    Step,
    Supervise,
)
from backstop.demo.story import Stories, read_stories
from backstop.feed import lines
from services.dispatch.policy import (
    ItemRule,
    Matter,
    OrderState,
    Rules,
    Standing,
    UnitRule,
    choose_unit,
    objection_to,
    significant,
    state_after,
)
from services.dispatch.policy import Step as OrderPolicyStep
from services.intake.policy.scope import Verdict, scope_of
from shared.events.words import Complexity
from shared.regions import parent_of

NODES = ("341523", "341500", "340000")
CATALOGUES: Mapping[str, Catalogue] = {node: read_catalogue(node) for node in NODES}
STORIES: Stories = read_stories()
TOLD = {line: story for line, story in STORIES.lines.items() if story.node != "none"}
"""The lines that some node registers."""
REPORTS = {line.name: line.report for line in lines(FOLDER / "cases.jsonl")}


def placed(node: str, item: str | None, region: str) -> str | None:
    """Return the unit that the rules of a node choose, or None for its pool."""
    told = CATALOGUES[node]
    rules = Rules(
        units={unit.code: UnitRule(unit.code, unit.title, True) for unit in told.units},
        items={one.title: ItemRule(one.title, one.unit_code, True) for one in told.items},
        places={significant(place): unit for place, unit in told.places.items()},
    )
    unit = choose_unit(Matter(item, region, is_place_known=True), rules).unit
    return unit.code if unit else None


def complexity_of(node: str, item: str | None) -> Complexity | None:
    """Return how much work the catalogue of a node says an item is."""
    found = (one.complexity for one in CATALOGUES[node].items if one.title == item)
    return next(found, None)


class Told:
    """A case and who has it; any step out of order, or at the wrong node, fails."""

    def __init__(self, line: str) -> None:
        self.report: Mapping[str, Any] = REPORTS[line]
        self.story = TOLD[line]
        self.holder: str = self.story.node
        self.came_from: dict[str, str] = {}
        self.offer: tuple[str, str] | None = None
        self.supervised_by: list[str] = []
        self.order: OrderState | None = None
        self.unit: str | None = None
        self.status = "registered"
        self.is_held = self.is_erased = False
        self.helpers: list[str] = []
        self.meeting = ""
        self.erasure_asked_by: str | None = None
        self.complexity = complexity_of(self.holder, self.report["item"])
        self.accepted_on_submit = self._is_in_scope()
        if self.story.answered is not None:
            self._answer_at_once(self.story.by or "")
        elif self.accepted_on_submit:
            self._place()

    def take(self, step: Step) -> None:
        """Let a step happen."""
        getattr(self, f"_{step.do}")(step, self.story.at(step))

    def _is_in_scope(self) -> bool:
        listed = self.complexity is not None
        scope = scope_of(self.report["title"], self.report["text"], in_catalogue=listed)
        return scope.verdict is Verdict.ACCEPT

    def _place(self) -> None:
        unit = placed(self.holder, self.report["item"], self.report["region"])
        if unit is None:
            self._pool()
        else:
            self._send(unit)

    def _send(self, unit: str) -> None:
        self.order, self.unit, self.status = OrderState.DISPATCHED, unit, "dispatched"
        self.attempted = False

    def _answer_at_once(self, login: str) -> None:
        self.unit = CATALOGUES[self.holder].by_login[login].unit
        assert self.accepted_on_submit
        assert self.unit is not None
        self.order, self.status = OrderState.FINISHED, "finished"

    def _pool(self) -> None:
        self.order, self.unit, self.status = None, None, "pooled"

    def _accept(self, step: Any, at: str) -> None:
        assert (self.status, at) == ("registered", self.holder)
        self.complexity = step.complexity or self.complexity or Complexity.ORDINARY
        self._place()

    def _decline(self, _step: Any, at: str) -> None:
        assert (self.status, at) == ("registered", self.holder)
        self.status = "declined"

    def _dispatch(self, step: Dispatch, at: str) -> None:
        assert (self.status, at) == ("pooled", self.holder)
        assert step.unit in {unit.code for unit in CATALOGUES[at].units}
        self._send(step.unit)

    def _sign(self, step: OrderStep, at: str) -> None:
        self._work(step, at)

    def _contact(self, step: Contact, at: str) -> None:
        self._work(step, at, reached=step.reached)
        self.attempted = True

    def _return(self, step: GiveBack, at: str) -> None:
        self._work(step, at)
        self._pool()

    def _finish(self, step: Finish, at: str) -> None:
        self._work(step, at)
        self.holder = self.story.node
        self.came_from.clear()

    def _work(self, step: OrderStep, at: str, *, reached: bool = False) -> None:
        assert at == self.holder
        assert self.order is not None
        named, away = OrderPolicyStep(step.model_dump()["do"]), self.offer is not None
        lacks = step.verb == "finish" and not self.attempted
        assert objection_to(named, self.order, Standing(lacks, away)) is None
        self.order = state_after(named, self.order, reached=reached)
        self.status = self.order.value

    def _rate(self, step: Rate, _at: str) -> None:
        assert self.status == "finished"
        assert self.unit is not None
        self.status = "closed"
        if not step.solved:
            self._send(self.unit)

    def _call_off(self, _step: Any, _at: str) -> None:
        assert self.status not in ("finished", "closed", "declined")
        self.order, self.status = None, "withdrawn"

    def _unit_callback(self, step: Callback, at: str) -> None:
        assert (self.status, at) == ("finished", self.story.node)
        assert step.reached or step.solved is None
        assert step.solved is not False

    _centre_callback = _unit_callback

    def _hand_over(self, step: HandOver, at: str) -> None:
        assert at == self.holder
        assert self.offer is None
        assert self.status not in ("registered", "finished", "closed", "declined")
        assert step.to == parent_of(at) or parent_of(step.to) == at
        given_back = step.to == self.came_from.get(at)
        assert bool(step.ground and step.legal_basis) == given_back
        self.offer = at, step.to

    def _take_over(self, _step: Any, at: str) -> None:
        assert self.offer is not None
        giver, taker = self.offer
        assert at == taker
        self.offer, self.holder = None, at
        self.came_from[at] = giver
        self._place()

    def _refuse(self, _step: Any, at: str) -> None:
        assert self.offer == (self.holder, at)
        self.offer = None

    def _withdraw(self, _step: Any, at: str) -> None:
        assert self.offer is not None
        assert self.offer[0] == at
        self.offer = None

    def _report_up(self, _step: Any, at: str) -> None:
        assert at == self.holder
        assert parent_of(at) in NODES

    def _supervise(self, step: Supervise, at: str) -> None:
        assert parent_of(self.holder) == at
        self.supervised_by.append(step.by)

    def _answer(self, _step: Any, at: str) -> None:
        assert at == self.holder
        self.supervised_by.pop()

    def _hold(self, _step: Any, at: str) -> None:
        assert (at, self.is_held, self.is_erased) == (self.story.node, False, False)
        self.is_held = True

    def _ask_erasure(self, step: AskErasure, at: str) -> None:
        assert at == self.story.node
        assert self.status in ("closed", "declined")
        self.erasure_asked_by = step.by

    def _approve_erasure(self, step: ApproveErasure, at: str) -> None:
        assert at == self.story.node
        assert self.erasure_asked_by not in (None, step.by)
        self.is_erased = not self.is_held

    def _co_handle(self, step: CoHandle, at: str) -> None:
        assert (at, self.order) == (self.holder, OrderState.CONTACTED)
        assert step.unit not in (self.unit, *self.helpers)
        self.helpers.append(step.unit)

    def _answer_part(self, step: AnswerPart | DissentPart, at: str) -> None:
        assert CATALOGUES[at].by_login[step.by].unit in self.helpers

    _dissent_part = _answer_part

    def _list_party(self, _step: Any, at: str) -> None:
        assert at == self.holder

    def _ask_outside(self, step: Any, at: str) -> None:
        named = (one for one in self.story.steps if one.do == "list_party")
        assert (at, step.party) == (self.holder, next(named).name)

    def _convene(self, step: Convene, at: str) -> None:
        assert (at, self.meeting) == (self.holder, "")
        assert len(step.parties) > 1
        self.meeting = step.by

    def _hold_round(self, step: Any, _at: str) -> None:
        assert step.by == self.meeting

    def _confirm_minutes(self, step: Any, _at: str) -> None:
        units = {unit.code for unit in CATALOGUES[self.holder].units}
        assert step.by == self.meeting
        assert {duty.unit_code for duty in step.duties} <= units
