"""Events said by review."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Annotated, ClassVar
from uuid import UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from shared.events.base import NODE_FACTS, CaseEvent, Event, NodeFact, Way
from shared.events.intake import ComplainedOf
from shared.events.sealed import Sealed
from shared.events.words import MOST_COUNTED, STORABLE, By, Level, OutcomeDetail, Scope

Line = Annotated[str, StringConstraints(max_length=200, pattern=STORABLE)]
Words = Annotated[str, StringConstraints(max_length=5_000, pattern=STORABLE)]
RegionCode = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{5}$")]
MOST_KEYWORDS = 20
MOST_REGIONS = 50
WAYS: Mapping[Scope, frozenset[Way]] = MappingProxyType(
    {
        Scope.NODE: frozenset(),
        Scope.UP: frozenset({Way.UP}),
        Scope.DOWN: frozenset({Way.DOWN}),
        Scope.BOTH: frozenset({Way.UP, Way.DOWN}),
    }
)


@unique
class CalledBy(StrEnum):
    """Who calls a person back after a result."""

    UNIT = "unit"
    """The unit that gave the result (S3-26)."""
    CENTRE = "centre"
    """The service centre, to supervise (S3-27)."""


class CallbackOwed(BaseModel):
    """Who is to call the person back."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    by: CalledBy
    unit_code: str | None = None


class EvaluationInvited(CaseEvent):
    """The person was invited to say whether it was really solved."""

    name: ClassVar[str] = "review.evaluation_invited.v1"

    round: int
    answer_by: AwareDatetime
    callbacks: tuple[CallbackOwed, ...] = ()
    """Who calls the person back; nobody where a node of the release before says this."""


class CallbackMade(CaseEvent):
    """Somebody called the person back after a result, or tried to."""

    name: ClassVar[str] = "review.callback_made.v1"

    callback_id: UUID
    round: int
    called_by: CalledBy
    unit_code: str | None = None
    reached: bool
    tries: int = Field(ge=1, le=MOST_COUNTED)
    """How often it was tried so far, this time included."""
    ended: bool
    """The person was reached, or it was tried in vain as often as the rules ask."""
    solved: bool | None = None
    """What the person says; None where they did not, as the following ones."""
    level: Level | None = None
    truthful: bool | None = None
    """What the unit reported is true, as the centre finds (S3-28)."""
    note_masked: str = ""
    by: By


class EvaluationReceived(CaseEvent):
    """The person rated the handling of one round."""

    name: ClassVar[str] = "review.evaluation_received.v1"

    evaluation_id: UUID
    round: int
    level: Level
    solved: bool
    reasons: tuple[str, ...] = ()
    """National reason codes (domain facts 5.4)."""
    text: Sealed | None = None
    text_masked: str = ""


class CaseReopened(CaseEvent):
    """The person says it is not solved: a new round begins."""

    name: ClassVar[str] = "review.case_reopened.v1"

    round: int
    """The number of the round that begins."""
    because: str
    taken_back: bool = False
    """Nobody says that it is not solved: the person takes back that they withdrew it."""


@unique
class Closing(StrEnum):
    """How a case came to rest."""

    RATED = "rated"
    UNANSWERED = "unanswered"


WITHDRAWN = "withdrawn"
"""The later word of a closing: the person withdrew the case, and had time to change that."""


class CaseClosed(CaseEvent):
    """A round came to rest and so did the case."""

    name: ClassVar[str] = "review.case_closed.v1"

    round: int
    how: Closing
    level: Level | None = None
    how_detail: str = ""
    """How, in a word that came later than those of `how`; empty where there is none."""

    @property
    def how_told(self) -> str:
        """How, in the newest word for it that this release knows."""
        return WITHDRAWN if self.how_detail == WITHDRAWN else self.how.value


class SupervisionOrdered(CaseEvent):
    """Somebody is to say what keeps a case, and by when it will be solved.

    A tier below is asked by a tier above, a unit by its own node.
    """

    name: ClassVar[str] = "review.supervision_ordered.v1"

    supervision_id: UUID
    number: str
    to_node: str
    text_masked: str
    answer_by: AwareDatetime
    by: By
    unit_code: str | None = None
    """The unit of the node that is asked, where a unit is."""


class SupervisionAnswered(CaseEvent):
    """A node answered the supervision of a tier above."""

    name: ClassVar[str] = "review.supervision_answered.v1"

    supervision_id: UUID
    text_masked: str
    by: By
    to_node: str | None = None
    """The tier that asked; None from a node of an earlier release."""


class SupervisionReached(CaseEvent):
    """A supervision of a tier above has come to this node, on its way or at its end."""

    name: ClassVar[str] = "review.supervision_reached.v1"

    supervision_id: UUID
    to_node: str
    """The tier that asked."""
    answer_by: AwareDatetime | None = None
    """Of one that has come to its end: until when this node answers."""


