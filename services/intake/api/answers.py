"""What intake's door answers."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from services.intake.handlers import Person, Revealed
from services.intake.policy.progress import Status
from shared.events.intake import DeclineReason
from shared.events.sealed import PartyRole
from shared.events.words import Channel, DemandKind, Language


class TogetherAnswer(BaseModel):
    """One who reports it too, and the code to follow it by; shown this once."""

    serial: int
    masked_name: str
    query_code: str


class RegisteredAnswer(BaseModel):
    """What the person takes home; the query code is shown this once."""

    service: str = "intake"
    case_id: UUID
    version: int
    number: str
    query_code: str | None
    """None where the same report had come by the same channel before."""
    status: Status
    answered: bool = False
    """It was answered at once; what follows of it is told like any answer."""
    follow_url: str
    agent_code: str | None = None
    """The agent's own query code, where both are told."""
    others: list[TogetherAnswer] = []
    """Who reports it too, each with a query code of their own."""


class WrittenAnswer(BaseModel):
    """What was changed, and the version a projection must reach to show it."""

    service: str = "intake"
    case_id: UUID
    version: int


class PersonAnswer(BaseModel):
    """A party in the clear."""

    name: str
    phone: str | None
    id_number: str | None
    address: str | None
    language: Language = Language.ZH
    """Of the messages to them."""

    @classmethod
    def of(cls, person: Person) -> Self:
        """Return a party as it is answered."""
        return cls(
            name=person.name,
            phone=person.phone,
            id_number=person.id_number,
            address=person.address,
            language=person.language,
        )


class RevealedAnswer(PersonAnswer):
    """A case as it was told, in the clear."""

    title: str
    text: str
    agent: PersonAnswer | None = None
    complained_of: list[str] = []
    """The persons of whom the case complains."""
    answers: list[str] = []
    """What the person said later: answers to units, additions, words of urges."""
    channel_fields: dict[str, str | float | bool] = {}
    authority_note: str | None = None
    """What else stands in the agent's authority."""
    others: list[PersonAnswer] = []
    """Who reports it too."""
    care: list[str] = []
    """Why the person needs care."""
    withheld: bool = False
    """The person wants not to be known to who works on the case: none of it is passed on."""

    @classmethod
    def of_case(cls, revealed: Revealed) -> Self:
        """Return a case as it is answered."""
        person = PersonAnswer.of(revealed.complainant)
        agent = PersonAnswer.of(revealed.agent) if revealed.agent else None
        return cls(
            **person.model_dump(),
            title=revealed.title,
            text=revealed.text,
            agent=agent,
            complained_of=list(revealed.complained_of),
            answers=list(revealed.answers),
            channel_fields=dict(revealed.channel_fields),
            authority_note=revealed.authority_note,
            others=[PersonAnswer.of(each) for each in revealed.others],
            care=list(revealed.care),
            withheld=revealed.withheld,
        )


class Promise(BaseModel):
    """By when the case is promised to be solved."""

    due_at: datetime
    provisional: bool
    """The holiday notice of that year is not published yet."""


class HolderAnswer(BaseModel):
    """The unit that has the case now, with its public telephone.

    Of another node it says which; until a unit there has the case, it is the node itself.
    """

    code: str
    name: str
    phone: str | None
    node: str | None = None
    node_name: str | None = None


class ResultAnswer(BaseModel):
    """What came of it."""

    outcome: str
    answer_masked: str
    at: datetime


class DeclineAnswer(BaseModel):
    """Why it was not accepted, on which basis, and where to go."""

    reason: DeclineReason
    legal_basis: str
    explanation: str
    guide_to: str | None
    at: datetime
    appeal_by: datetime | None = None
    """Until when one may appeal against it, once."""


class AppealAnswer(BaseModel):
    """The person's appeal against it; `upheld` says that the no stands."""

    because_masked: str
    at: datetime
    decide_by: datetime
    upheld: bool | None = None
    words_masked: str | None = None
    decided_at: datetime | None = None


class Step(BaseModel):
    """One entry of the timeline; `text` is for people."""

    at: datetime
    event: str
    text: str


class Rated(BaseModel):
    """The person's rating of this round."""

    level: int


class Wanted(BaseModel):
    """What a unit waits for from the person."""

    request_id: UUID
    unit_name: str
    materials_masked: str
    """One thing a line."""
    asked_at: datetime
    answer_by: datetime


class TrackingAnswer(BaseModel):
    """Why there is no result yet, who goes on with it, and by which day there is more."""

    unit_name: str
    explanation_masked: str
    ground_masked: str
    at: datetime
    next_on: date


class MeetingAnswer(BaseModel):
    """A meeting to which the person is asked."""

    starts_at: datetime
    place_masked: str
    bring_masked: str


class SiblingAnswer(BaseModel):
    """Another case that came of the same report."""

    number: str
    title_masked: str
    status: Status
    due_at: datetime | None
    """By when it is promised."""
    is_report: bool
    """It is the report itself."""
    joined_to: str | None
    """The number of the case with which it is answered."""


class UrgeAnswer(BaseModel):
    """Whether the case may be urged now, how often it was in this round, and when it may again."""

    can: bool
    urges: int
    next_at: datetime | None


class WithdrawalAnswer(BaseModel):
    """Whether the case may be withdrawn, or that it was, and until when one may change that."""

    can: bool
    take_back_by: datetime
    """Of one that is withdrawn now; else if it were now. No later than now: it would be final."""
    at: datetime | None = None
    reason: str | None = None
    can_take_back: bool = False


class Contact(BaseModel):
    """The telephone to which messages about the case go, masked."""

    party: PartyRole
    masked_phone: str | None


class HelperAnswer(BaseModel):
    """Who goes through the case with the person."""

    name: str
    phone: str | None


class AuthorityAnswer(BaseModel):
    """By which right the agent speaks, and whether it counts no more."""

    relation: str
    told: str
    kind: str | None
    scopes: list[str]
    valid_until: date | None
    lapsed: bool


class CaseAnswer(BaseModel):
    """A case as its person sees it."""

    case_id: UUID
    number: str
    status: Status
    round: int
    title_masked: str
    channel: Channel
    demand: DemandKind | None
    """What is asked for; null for a case of an earlier release."""
    region: str
    registered_at: datetime
    lamp: str | None
    promise: Promise | None
    holder: HolderAnswer | None
    result: ResultAnswer | None
    answered: ResultAnswer | None = None
    """What the person was told at once; it is the result when its unit has finished with it."""
    decline: DeclineAnswer | None
    appeal: AppealAnswer | None = None
    timeline: list[Step]
    next: str
    wanted: list[Wanted] = []
    meetings: list[MeetingAnswer] = []
    tracking: TrackingAnswer | None = None
    urge: UrgeAnswer
    withdrawal: WithdrawalAnswer
    contact: Contact | None
    """None for who does not speak for all."""
    measures: list[str] = []
    """What is done for a person who needs care."""
    helper: HelperAnswer | None = None
    together: int = 1
    """So many report it."""
    mine: int | None = None
    """Which of them asks; None for who speaks for all."""
    authority: AuthorityAnswer | None = None
    withheld: bool = False
    """The name is withheld from who works on the case."""
    can_rate: bool
    rated: Rated | None
    siblings: list[SiblingAnswer] = []
    version: int
