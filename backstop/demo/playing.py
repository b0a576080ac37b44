"""Play the story of one case through the API: each step by the one who may, where and when it may.

A case may wander from node to node. Every step waits until its node can take it: nothing here
knows how long the news of one node takes to reach the next.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backstop.caller import Body, Call, CallRefused, Citizen, NodeCaller, until
from backstop.demo.catalogue import Catalogue
from backstop.demo.joint_playing import Table, path_of_part
from backstop.demo.joint_steps import JointStep, PartStep
from backstop.demo.memory import Known, Memory
from backstop.demo.staff_steps import OrderStep, StaffStep
from backstop.demo.steps import (
    Answer,
    ApproveErasure,
    CaseStep,
    GiveBack,
    OfferStep,
    OpeningStep,
    PersonStep,
    Rate,
    Step,
)
from backstop.demo.story import Assigned
from services.sla.policy import WorkingCalendar
from shared.security.actor import Actor, Role

DONE_BEFORE = frozenset({"already_done", "already_rated"})
MOVED_ON = frozenset(
    {
        *("wrong_state", "already_answered", "evaluation_closed", "idempotency_key_reused"),
        *("case_held", "erasure_asked", "person_erased"),
        *("part_open_already", "meeting_there", "meeting_over", "meeting_not_agreed"),
    }
)
"""What a step that was done answers when it is tried again by a run that was cut short."""
NOT_YET = frozenset(
    {
        *("unknown_case", "not_held_here", "hand_over_open", "not_yet_rated", "not_received_yet"),
        *("case_open", "no_callback_due"),
    }
)
"""What a step answers before the news that it needs has come; the key of a case comes after it."""
LEFT = frozenset({"returned", "handed_over"})
"""States of an order that is no unit's any more."""

Row = dict[str, Any]


class StoryStuck(Exception):
    """A step of a story was refused; the text says of which line."""


@dataclass(frozen=True, slots=True)
class Hall:
    """A node of the demonstration: its API, its people, and what was done with its cases."""

    node: str
    calendar: WorkingCalendar
    caller: NodeCaller
    catalogue: Catalogue
    memory: Memory

    def actor(self, login: str, *scopes: str) -> Actor:
        """Return an account as one who asks here."""
        return self.catalogue.by_login[login].actor(self.node, *scopes)

    @property
    def dispatcher(self) -> Actor:
        """One who may look at every case, order and offer."""
        return self.catalogue.with_role(Role.DISPATCHER).actor(self.node)

    def seen(self, path: str, **query: str) -> list[Row]:
        """Return the rows of a list as a dispatcher sees them."""
        rows: list[Row] = self.caller.get(path, self.dispatcher, **query)["items"]
        return rows

    def case(self, number: str) -> Row:
        """Return a case that was registered here."""
        found: Row = self.caller.get(f"/api/v1/cases/{number}", self.dispatcher)
        return found


Halls = Mapping[str, Hall]


def play(halls: Halls, line: str, story: Assigned) -> None:
    """Do what is left of a story, and wait until its node shows where it ends."""
    home = halls[story.node]
    known, memory = home.memory.told.lines[line], home.memory
    for name, round_, step in _numbered(story):
        if memory.has_done(line, name):
            continue
        scene = _Scene(home, halls[story.at(step)], known, round_, f"demo-{line}-{name}")
        try:
            scene.do(step)
        except CallRefused as refused:
            if refused.code not in (DONE_BEFORE | MOVED_ON if memory.resumed else DONE_BEFORE):
                raise StoryStuck(f"{line}, {name}: {refused}") from refused
        memory.did(line, name)
    until(f"{line} is {story.ends} {story.lamp or ''}", lambda: _has_ended(home, known, story))


def _numbered(story: Assigned) -> Iterator[tuple[str, int, Step]]:
    round_ = 1
    for place, step in enumerate(story.steps, start=1):
        yield f"{place}-{step.do}", round_, step
        if isinstance(step, Rate) and not step.solved:
            round_ += 1


def _has_ended(home: Hall, known: Known, story: Assigned) -> bool:
    case = home.case(known.number)
    # Lamps are planned for the day of the first run; one cut short may go on days later.
    lit = story.lamp is None or home.memory.resumed or case["lamp"] == story.lamp
    return lit and bool(case["status"] == story.ends)


