"""What the endpoints of the limits take and answer."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from services.sla.api.doors import Place
from services.sla.api.limit_words import Spoken, spoken_row
from services.sla.api.notice_bodies import MoveView
from services.sla.handlers.limit_sets import MOST_ROWS, Beginning, SetSigning
from services.sla.policy import (
    Complexity,
    CountsFrom,
    Demand,
    EndRule,
    Limit,
    LimitKind,
    LimitRow,
    LimitUnit,
    StartRule,
    Tier,
    Urgency,
    When,
    next_code,
    place_of,
)
from services.sla.policy.limit_checks import FoundRow, RowChange, RowFinding, is_signable
from services.sla.policy.replay import RedTally
from services.sla.policy.shipped import Shipped
from services.sla.repository.limit_replays import Replay
from services.sla.repository.limit_sets import KeptSet
from shared.errors import Refused
from shared.events.words import Channel
from shared.http import Code, Day, Moment, ShortText

LONGEST_AMOUNT = 10_000
LONGEST_WARNING = 400 * 24 * 60
MOST_EXTENSIONS = 10
LONGEST_EXTENSION = 60
RowCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,19}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WhenBody(_Body):
    """The conditions of a row; what is not given is met by everything."""

    item: Code | None = None
    place: Place | None = None
    urgency: Urgency | None = None
    channel: Channel | None = None
    demand: Demand | None = None
    complexity: Complexity | None = None
    tier: Tier | None = None

    @property
    def when(self) -> When:
        """Return them as the policy knows them; a place without the zeros that fill it up."""
        given = self.model_dump(mode="json", exclude_none=True)
        return When(**{**given, "place": place_of(given.get("place", ""))})


class RowBody(_Body):
    """A limit and for what it holds."""

    kind: LimitKind
    when: WhenBody = WhenBody()
    amount: Annotated[int, Field(ge=1, le=LONGEST_AMOUNT)]
    unit: LimitUnit = LimitUnit.WORKING_DAY
    start: StartRule = StartRule.NEXT_WORKING_DAY
    end: EndRule = EndRule.END_OF_WORKING_DAY
    counts_from: CountsFrom = CountsFrom.FACT
    """Of what a unit owes with its order: from the dispatch, or from its signature."""
    warn_minutes: Annotated[int, Field(ge=1, le=LONGEST_WARNING)] | None = None
    rests: bool = True
    extensions: Annotated[int, Field(ge=0, le=MOST_EXTENSIONS)] | None = None
    extension_days: Annotated[int, Field(ge=1, le=LONGEST_EXTENSION)] | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None
    basis: ShortText | None = None

    def row(self, code: str) -> LimitRow:
        """Return it as the policy knows it; Refused if it is no time at all."""
        try:
            limit = Limit(self.amount, self.unit, self.start, self.end, self.counts_from)
        except ValueError as error:
            raise Refused("limit_without_time", field="amount") from error
        return LimitRow(
            code=code,
            kind=self.kind,
            limit=limit,
            when=self.when.when,
            warn_minutes=self.warn_minutes,
            rests=self.rests,
            extensions=self.extensions,
            extension_days=self.extension_days,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            basis=self.basis or "",
        )


class CodedRowBody(RowBody):
    """A row of a whole set."""

    code: RowCode

    @property
    def coded(self) -> LimitRow:
        """Return it as the policy knows it."""
        return self.row(self.code)


class RowsBody(_Body):
    """All rows of a set, as a file has them."""

    rows: Annotated[tuple[CodedRowBody, ...], Field(min_length=1, max_length=MOST_ROWS)]

    @field_validator("rows")
    @classmethod
    def _once(cls, rows: tuple[CodedRowBody, ...]) -> tuple[CodedRowBody, ...]:
        if len({row.code for row in rows}) != len(rows):
            raise ValueError("two rows have the same code")
        return rows

    @property
    def coded(self) -> list[LimitRow]:
        """Return them as the policy knows them."""
        return [row.coded for row in self.rows]


class OpenSetBody(_Body):
    """What a new draft is called, and with what it begins: else with what was signed last."""

    title: ShortText
    shipped: ShortText | None = None

    @property
    def beginning(self) -> Beginning:
        """Return it as a draft takes it."""
        return Beginning(self.title, self.shipped)


class MovesBody(_Body):
    """Whether open cases move to the set once it is in force."""

    moves: bool


class SignSetBody(_Body):
    """What is signed: the edition that was read, and from when it shall hold."""

    edition: Annotated[int, Field(ge=0)]
    live_from: Moment | None = None

    @property
    def signing(self) -> SetSigning:
        """Return it as the draft takes it."""
        return SetSigning(self.edition, self.live_from)


class PastBody(_Body):
    """Clocks that started from one moment up to another."""

    since: Moment
    until: Moment


class RowView(BaseModel):
    """A row, also in words."""

    code: str
    kind: LimitKind
    when: dict[str, str]
    amount: int
    unit: LimitUnit
    start: StartRule
    end: EndRule
    counts_from: CountsFrom
    """`fact` is with the fact of its kind, of a unit's order with the dispatch."""
    warn_minutes: int | None
    rests: bool
    extensions: int | None
    """How often a unit may be given more time; null is as the node allows."""
    extension_days: int | None
    """By how many working days at once; null is as the node allows."""
    valid_from: date | None
    valid_until: date | None
    basis: str | None
    spoken: Spoken

    @classmethod
    def of(cls, row: LimitRow) -> Self:
        """Return a row as it is told."""
        return cls.model_validate({**row.as_record(), "spoken": spoken_row(row)})


