"""What the endpoints of ladders take and answer."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.sla.api.ladder_words import spoken_step
from services.sla.api.limit_bodies import FoundRowView, RowView, WhenBody
from services.sla.api.limit_words import Spoken
from services.sla.handlers.ladder_rows import LETTER
from services.sla.handlers.limit_sets import check_ladders, ladders_of
from services.sla.policy import (
    SHIPPED_LADDERS,
    ClockKind,
    LadderRow,
    Limits,
    LimitUnit,
    Side,
    StepKind,
    Whom,
    next_code,
)
from services.sla.policy.ladders import MOST_LEVELS
from services.sla.policy.limit_checks import RowChange, row_changes
from services.sla.policy.shipped import built_in_rows
from services.sla.repository import Taken
from services.sla.repository.limit_sets import KeptSet
from shared.http import ShortText

LONGEST_AMOUNT = 10_000


class StepBody(BaseModel):
    """A step of a ladder: on which level, how far from the limit, what is done, who hears it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: ClockKind
    level: Annotated[int, Field(ge=1, le=MOST_LEVELS)]
    step: StepKind
    whom: Whom
    amount: Annotated[int, Field(ge=0, le=LONGEST_AMOUNT)]
    unit: LimitUnit = LimitUnit.WORKING_HOUR
    side: Side = Side.AFTER
    when: WhenBody = WhenBody()
    basis: ShortText | None = None

    def row(self, code: str) -> LadderRow:
        """Return it as the policy knows it."""
        return LadderRow(
            code=code,
            kind=self.kind,
            level=self.level,
            step=self.step,
            whom=self.whom,
            amount=self.amount,
            unit=self.unit,
            side=self.side,
            when=self.when.when,
            basis=self.basis or "",
        )


class StepRowView(BaseModel):
    """A step of a ladder, also in words."""

    code: str
    kind: ClockKind
    level: int
    step: StepKind
    whom: Whom
    amount: int
    unit: LimitUnit
    side: Side
    when: dict[str, str]
    basis: str | None
    spoken: Spoken

    @classmethod
    def of(cls, row: LadderRow) -> Self:
        """Return a step as it is told."""
        return cls.model_validate({**row.as_record(), "spoken": spoken_step(row)})


class StepChangeView(BaseModel):
    """A step before and after."""

    code: str
    before: StepRowView | None
    after: StepRowView | None

    @classmethod
    def of(cls, change: RowChange[LadderRow]) -> Self:
        """Return a change as it is told."""
        before, after = (
            None if row is None else StepRowView.of(row) for row in (change.before, change.after)
        )
        return cls(code=change.code, before=before, after=after)


class LaddersView(BaseModel):
    """The ladders of a version: its steps, what is wrong with them, what is new in them."""

    number: int
    state: str
    edition: int
    rows: list[StepRowView]
    next_code: str
    findings: list[FoundRowView]
    changes: list[StepChangeView]

    @classmethod
    def of(cls, kept: KeptSet, base: KeptSet | None, now: datetime) -> Self:
        """Return the ladders of a version as they are told, and how they differ from another's."""
        rows = ladders_of(kept)
        return cls(
            number=kept.number,
            state=kept.state,
            edition=kept.edition,
            rows=[StepRowView.of(row) for row in rows],
            next_code=next_code({row.code for row in rows}, LETTER),
            findings=[FoundRowView.of(one) for one in check_ladders(rows, kept.tier, now)],
            changes=[StepChangeView.of(one) for one in row_changes(ladders_of(base), rows)],
        )


class BuiltInView(BaseModel):
    """What holds where no signed version says anything, in the form of one."""

    rows: list[RowView]
    ladders: list[StepRowView]

    @classmethod
    def of(cls, limits: Limits) -> Self:
        """Return what the settings say, and the ladders that come with the program."""
        return cls(
            rows=[RowView.of(row) for row in built_in_rows(limits)],
            ladders=[StepRowView.of(row) for row in SHIPPED_LADDERS],
        )


class StepView(BaseModel):
    """What followed from a limit: when it was due, when it was done."""

    clock_id: UUID
    level: int
    step: StepKind
    whom: Whom
    row: str
    due_at: datetime
    taken_at: datetime
    late: bool

    @classmethod
    def of(cls, taken: Taken) -> Self:
        """Return a step as it is told."""
        return cls.model_validate(taken, from_attributes=True)