class SupervisionRead(CaseEvent):
    """Somebody at the node that was asked has signed for a supervision."""

    name: ClassVar[str] = "review.supervision_read.v1"

    supervision_id: UUID
    to_node: str
    """The tier that asked."""
    by: By


class GuidanceGiven(CaseEvent):
    """A tier above advises who has a case, without taking it over: for staff only."""

    name: ClassVar[str] = "review.guidance_given.v1"

    guidance_id: UUID
    number: str
    to_node: str
    text_masked: str
    by: By


class PrecedentFact(NodeFact):
    """What is said of a precedent: of each, the last fact of its node counts, whatever it is."""

    precedent_id: UUID
    edition: int = Field(ge=1, le=1_000_000)
    """Counts what was published under this id, from 1; a later one replaces an earlier one."""
    scope: Scope
    """Never narrower than in an earlier edition, so that whoever had that hears of this."""

    @property
    def about(self) -> str:
        """The precedent."""
        return str(self.precedent_id)

    @property
    def subject_id(self) -> UUID:
        """The same for publishing and withdrawing: the later one replaces the other."""
        return uuid5(NODE_FACTS, f"review.precedent {self.node} {self.about}")

    @property
    def ways(self) -> frozenset[Way]:
        """As its scope says."""
        return WAYS[self.scope]


class PrecedentPublished(PrecedentFact):
    """How something was solved can be read and offered; it names no person and no case."""

    name: ClassVar[str] = "review.precedent_published.v1"

    title: Line
    question: Words
    """What could not be done."""
    answer: Words
    """What solved it."""
    item_code: Line | None = None
    """In the catalogue of the node that published it."""
    item_name: Line | None = None
    regions: tuple[RegionCode, ...] = Field(default=(), max_length=MOST_REGIONS)
    """Where it applies, with all that lies within; empty: wherever it is read."""
    policy: Line | None = None
    """The document it rests on."""
    valid_from: date | None = None
    valid_to: date | None = None
    """The last day, by the time of China, on which it may be offered to citizens."""
    keywords: tuple[Line, ...] = Field(default=(), max_length=MOST_KEYWORDS)
    outcome: OutcomeDetail | None = None


class PrecedentWithdrawn(PrecedentFact):
    """A precedent no longer counts, at any node that has it."""

    name: ClassVar[str] = "review.precedent_withdrawn.v1"


class ReportAvoided(Event):
    """Somebody read a precedent instead of reporting: it answered what they were about to ask."""

    name: ClassVar[str] = "review.report_avoided.v1"
    stays_here: ClassVar[bool] = True

    precedent_id: UUID
    at_desk: bool = False
    """An officer read it to somebody at the window or on the line."""

    @property
    def subject_id(self) -> UUID:
        """The precedent."""
        return self.precedent_id


class LeadRaised(NodeFact):
    """A node tells the tiers above what no rule covers, or what keeps people out (N12).

    Said again when it changes: the last counts.
    """

    name: ClassVar[str] = "review.lead_raised.v1"
    way: ClassVar[Way] = Way.UP

    lead_id: UUID
    year: int = Field(ge=2000, le=2999)
    serial: int = Field(ge=1, le=MOST_COUNTED)
    kind: str = Field(max_length=32, pattern=STORABLE)
    title_masked: str = Field(max_length=400, pattern=STORABLE)
    text_masked: str = Field(max_length=10_000, pattern=STORABLE)
    item_name: str | None = Field(default=None, max_length=400, pattern=STORABLE)
    document: str | None = Field(default=None, max_length=400, pattern=STORABLE)
    cases: int = Field(default=0, ge=0, le=MOST_COUNTED)
    """How many cases of that node met it."""
    noted_at: AwareDatetime
    is_closed: bool = False
    complained_of: ComplainedOf | None = None
    """The units of other nodes of which its cases complain; None if of none.

    Persons are never told: their hashes mean nothing at another node."""

    @property
    def about(self) -> str:
        """The lead."""
        return str(self.lead_id)


class LeadAnswered(NodeFact):
    """A body that can change the rule says what it does, to all below that met it."""

    name: ClassVar[str] = "review.lead_answered.v1"
    way: ClassVar[Way] = Way.DOWN

    lead_id: UUID
    origin: str
    """The node that noted it."""
    outcome: str = Field(max_length=32, pattern=STORABLE)
    answered_by: str | None = Field(default=None, max_length=400, pattern=STORABLE)
    """The unit of that node; None for the node itself."""
    answer_masked: str = Field(max_length=10_000, pattern=STORABLE)
    document: str | None = Field(default=None, max_length=400, pattern=STORABLE)
    in_force_from: date | None = None
    promised_on: date | None = None

    @property
    def about(self) -> str:
        """The lead."""
        return str(self.lead_id)