class SetLine(BaseModel):
    """One version, without its rows."""

    number: int
    state: str
    title: str
    in_force: bool
    opened_at: datetime
    edition: int
    moves: bool
    tier: str
    first_name: str | None
    first_at: datetime | None
    second_name: str | None
    second_at: datetime | None
    live_from: datetime | None
    moved_at: datetime | None
    count: int

    @classmethod
    def of(cls, kept: KeptSet, live: KeptSet | None) -> Self:
        """Return a version as it is told."""
        names = cls.model_fields.keys() - {"in_force", "count"}
        told = {name: getattr(kept, name) for name in names}
        is_live = live is not None and live.set_id == kept.set_id
        return cls(**told, in_force=is_live, count=len(kept.rows))


class SetView(SetLine):
    """One version with its rows."""

    rows: list[RowView]
    next_code: str
    """A code that no row has."""

    @classmethod
    def of(cls, kept: KeptSet, live: KeptSet | None) -> Self:
        """Return a version as it is told."""
        line = SetLine.of(kept, live).model_dump()
        rows = [RowView.of(row) for row in kept.rows]
        return cls(**line, rows=rows, next_code=next_code({row.code for row in kept.rows}))


class FoundRowView(BaseModel):
    """What is wrong, with which row and which of its fields."""

    finding: RowFinding
    code: str
    other: str
    field: str
    blocks: bool

    @classmethod
    def of(cls, found: FoundRow) -> Self:
        """Return a finding as it is told."""
        return cls.model_validate(found, from_attributes=True)


class RowChangeView(BaseModel):
    """A row before and after."""

    code: str
    before: RowView | None
    after: RowView | None

    @classmethod
    def of(cls, change: RowChange[LimitRow]) -> Self:
        """Return a change as it is told."""
        before, after = (
            None if row is None else RowView.of(row) for row in (change.before, change.after)
        )
        return cls(code=change.code, before=before, after=after)


class SetCheckView(BaseModel):
    """What is wrong with a version, and how it differs from the one it is based on."""

    signable: bool
    findings: list[FoundRowView]
    changes: list[RowChangeView]

    @classmethod
    def of(cls, found: Sequence[FoundRow], changes: Sequence[RowChange[LimitRow]]) -> Self:
        """Return it as it is told."""
        return cls(
            signable=is_signable(found),
            findings=[FoundRowView.of(one) for one in found],
            changes=[RowChangeView.of(one) for one in changes],
        )


class ShippedView(BaseModel):
    """A set that comes with the program."""

    name: str
    zh: str
    en: str
    rows: list[RowView]

    @classmethod
    def of(cls, shipped: Shipped) -> Self:
        """Return it as it is told."""
        rows = [RowView.of(row) for row in shipped.rows]
        return cls(name=shipped.name, zh=shipped.zh, en=shipped.en, rows=rows)


class MovesView(BaseModel):
    """What open cases would move if they moved to a version."""

    running: int
    examined: int
    """How many of them were computed for this report; all of them are when it is in force."""
    moves: dict[str, dict[str, int]]
    """By kind of clock: later, earlier, fixed."""
    stays: int
    """Limits that would have passed already, and stay as they were promised."""
    cases: list[MoveView] | None
    """The first of them; null for whoever may not see cases."""


class RedView(BaseModel):
    """Red lamps of a kind, row or unit, before and after."""

    name: str
    before: int
    after: int


class ReplayView(BaseModel):
    """A replay: how far it is, and what was counted so far."""

    replay_id: UUID
    edition: int
    since: datetime
    until: datetime
    state: str
    asked_name: str
    asked_at: datetime
    ended_at: datetime | None
    total: int
    done: int
    later: dict[str, int]
    earlier: dict[str, int]
    """By kind: due dates that would be later or earlier."""
    kinds: list[RedView]
    rows: list[RedView]
    units: list[RedView]
    examples: list[UUID] | None
    """Cases with a clock that would turn red and was not; null for whoever may see no case."""

    @classmethod
    def of(cls, replay: Replay, *, with_cases: bool) -> Self:
        """Return a replay as it is told."""
        tally = RedTally.of(replay.tally)
        names = ("replay_id", "edition", "since", "until", "state", "asked_name", "asked_at")
        told: dict[str, Any] = {name: getattr(replay, name) for name in names}
        examples = [UUID(one) for one in tally.examples] if with_cases else None
        told |= {name: tally.moved(name) for name in ("later", "earlier")}
        told |= {f"{about}s": _reds(tally, about) for about in ("kind", "row", "unit")}
        return cls(
            **told,
            ended_at=replay.ended_at,
            total=replay.total,
            done=tally.clocks,
            examples=examples,
        )


def _reds(tally: RedTally, about: str) -> list[RedView]:
    return [
        RedView(name=name, before=before, after=after)
        for name, (before, after) in tally.reds(about).items()
    ]