@dataclass(frozen=True, slots=True)
class _Scene:
    home: Hall
    hall: Hall
    known: Known
    round: int
    key: str

    def do(self, step: Step) -> None:
        if isinstance(step, PersonStep):
            person = Citizen(self.known.number, self.known.query_code)
            self._send(step.path_of(self.known.number), step.body, person)
        elif isinstance(step, JointStep):
            table, who = self._table, self.hall.actor(step.by)
            until(f"{self.key}: {step.do}", lambda: table.do(step, who, self._any_order))
        else:
            self._send(*self._addressed(step), self.hall.actor(step.by))

    def _addressed(self, step: StaffStep) -> tuple[str, Body]:
        match step:
            case CaseStep():
                return f"/api/v1/cases/{self.known.number}/{step.verb}", step.body
            case OpeningStep():
                return step.path, step.about(self.known.case_id)
            case _:
                return self._looked_up(step), step.body

    def _looked_up(self, step: StaffStep) -> str:
        match step:
            case OrderStep():
                order = until(f"{self.key}: an order", lambda: self._order(step))
                return f"/api/v1/orders/{order}/{step.verb}"
            case PartStep():
                unit = self.hall.actor(step.by).unit
                part = until(
                    f"{self.key}: a part", lambda: self._table.part_of(self._any_order(), unit)
                )
                return path_of_part(step, part)
            case OfferStep():
                offer = until(f"{self.key}: an offer", lambda: self._offer(step))
                return f"/api/v1/hand-overs/{offer}/{step.verb}"
            case ApproveErasure():
                asked = until(f"{self.key}: an erasure", lambda: self._erasure(step))
                return f"/api/v1/data-orders/{asked}/approve"
            case Answer():
                which = until(f"{self.key}: a supervision", self._supervision)
                return f"/api/v1/supervisions/{which}/answer"
        raise TypeError(f"nobody knows where to send {type(step).__name__}")

    def _send(self, path: str, body: Body, who: Actor | Citizen) -> None:
        call = Call("POST", path, body, key=self.key)
        until(f"{self.key}: {path}", lambda: self._is_taken(call, who))

    def _is_taken(self, call: Call, who: Actor | Citizen) -> bool:
        try:
            self.hall.caller.send(call, who)
        except CallRefused as refused:
            if refused.code not in NOT_YET:
                raise
            return False
        return True

    @property
    def _table(self) -> Table:
        return Table(self.hall.caller, self.hall.dispatcher, self.known.case_id, self.key)

    def _any_order(self) -> str:
        return until(f"{self.key}: an order", lambda: self._order(None))

    def _order(self, step: OrderStep | None) -> str | None:
        held = [
            str(order["order_id"])
            for order in self._rows("/api/v1/orders")
            # To give back what was given back already is answered, not waited for.
            if order["round"] == self.round
            and (order["state"] not in LEFT or isinstance(step, GiveBack))
        ]
        return held[0] if held else None

    def _offer(self, step: OfferStep) -> str | None:
        offers = self._rows("/api/v1/hand-overs", direction=step.direction)
        waiting = [offer for offer in offers if offer["state"] == "open"]
        return self._newest(waiting or self._answered(offers), "hand_over_id")

    def _erasure(self, step: ApproveErasure) -> str | None:
        at = f"/api/v1/cases/{self.known.number}/records"
        asked = self.hall.caller.get(at, self.hall.actor(step.by))["orders"]
        return str(asked[0]["order_id"]) if asked else None

    def _supervision(self) -> str | None:
        asked = self._rows("/api/v1/supervisions")
        # Late clocks have slips of the node's own beside it.
        above = [one for one in asked if one["from_node"] != self.hall.node]
        waiting = [one for one in above if one["answered_at"] is None]
        return self._newest(waiting or self._answered(above), "supervision_id")

    def _rows(self, path: str, **query: str) -> list[Row]:
        return self.hall.seen(path, case_id=self.known.case_id, **query)

    def _answered(self, rows: list[Row]) -> list[Row]:
        # A run that was cut short may have had its answer without remembering it.
        return rows if self.home.memory.resumed else []

    @staticmethod
    def _newest(rows: list[Row], name: str) -> str | None:
        # Ids are UUIDv7: they sort by the time at which they were made.
        return max((str(row[name]) for row in rows), default=None)
