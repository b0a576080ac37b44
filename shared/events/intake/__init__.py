"""Events said by intake."""

from datetime import date
from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.events.base import CaseEvent
from shared.events.intake.afterwards import CaseUrged as CaseUrged
from shared.events.intake.afterwards import ContactChanged as ContactChanged
from shared.events.intake.afterwards import ContactCodeMade as ContactCodeMade
from shared.events.intake.afterwards import InformationAdded as InformationAdded
from shared.events.intake.answered import CaseAnswered as CaseAnswered
from shared.events.intake.authority import AgentAuthority as AgentAuthority
from shared.events.intake.authority import AgentTold as AgentTold
from shared.events.intake.authority import bare_authority as bare_authority
from shared.events.intake.benchmarks import BenchmarkNoted as BenchmarkNoted
from shared.events.intake.care import CareMeasure as CareMeasure
from shared.events.intake.care import HelperAssigned as HelperAssigned
from shared.events.intake.files import FileAdded as FileAdded
from shared.events.intake.files import FileAsked as FileAsked
from shared.events.intake.files import FileFault as FileFault
from shared.events.intake.files import FileOffered as FileOffered
from shared.events.intake.files import FileRecalled as FileRecalled
from shared.events.intake.files import FileReleased as FileReleased
from shared.events.intake.files import FileReleaseEnded as FileReleaseEnded
from shared.events.intake.files import FileSettled as FileSettled
from shared.events.intake.files import ReleaseTold as ReleaseTold
from shared.events.intake.others import MOST_TOGETHER as MOST_TOGETHER
from shared.events.intake.others import CoComplainant as CoComplainant
from shared.events.intake.others import OwnCodeRenewed as OwnCodeRenewed
from shared.events.intake.others import bare_others as bare_others
from shared.events.intake.withdrawing import CaseWithdrawn as CaseWithdrawn
from shared.events.intake.withdrawing import PressureTold as PressureTold
from shared.events.intake.withdrawing import WithdrawalTakenBack as WithdrawalTakenBack
from shared.events.intake.withdrawing import WithdrawReason as WithdrawReason
from shared.events.sealed import Sealed, SealedName, SealedParty
from shared.events.words import By, Channel, ChannelFieldTold, Complexity, DemandKind, Language

MOST_AMENDMENTS = 1_000_000
"""More corrections than any case ever has."""


class UnitComplainedOf(BaseModel):
    """A unit of the unit list of one node: another node may use its code for another unit."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    node: str
    code: str
    """Empty for a unit of another node of which only the title is known."""
    title: str


class ComplainedOf(BaseModel):
    """Whom a case complains of, as far as its speaker knows: nothing of it is for them (N17)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    units: tuple[UnitComplainedOf, ...] = ()
    persons: tuple[SealedName, ...] = ()

    def units_of(self, node: str) -> frozenset[str]:
        """Return the codes of those units that are this node's."""
        return frozenset(unit.code for unit in self.units if unit.node == node and unit.code)

    @property
    def codes(self) -> frozenset[str]:
        """The units by code, where it is known whose they are."""
        return frozenset(unit.code for unit in self.units)

    @property
    def hashes(self) -> frozenset[str]:
        """The persons by hash; none of those that another node told of."""
        return frozenset().union(*(person.hashes for person in self.persons))


class CaseRegistered(CaseEvent):
    """A report was taken down under a number of its own; nobody has yet judged its scope."""

    name: ClassVar[str] = "intake.case_registered.v1"

    number: str
    region: str
    """GB/T 2260 code of the place of the matter."""
    channel: Channel
    title: Sealed
    title_masked: str
    text: Sealed
    text_masked: str
    item_code: str | None = None
    item_name: str | None = None
    """As told; not necessarily in the catalogue."""
    demand: DemandKind | None = None
    """What its person asks for; None where a node of an earlier release took it down."""
    attempts: int = 1
    """How often the person had tried elsewhere."""
    complainant: SealedParty
    agent: SealedParty | None = None
    query_code: Sealed
    query_code_hash: str
    split_from: str | None = None
    """The number of the report that told of this matter too, where it was taken apart."""
    channel_fields: tuple[ChannelFieldTold, ...] = ()
    measures: tuple[str, ...] = ()
    """What is done for a person who needs care, by `CareMeasure`; never why."""
    authority: AgentAuthority | None = None
    """By which right the agent speaks; None where it was not told, or by nobody."""
    agent_code: Sealed | None = None
    """The agent's own query code, where both are told."""
    others: tuple[CoComplainant, ...] = ()
    """Who reports it together with the complainant, who speaks for all."""
    by: By


