"""What intake's door takes, validated field by field."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from services.intake.api.channel_bodies import check_reporter, checked_fields
from services.intake.handlers import (
    Acceptance,
    Account,
    Agency,
    AnsweringNow,
    Declining,
    Named,
    Party,
    Report,
)
from services.intake.policy.agency import (
    WITH_PAPER,
    AuthorityKind,
    Relation,
    Scope,
    is_lapsed,
)
from services.intake.policy.answering import Ending
from services.intake.policy.care import MOST_GROUNDS, Care
from services.intake.policy.days import day_in_china
from services.intake.policy.grounds import Situation
from shared.audit import OTHER_PURPOSE
from shared.clock import utcnow
from shared.events.intake import MOST_TOGETHER, AgentTold, DeclineReason, UnitComplainedOf
from shared.events.sealed import PartyKind
from shared.events.words import Channel, Complexity, DemandKind, Language
from shared.http import Code, LongText, ShortText
from shared.regions import is_well_formed
from shared.security.complained_names import known_by
from shared.security.identifiers import (
    IdKind,
    fits_id_kind,
    is_uscc,
    normalise_id_card,
    plain,
)
from shared.security.phones import PhoneKind, normalise_phone, phone_kind

MOST_ATTEMPTS = 999
MOST_COMPLAINED_OF = 10


def _phone(text: str) -> str:
    normal = normalise_phone(text)
    if normal is None or phone_kind(normal) is PhoneKind.SERVICE:
        raise PydanticCustomError("phone", "not a telephone number of a person or body")
    return normal


def _region(text: str) -> str:
    if not is_well_formed(text):
        raise PydanticCustomError("region", "not a region code of six digits")
    return text


Phone = Annotated[str, Field(max_length=40), AfterValidator(_phone)]
Region = Annotated[str, Field(max_length=6), AfterValidator(_region)]


class Body(BaseModel):
    """A request body: nothing in it that was not asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PartyBody(Body):
    """Who appeals, or who does so for them."""

    kind: PartyKind = PartyKind.PERSON
    name: ShortText
    phone: Phone
    id_kind: IdKind = IdKind.IDENTITY_CARD
    """By which document a person is known."""
    id_number: ShortText | None = None
    """The number of a person's document, a body's unified social credit code."""
    address: ShortText | None = None
    language: Language = Language.ZH
    """Of the messages to them."""

    @field_validator("id_number")
    @classmethod
    def _checked(cls, number: str | None, info: ValidationInfo) -> str | None:
        if number is None or "kind" not in info.data:
            return number
        if info.data["kind"] is PartyKind.PERSON:
            return _of_a_person(number, info.data.get("id_kind", IdKind.IDENTITY_CARD))
        return _credit_code(number)

    def party(self) -> Party:
        """Return it as the handlers take it."""
        return Party(**self.model_dump(exclude={"id_kind"}))


class AuthorityBody(Body):
    """What paper an agent has shown, for what it is, until when."""

    kind: AuthorityKind
    scopes: tuple[Scope, ...] = ()
    """Empty for everything."""
    valid_until: date | None = Field(default=None, validate_default=True)
    note: ShortText | None = None

    @field_validator("valid_until")
    @classmethod
    def _counts(cls, day: date | None, info: ValidationInfo) -> date | None:
        if day is None and info.data.get("kind") in WITH_PAPER:
            raise PydanticCustomError("authority_day", "say until when it counts")
        if is_lapsed(day, day_in_china(utcnow())):
            raise PydanticCustomError("authority_over", "it counts no more")
        return day


class AgentBody(PartyBody):
    """Who reports for somebody else, and by which right."""

    relation: Relation | None = None
    told: AgentTold = AgentTold.AGENT
    """Who hears how it goes on, and has the query code."""
    authority: AuthorityBody | None = None

    def party(self) -> Party:
        """Return them as the handlers take them."""
        beside = {"id_kind", "relation", "told", "authority"}
        return Party(**self.model_dump(exclude=beside))

    @property
    def agency(self) -> Agency | None:
        """By which right; None where nothing was said of it."""
        paper = self.authority
        if self.relation is None and paper is None and self.told is AgentTold.AGENT:
            return None
        shown = {} if paper is None else paper.model_dump(exclude={"note"})
        note = (paper.note if paper else None) or ""
        relation = self.relation or Relation.OTHER
        return Agency(relation=relation, told=self.told, note=note, **shown)


class AgencyBody(AuthorityBody):
    """Another authority than the one that was shown before."""

    kind: AuthorityKind | None = None  # type: ignore[assignment]  # a neighbour has none
    relation: Relation

    def agency(self) -> Agency:
        """Return it as the handlers take it."""
        return Agency(**{**self.model_dump(), "note": self.note or ""})


def _of_a_person(number: str, kind: IdKind) -> str:
    if not fits_id_kind(number, kind, day_in_china(utcnow())):
        is_card = kind is IdKind.IDENTITY_CARD
        told = "id_number" if is_card else "document_number"
        raise PydanticCustomError(told, "not a number of such a document")
    return normalise_id_card(number)


def _credit_code(number: str) -> str:
    if not is_uscc(number):
        raise PydanticCustomError("uscc", "not a unified social credit code")
    return plain(number)


def _name(text: str) -> str:
    if not known_by(text):
        raise PydanticCustomError("string_too_short", "not a name")
    return text


PersonName = Annotated[ShortText, AfterValidator(_name)]


class UnitElsewhereBody(Body):
    """A unit of a node above or below, by its name and, if known, the code that it has there."""

    node: Code
    code: Code | None = None
    title: ShortText


