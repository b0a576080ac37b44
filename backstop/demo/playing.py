"""Play the story of one case through the API: each step by the one who may, when it may follow."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backstop.caller import Body, Call, CallRefused, Citizen, NodeCaller, until
from backstop.demo.catalogue import Catalogue
from backstop.demo.memory import Known, Memory
from backstop.demo.story import (
    Accept,
    Assigned,
    Contact,
    Decline,
    Dispatch,
    Finish,
    GiveBack,
    OrderStep,
    Rate,
    Sign,
    StaffStep,
    Step,
)
from shared.security.actor import Actor, Role

DONE_BEFORE = frozenset({"already_done", "already_rated"})
MOVED_ON = frozenset({"wrong_state", "evaluation_closed", "idempotency_key_reused"})
"""What a step that was done answers when it is tried again by a run that was cut short."""


class StoryStuck(Exception):
    """A step of a story was refused; the text says of which line."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The node on which stories are played, and the people of the demonstration."""

    node: str
    caller: NodeCaller
    catalogue: Catalogue
    memory: Memory

    def actor(self, login: str, *scopes: str) -> Actor:
        """Return an account as one who asks here."""
        return self.catalogue.by_login[login].actor(self.node, *scopes)

    @property
    def dispatcher(self) -> Actor:
        """One who may look at every case and order."""
        return self.catalogue.with_role(Role.DISPATCHER).actor(self.node)


def play(stage: Stage, line: str, assigned: Assigned) -> None:
    """Do what is left of a story, and wait until the node shows where it ends."""
    known = stage.memory.told.lines[line]
    for name, round_, step in _numbered(assigned):
        if stage.memory.has_done(line, name):
            continue
        try:
            _Scene(stage, known, round_, f"demo-{line}-{name}").do(step)
        except CallRefused as refused:
            again = DONE_BEFORE | (MOVED_ON if stage.memory.resumed else frozenset())
            if refused.code not in again:
                raise StoryStuck(f"{line}, {name}: {refused}") from refused
        stage.memory.did(line, name)
    _wait_for_end(stage, line, known, assigned)


def look(stage: Stage, known: Known) -> dict[str, Any]:
    """Return a case as a dispatcher sees it."""
    found: dict[str, Any] = stage.caller.get(f"/api/v1/cases/{known.number}", stage.dispatcher)
    return found


def _numbered(assigned: Assigned) -> Iterator[tuple[str, int, Step]]:
    round_ = 1
    for place, step in enumerate(assigned.steps, start=1):
        yield f"{place}-{step.do}", round_, step
        if isinstance(step, Rate) and not step.solved:
            round_ += 1


def _wait_for_end(stage: Stage, line: str, known: Known, assigned: Assigned) -> None:
    until(f"{line} is {assigned.ends}", lambda: look(stage, known)["status"] == assigned.ends)


@dataclass(frozen=True, slots=True)
class _Scene:
    stage: Stage
    known: Known
    round: int
    key: str

    def do(self, step: Step) -> None:
        match step:
            case Accept() | Decline():
                self._post(step, f"/api/v1/cases/{self.known.number}/{step.do}", step.body)
            case Dispatch():
                until(f"{self.known.number} is in the pool", self._is_pooled)
                self._post(step, "/api/v1/orders", step.placement(self.known.case_id))
            case Sign() | Contact() | GiveBack() | Finish():
                order = until(f"{self.known.number} has an order", lambda: self._order(step))
                name = "contacts" if isinstance(step, Contact) else step.do
                self._post(step, f"/api/v1/orders/{order}/{name}", step.body)
            case Rate():
                self._rate(step)

    def _rate(self, step: Rate) -> None:
        until(f"{self.known.number} may be rated", lambda: self._has_rated(step))

    def _has_rated(self, step: Rate) -> bool:
        person = Citizen(self.known.number, self.known.query_code)
        try:
            self.stage.caller.send(
                Call("POST", "/api/v1/evaluations", step.body, key=self.key), person
            )
        except CallRefused as refused:
            if refused.code != "not_yet_rated":
                raise
            return False  # review has not heard of the result yet
        return True

    def _post(self, step: StaffStep, path: str, body: Body) -> None:
        self.stage.caller.send(Call("POST", path, body, key=self.key), self.stage.actor(step.by))

    def _is_pooled(self) -> bool:
        return bool(look(self.stage, self.known)["status"] != "accepted")

    def _order(self, step: OrderStep) -> str | None:
        page = self.stage.caller.get(
            "/api/v1/orders", self.stage.dispatcher, case_id=self.known.case_id
        )
        # To give back what was given back already is answered, not waited for.
        held = [
            str(order["order_id"])
            for order in page["items"]
            if order["round"] == self.round
            and (order["state"] != "returned" or isinstance(step, GiveBack))
        ]
        return held[0] if held else None
