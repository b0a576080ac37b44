"""The stories of the demonstration: when each case came in, and what has been done with it since.

`deploy/demo/assign.toml` is read into these; times are relative, so that the same file shows the
same lamps on any day of the year. A story may lead through several nodes; where one of them does
not run, it stops before the first step that goes beyond the node that registered the case.
"""

import tomllib
from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from itertools import takewhile
from typing import Literal, Self

from pydantic import Field, model_validator

from backstop.demo.catalogue import FOLDER, Entry
from backstop.demo.staff_steps import Node
from backstop.demo.steps import HandOver, PersonStep, ReportUp, Step
from services.sla.policy import WorkingCalendar, local_time
from shared.events.words import Lamp, Outcome
from shared.regions import parent_of


class Received(Entry):
    """When a report came in, counted back from the start."""

    hours_ago: float | None = Field(default=None, gt=0)
    working_days_ago: int | None = Field(default=None, ge=1)
    at: time | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_day = self.working_days_ago is not None and self.at is not None
        neither = self.working_days_ago is None and self.at is None
        if not (by_day if self.hours_ago is None else neither):
            raise ValueError("either hours_ago, or working_days_ago with at")
        return self

    def before(self, start: datetime, calendar: WorkingCalendar) -> datetime:
        """Return the instant; by working days it lies on the nth one before today."""
        if self.hours_ago is not None:
            return start - timedelta(hours=self.hours_ago)
        assert self.working_days_ago is not None, "checked on reading"  # noqa: S101
        assert self.at is not None, "checked on reading"  # noqa: S101
        now = local_time(start)
        yesterday = now.date() - timedelta(days=1)
        day = calendar.days[calendar.rank(yesterday) - self.working_days_ago]
        return datetime.combine(day, self.at, now.tzinfo)


class Against(Entry):
    """Whom a line complains of."""

    units: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()


class Answered(Entry):
    """What the person was told while it was taken down, and how it ended so."""

    outcome: Outcome
    answer: str


class Assigned(Entry):
    """What becomes of one line of `cases.jsonl`."""

    node: Node | Literal["none"]
    because: str = ""
    received: Received | None = None
    by: str | None = None
    complained_of: Against | None = None
    answered: Answered | None = None
    steps: tuple[Step, ...] = ()
    ends: str | None = None
    stops: str | None = None
    """Where it stands instead of `ends` while a node of its story does not run."""
    lamp: Lamp | None = None

    @model_validator(mode="after")
    def _stops_if_it_travels(self) -> Self:
        if (self.stops is not None) != (len(self.needs) > 1):
            raise ValueError("a story through several nodes, and no other, says where it stops")
        return self

    @property
    def needs(self) -> frozenset[str]:
        """The nodes that must run for the whole story."""
        return frozenset().union({self.node}, *map(self._touched, self.steps))

    def at(self, step: Step) -> str:
        """Return the node at which a step is done."""
        return self.node if isinstance(step, PersonStep) or step.at is None else step.at

    def within(self, running: Collection[str]) -> Self:
        """Return the story as far as these nodes can tell it."""
        if self.needs <= {self.node, *running}:
            return self
        alone = takewhile(lambda step: self._touched(step) == {self.node}, self.steps)
        told = {"steps": tuple(alone), "ends": self.stops, "stops": None, "lamp": None}
        return self.model_copy(update=told)

    def _touched(self, step: Step) -> set[str]:
        at = self.at(step)
        match step:
            case HandOver():
                return {at, step.to}
            case ReportUp():
                return {at, parent_of(at) or at}
            case _:
                return {at}


class Stories(Entry):
    """The whole file."""

    try_first: Mapping[str, str]
    """By node: a case that has its answer and waits for its rating."""
    lines: Mapping[str, Assigned]

    def of_node(self, node: str) -> Mapping[str, Assigned]:
        """Return the lines that a node registers."""
        return {line: told for line, told in self.lines.items() if told.node == node}

    def within(self, running: Collection[str]) -> Self:
        """Return every story as far as these nodes can tell it."""
        told = {line: story.within(running) for line, story in self.lines.items()}
        return self.model_copy(update={"lines": told})


def read_stories() -> Stories:
    """Read `deploy/demo/assign.toml`."""
    text = (FOLDER / "assign.toml").read_text(encoding="utf-8")
    return Stories.model_validate(tomllib.loads(text))