class ComplainedOfBody(Body):
    """Whom a case complains of: units of this node by code, persons by name, units elsewhere."""

    units: list[Code] = Field(default=[], max_length=MOST_COMPLAINED_OF)
    persons: list[PersonName] = Field(default=[], max_length=MOST_COMPLAINED_OF)
    elsewhere: list[UnitElsewhereBody] = Field(default=[], max_length=MOST_COMPLAINED_OF)

    def named(self) -> Named:
        """Return it as the handlers take it."""
        elsewhere = [
            UnitComplainedOf(node=unit.node, code=unit.code or "", title=unit.title)
            for unit in self.elsewhere
        ]
        return Named(tuple(self.units), tuple(self.persons), tuple(elsewhere))


class AccountBody(Body):
    """Whose account it is, and under which name the case complains of them."""

    login: Code
    person: PersonName | None = None


class MarkBody(ComplainedOfBody):
    """Somebody at least, of whom a case complains."""

    accounts: list[AccountBody] = Field(default=[], max_length=MOST_COMPLAINED_OF)

    def named(self) -> Named:
        """Return it as the handlers take it."""
        accounts = tuple(Account(each.login, each.person) for each in self.accounts)
        return replace(super().named(), accounts=accounts)

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if not self.named():
            raise PydanticCustomError("nobody_named", "neither a unit nor a person is named")
        return self


class AnsweredBody(Body):
    """What whoever takes the report down tells its person at once, and how it ends."""

    outcome: Ending
    answer: LongText
    legal_basis: ShortText | None = None

    def answering(self) -> AnsweringNow:
        """Return it as the handlers take it."""
        return AnsweringNow(self.outcome, self.answer, self.legal_basis or "")


class ReportBody(Body):
    """A report of something that could not be done."""

    region: Region
    channel: Channel
    reporter: PartyBody
    agent: AgentBody | None = None
    others: tuple[PartyBody, ...] = Field(default=(), max_length=MOST_TOGETHER)
    """Who reports it too; the reporter speaks for all."""
    title: ShortText
    text: LongText
    item: ShortText | None = None
    demand: DemandKind = DemandKind.HELP
    """What the person asks for: else, as everybody here, for help."""
    attempts: int = Field(default=1, ge=1, le=MOST_ATTEMPTS, strict=True)
    received_at: AwareDatetime | None = None
    complained_of: ComplainedOfBody | None = None
    name_withheld: bool = Field(default=False, strict=True)
    """Who works on the case is not to know who reports; messages go as ever."""
    care: tuple[Care, ...] = Field(default=(), max_length=MOST_GROUNDS)
    """Why the person needs care: kept sealed, and staff are told what to do for them."""
    channel_fields: dict[str, Any] = Field(default={}, validate_default=True)
    """What the channel takes beside, as `GET /api/v1/channels` lists it."""
    answered_now: AnsweredBody | None = None
    """The case is registered, given to the officer's own unit and finished, all at once."""

    @field_validator("channel_fields")
    @classmethod
    def _of_the_channel(cls, told: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        channel = info.data.get("channel")
        return told if channel is None else checked_fields(channel, told)

    @model_validator(mode="after")
    def _by_whom_the_channel_takes(self) -> Self:
        check_reporter(self.channel, self.reporter.kind, self.reporter.id_number)
        return self

    def report(self) -> Report:
        """Return it as the handlers take it."""
        made_here = {"reporter", "agent", "others", "complained_of", "name_withheld"}
        plain_fields = self.model_dump(exclude={*made_here, "answered_now"})
        answer = self.answered_now.answering() if self.answered_now else None
        against = self.complained_of.named() if self.complained_of else None
        reporter, agent = (self._party(each) for each in (self.reporter, self.agent))
        assert reporter is not None, "somebody reports"  # noqa: S101
        agency = self.agent.agency if self.agent else None
        return Report(
            reporter=reporter,
            agent=agent,
            agency=agency,
            others=tuple(party for each in self.others if (party := self._party(each))),
            complained_of=against,
            answer=answer,
            **plain_fields,
        )

    def _party(self, told: PartyBody | None) -> Party | None:
        return None if told is None else replace(told.party(), withheld=self.name_withheld)


class AcceptBody(Body):
    """An officer's acceptance."""

    complexity: Complexity | None = None
    item: ShortText | None = None
    situation: Situation | None = None
    """In which way it could not be done, of those that are in scope."""
    demand: DemandKind | None = None
    """What is asked for, where it was taken down as something else."""

    def acceptance(self) -> Acceptance:
        """Return it as the handlers take it."""
        return Acceptance(self.complexity, self.item, self.situation, self.demand)


class DeclineBody(Body):
    """An officer's reasoned no."""

    reason: DeclineReason
    legal_basis: ShortText
    explanation: LongText
    guide_to: ShortText | None = None
    benchmarks_seen: tuple[UUID, ...] = Field(default=(), max_length=500)
    """What other regions do of the item, as far as the officer has read it."""

    def declining(self) -> Declining:
        """Return it as the handlers take it."""
        said = (self.reason, self.legal_basis, self.explanation, self.guide_to)
        return Declining(*said, self.benchmarks_seen)


class PurposeBody(Body):
    """Why personal data must be seen; a purpose that says nothing asks for its ground."""

    purpose: ShortText
    ground: Annotated[ShortText | None, Field(validate_default=True)] = None

    @field_validator("ground")
    @classmethod
    def _grounded(cls, ground: str | None, info: ValidationInfo) -> str | None:
        if ground is None and info.data.get("purpose") == OTHER_PURPOSE:
            raise PydanticCustomError("ground_needed", "say why")
        return ground

    @property
    def told(self) -> str:
        """Both as the audit keeps them."""
        return self.purpose if self.ground is None else f"{self.purpose}：{self.ground}"
