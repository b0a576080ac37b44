"""The stories of the demonstration: when each case came in, and what has been done with it since.

`deploy/demo/assign.toml` is read into these; times are relative, so that the same file shows the
same lamps on any day of the year.
"""

import tomllib
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from backstop.demo.catalogue import FOLDER, Entry
from services.sla.policy import WorkingCalendar, local_time
from shared.events.dispatch import ReturnGround
from shared.events.intake import DeclineReason
from shared.events.words import Complexity, Lamp, Outcome

Way = Literal["phone", "visit", "sms", "video"]


class StaffStep(Entry):
    """Something that a member of staff did."""

    by: str
    """The login of the account."""

    @property
    def body(self) -> dict[str, Any]:
        """Return what the API is sent."""
        return self.model_dump(mode="json", exclude={"do", "by"}, exclude_none=True)


class Accept(StaffStep):
    """An officer found the case in scope."""

    do: Literal["accept"]
    complexity: Complexity | None = None
    item: str | None = None


class Decline(StaffStep):
    """An officer found it out of scope."""

    do: Literal["decline"]
    reason: DeclineReason
    legal_basis: str
    explanation: str
    guide_to: str | None = None


class Dispatch(StaffStep):
    """A dispatcher sent it out of the pool."""

    do: Literal["dispatch"]
    unit: str
    because: str

    def placement(self, case_id: str) -> dict[str, Any]:
        """Return what the API is sent for this case."""
        return {"case_id": case_id, "unit_code": self.unit, "because": self.because}


class Sign(StaffStep):
    """The unit signed for its order."""

    do: Literal["sign"]


class Contact(StaffStep):
    """The unit tried to reach the person."""

    do: Literal["contact"]
    way: Way
    reached: bool
    note: str


class GiveBack(StaffStep):
    """The unit gave the order back."""

    do: Literal["return"]
    ground: ReturnGround
    legal_basis: str
    note: str


class Finish(StaffStep):
    """The unit finished its order."""

    do: Literal["finish"]
    outcome: Outcome
    answer: str


class Rate(Entry):
    """The person rated it."""

    do: Literal["rate"]
    level: int = Field(ge=1, le=5)
    solved: bool
    reasons: tuple[str, ...] = ()
    text: str | None = None

    @property
    def body(self) -> dict[str, Any]:
        """Return what the API is sent."""
        return self.model_dump(mode="json", exclude={"do"}, exclude_none=True)


OrderStep = Sign | Contact | GiveBack | Finish
Step = Annotated[Accept | Decline | Dispatch | OrderStep | Rate, Field(discriminator="do")]


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


class Assigned(Entry):
    """What becomes of one line of `cases.jsonl`."""

    node: Literal["341523", "341500", "340000", "none"]
    because: str = ""
    received: Received | None = None
    by: str | None = None
    steps: tuple[Step, ...] = ()
    ends: str | None = None
    lamp: Lamp | None = None


class Stories(Entry):
    """The whole file."""

    try_first: str
    lines: Mapping[str, Assigned]

    def of_node(self, node: str) -> Mapping[str, Assigned]:
        """Return the lines that a node registers."""
        return {line: told for line, told in self.lines.items() if told.node == node}


def read_stories() -> Stories:
    """Read `deploy/demo/assign.toml`."""
    text = (FOLDER / "assign.toml").read_text(encoding="utf-8")
    return Stories.model_validate(tomllib.loads(text))