class CaseAccepted(CaseEvent):
    """A case is in scope: the promise to the person begins."""

    name: ClassVar[str] = "intake.case_accepted.v1"

    number: str
    region: str
    channel: Channel
    complexity: Complexity
    item_code: str | None = None
    item_name: str | None = None
    title_masked: str
    text_masked: str
    complained_of: ComplainedOf | None = None
    """For whoever finds it a unit: this node's units; None if it complains of nobody."""
    demand: DemandKind | None = None
    """What its person asks for, as it was found in the end."""
    party: str | None = None
    """Who reported: `person` or `enterprise`."""
    promised_from: AwareDatetime | None = None
    """From when the promise counts, where that is not the acceptance: when the report came that
    was taken apart, or was declined and an appeal was right."""
    situation: str | None = None
    """In which way it could not be done, as the officer found (S0-21..24, S3-07)."""
    answered_by: str | None = None
    """The unit whose officer answers it at once: it is that unit's, whatever rules say."""
    by: By


class ComplaintMarked(CaseEvent):
    """Somebody said whom a case complains of: all of them that this node knows of."""

    name: ClassVar[str] = "intake.complaint_marked.v1"

    complained_of: ComplainedOf
    by: By


@unique
class DeclineReason(StrEnum):
    """Why a report is out of scope (S3-08; 国办函〔2025〕66号; domain facts 5.2)."""

    LITIGATION = "litigation"
    ARBITRATION = "arbitration"
    RECONSIDERATION = "reconsideration"
    DISCIPLINE = "discipline"
    DISCLOSURE = "disclosure"
    PETITION = "petition"
    REPEATED = "repeated"
    UNLAWFUL = "unlawful"
    NO_SUBSTANCE = "no_substance"
    EMERGENCY = "emergency"
    LAW_BARS = "law_bars"
    NON_GOVERNMENT = "non_government"


class CaseDeclined(CaseEvent):
    """A report is out of scope; the person is told why, on which basis and where to go."""

    name: ClassVar[str] = "intake.case_declined.v1"

    number: str
    reason: DeclineReason
    legal_basis: str
    explanation: str
    guide_to: str | None = None
    """The lawful route."""
    appeal_by: AwareDatetime | None = None
    """Until when the person may appeal, once; None of a release that knew no appeals."""
    by: By


class DeclineAppealed(CaseEvent):
    """The person does not agree that the case is out of scope; a supervisor looks again (N27)."""

    name: ClassVar[str] = "intake.decline_appealed.v1"
    stays_here: ClassVar[bool] = True

    appeal_id: UUID
    because_masked: str
    decide_by: AwareDatetime
    by: By


class AppealDecided(CaseEvent):
    """A supervisor looked again: the no stands, or the case is accepted after all."""

    name: ClassVar[str] = "intake.appeal_decided.v1"
    stays_here: ClassVar[bool] = True

    appeal_id: UUID
    upheld: bool
    """The no stands."""
    words_masked: str
    by: By


class CaseHeld(CaseEvent):
    """A case was put on legal hold here: nothing of it is erased until it is released."""

    name: ClassVar[str] = "intake.case_held.v1"
    stays_here: ClassVar[bool] = True

    because: str
    review_on: date | None = None
    """When somebody should look whether it still must be kept."""
    by: By


class HoldReleased(CaseEvent):
    """The legal hold of a case was released."""

    name: ClassVar[str] = "intake.hold_released.v1"
    stays_here: ClassVar[bool] = True

    because: str
    by: By


class OneTimeCodeMade(CaseEvent):
    """Somebody lost the query code: another way in goes to the telephone they reported with."""

    name: ClassVar[str] = "intake.one_time_code_made.v1"
    stays_here: ClassVar[bool] = True

    ask_id: UUID
    code: Sealed
    phone: Sealed
    masked_phone: str | None = None
    language: Language = Language.ZH
    expires_at: AwareDatetime
    """A message that comes later is of no use."""


