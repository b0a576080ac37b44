"""What the door of the dispatch catalogue takes and answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.dispatch.api.bodies import Body, Region
from services.dispatch.handlers.drafting import Drafted, RuleEntry, TrialEntry
from services.dispatch.handlers.signing import Checked, Signing, Tried
from services.dispatch.policy.rule_changes import Change
from services.dispatch.policy.rules import Conditions, Rule, Urgency
from services.dispatch.repository.rules import (
    Catalogue,
    Entered,
    conditions_of,
    conditions_told,
)
from services.dispatch.repository.simulations import Simulation
from shared.events.sealed import PartyKind
from shared.events.words import Channel, Complexity
from shared.http import Code, Day, LongText, Moment, ShortText

Word = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]
Words = Annotated[tuple[Word, ...], Field(max_length=50)]
Codes = Annotated[tuple[Code, ...], Field(max_length=500)]
Hour = Annotated[int, Field(ge=0, le=24)]


class ConditionsBody(Body):
    """When a rule holds; what is not given does not narrow it."""

    items: Codes = ()
    kinds: Annotated[tuple[ShortText, ...], Field(max_length=20)] = ()
    regions: Annotated[tuple[Region, ...], Field(max_length=500)] = ()
    channels: tuple[Channel, ...] = ()
    parties: tuple[PartyKind, ...] = ()
    any_words: Words = ()
    all_words: Words = ()
    no_words: Words = ()
    valid_from: Day | None = None
    valid_until: Day | None = None
    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = ()
    hours: tuple[Hour, Hour] | None = None

    def conditions(self) -> Conditions:
        """Return them as the rules know them."""
        return conditions_of(self.model_dump(mode="json", exclude_none=True))


class RuleBody(Body):
    """A rule of the draft; without a position it stays where it is, or goes to the end."""

    title: ShortText
    conditions: ConditionsBody = ConditionsBody()
    unit_code: Code
    co_units: Annotated[tuple[Code, ...], Field(max_length=20)] = ()
    urgency: Urgency | None = None
    complexity: Complexity | None = None
    legal_basis: ShortText
    source: ShortText | None = None
    position: Annotated[int, Field(ge=0)] | None = None

    def entry(self, code: str | None) -> RuleEntry:
        """Return it as the draft takes it."""
        rule = Rule(
            code=code or "",
            title=self.title,
            conditions=self.conditions.conditions(),
            unit_code=self.unit_code,
            co_units=tuple(dict.fromkeys(self.co_units)),
            urgency=self.urgency,
            complexity=self.complexity,
            legal_basis=self.legal_basis,
            source=self.source or "",
        )
        return RuleEntry(rule=rule, code=code, position=self.position)


class MoveBody(Body):
    """Where a rule shall stand, from 0."""

    position: Annotated[int, Field(ge=0)]


class DraftBody(Body):
    """What a new draft is for."""

    note: ShortText


class TrialBody(Body):
    """A matter and the unit it must come to; without a unit, to the pool."""

    title: ShortText
    unit_code: Code | None = None
    item_code: Code | None = None
    region: Region
    channel: Channel | None = None
    party: PartyKind | None = None
    text: LongText | None = None
    at: Moment | None = None

    def entry(self) -> TrialEntry:
        """Return it as the draft takes it."""
        return TrialEntry(**{**self.model_dump(), "text": self.text or ""})


class SignCatalogueBody(Body):
    """What is signed: the edition that was read, and from when it shall hold."""

    edition: Annotated[int, Field(ge=0)]
    live_from: Moment | None = None

    def signing(self) -> Signing:
        """Return it as the draft takes it."""
        return Signing(self.edition, self.live_from)


class PeriodBody(Body):
    """Cases accepted from one moment up to another."""

    since: Moment
    until: Moment


class DraftedView(BaseModel):
    """A change of the draft that was made."""

    number: int
    edition: int
    code: str

    @classmethod
    def of(cls, drafted: Drafted) -> Self:
        """Return it as it is answered."""
        return cls.model_validate(drafted, from_attributes=True)


class CatalogueView(BaseModel):
    """A version of the dispatch catalogue."""

    number: int
    state: str
    note: str
    opened_at: datetime
    edition: int
    first_name: str | None
    first_at: datetime | None
    second_name: str | None
    second_at: datetime | None
    live_from: datetime | None
    in_force: bool

    @classmethod
    def of(cls, catalogue: Catalogue, live: Catalogue | None) -> Self:
        """Return a version; `live` is the one in force."""
        holds = live is not None and live.catalogue_id == catalogue.catalogue_id
        told = {name: getattr(catalogue, name) for name in Catalogue.__dataclass_fields__}
        return cls.model_validate({**told, "in_force": holds})


class RuleView(BaseModel):
    """A rule as staff read it."""

    position: int
    code: str
    title: str
    conditions: dict[str, Any]
    unit_code: str
    co_units: list[str]
    urgency: str | None
    complexity: str | None
    legal_basis: str
    source: str

    @classmethod
    def of(cls, rule: Rule, position: int = 0) -> Self:
        """Return a rule."""
        told = {name: getattr(rule, name) for name in Rule.__dataclass_fields__}
        asked = {"conditions": conditions_told(rule.conditions), "co_units": list(rule.co_units)}
        return cls.model_validate({**told, **asked, "position": position})

    @classmethod
    def all_of(cls, entered: Sequence[Entered]) -> list[Self]:
        """Return rules in their order."""
        return [cls.of(one.rule, one.position) for one in entered]


class FindingView(BaseModel):
    """What is wrong with a rule."""

    kind: str
    rule_code: str
    other: str
    blocks: bool


class TriedView(BaseModel):
    """A test case, and where its matter goes."""

    test_id: UUID
    title: str
    matter: dict[str, Any]
    expected: str | None
    unit_code: str | None
    rule_code: str | None
    reason: str | None
    passed: bool

    @classmethod
    def of(cls, tried: Tried) -> Self:
        """Return how a test case ended."""
        return cls(
            test_id=tried.trial.test_id,
            title=tried.trial.title,
            matter=tried.trial.matter,
            expected=tried.trial.unit_code,
            unit_code=tried.unit_code,
            rule_code=tried.rule_code,
            reason=tried.reason,
            passed=tried.passed,
        )


class CheckView(BaseModel):
    """What stands against signing a version."""

    objection: str | None
    findings: list[FindingView]
    tests: list[TriedView]

    @classmethod
    def of(cls, checked: Checked) -> Self:
        """Return what a check found."""
        found = [FindingView.model_validate(one, from_attributes=True) for one in checked.findings]
        tried = [TriedView.of(one) for one in checked.tried]
        return cls(objection=checked.objection, findings=found, tests=tried)


class ChangeView(BaseModel):
    """A rule that differs between two versions."""

    kind: str
    code: str
    fields: list[str]
    before: RuleView | None
    after: RuleView | None

    @classmethod
    def of(cls, change: Change) -> Self:
        """Return a change."""
        before, after = change.before, change.after
        return cls(
            kind=change.kind,
            code=change.code,
            fields=list(change.fields),
            before=None if before is None else RuleView.of(before),
            after=None if after is None else RuleView.of(after),
        )


class OrderRuleView(BaseModel):
    """Which rule of which version decided an order, and by what of the matter."""

    catalogue: int
    rule_code: str
    rule_title: str
    met: list[dict[str, str]]
    co_units: list[str]
    urgency: str | None
    complexity: str | None
    legal_basis: str


class SimulationView(BaseModel):
    """A replay: how far it is, and what came of it; an empty unit is the manual pool."""

    simulation_id: UUID
    edition: int
    since: datetime
    until: datetime
    state: str
    asked_name: str
    asked_at: datetime
    total: int
    done: int
    report: dict[str, Any] | None
    ended_at: datetime | None

    @classmethod
    def of(cls, simulation: Simulation) -> Self:
        """Return a replay as it stands."""
        told = {name: getattr(simulation, name) for name in Simulation.__dataclass_fields__}
        report = simulation.report
        done = report["cases"] if report else simulation.counted
        return cls.model_validate({**told, "done": done})