class QueryCodeRenewed(CaseEvent):
    """A case has a new query code; the one before it opens nothing any more."""

    name: ClassVar[str] = "intake.query_code_renewed.v1"
    stays_here: ClassVar[bool] = True

    renewal_id: UUID
    query_code: Sealed
    query_code_hash: str
    by: By


class MaterialsAnswered(CaseEvent):
    """A person answered what a unit has asked for."""

    name: ClassVar[str] = "intake.materials_answered.v1"

    request_id: UUID
    text: Sealed
    text_masked: str
    by: By


@unique
class GroupKind(StrEnum):
    """What two cases have in common."""

    JOINED = "joined"
    """One person told one matter twice: the lead's answer is given to both."""
    GROUPED = "grouped"
    """Several persons told one matter: each is answered for themselves."""


class CaseGrouped(CaseEvent):
    """A case was put under the lead of another one; it can be taken out again."""

    name: ClassVar[str] = "intake.case_grouped.v1"
    stays_here: ClassVar[bool] = True

    lead_id: UUID
    lead_number: str
    kind: GroupKind
    because_masked: str
    by: By


class CaseUngrouped(CaseEvent):
    """A case stands for itself again."""

    name: ClassVar[str] = "intake.case_ungrouped.v1"
    stays_here: ClassVar[bool] = True

    lead_id: UUID
    lead_number: str
    kind: GroupKind
    because_masked: str
    by: By


class CaseSplit(CaseEvent):
    """A report that told of several matters was taken apart: each further one is a case now."""

    name: ClassVar[str] = "intake.case_split.v1"
    stays_here: ClassVar[bool] = True

    split_id: UUID
    numbers: tuple[str, ...]
    """Of the cases that were made."""
    matters: int
    """So many there are by now, the report itself included."""
    by: By


class PartTakenBack(CaseEvent):
    """What was split off a report by mistake is dealt with in it again, joined to it."""

    name: ClassVar[str] = "intake.part_taken_back.v1"
    stays_here: ClassVar[bool] = True

    part_id: UUID
    part_number: str
    because_masked: str
    by: By


@unique
class ErasureGround(StrEnum):
    """Why the personal data of a case are destroyed (个人信息保护法 47)."""

    RETENTION = "retention"
    """They were kept as long as they may be."""
    REQUEST = "request"
    """The person asked for it."""
    PURPOSE = "purpose"
    """What they were collected for is achieved, or cannot be."""
    UNLAWFUL = "unlawful"
    """They should not have been collected or kept."""


class CaseErased(CaseEvent):
    """The personal data of a case were destroyed at the node that says so.

    Said by the node that ordered it, it is the order to every node with a copy; said by another
    one under the same id, it is that node's acknowledgement.
    """

    name: ClassVar[str] = "intake.case_erased.v1"

    number: str
    order_id: UUID
    """The batch under which it was done, everywhere the same."""
    ordered_by: str
    """The node of origin: no other one may order it."""
    ground: ErasureGround
    digest: str | None = None
    """SM3 of what was destroyed, as it was sealed; None where nothing of it was kept."""


class CaseAmended(CaseEvent):
    """What was wrong of a person, or of what they told, stands corrected (个人信息保护法 46).

    It tells the case as it is now. Said by the node that ordered it, it is the order to every node
    with a copy; said by another one under the same id, it is that node's acknowledgement.
    """

    name: ClassVar[str] = "intake.case_amended.v1"

    number: str
    order_id: UUID
    ordered_by: str
    """The node of origin: no other one may order it."""
    amendment: int = Field(ge=1, le=MOST_AMENDMENTS)
    """Counts the corrections of a case at its node of origin: the highest one stands."""
    fields: tuple[str, ...]
    """What was corrected: `complainant.phone`, `agent.name`, `title`, …; never a value."""
    title: Sealed
    title_masked: str
    text: Sealed
    text_masked: str
    complainant: SealedParty
    agent: SealedParty | None = None
    query_code: Sealed | None = None
    """A new one, where messages about the case went to a telephone that is not right any more."""
    measures: tuple[str, ...] | None = None
    """What is done for a person who needs care; None of a release that knew of no care."""
    authority: AgentAuthority | None = None
    others: tuple[CoComplainant, ...] = ()
