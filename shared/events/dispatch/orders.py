"""Events of cases in the pool and of orders, until nothing is open any more."""

from enum import StrEnum, unique
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.events.base import CaseEvent
from shared.events.sealed import Sealed
from shared.events.words import By, Complexity, Outcome, newest_outcome

ARBITRATION = "arbitration"
ARBITRATED = "arbitrated"
SUGGESTION = "suggestion"


@unique
class PoolReason(StrEnum):
    """Why no rule could place a case."""

    NO_RULE = "no_rule"
    UNKNOWN_PLACE = "unknown_place"
    UNIT_INACTIVE = "unit_inactive"
    RETURNED = "returned"
    REOPENED = "reopened"
    """It waits for the node of the last result to take it up again."""
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    """It complains of the unit whose it would be, and of all above it, or there is none above."""


class Matter(BaseModel):
    """On what the limits of a case depend, beside its complexity."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    accepted_at: AwareDatetime
    region: str
    channel: str | None = None
    item_code: str | None = None
    demand: str | None = None
    urgency: str | None = None
    """Of an order, as the rule of the catalogue says that gave it."""


class CasePooled(CaseEvent):
    """A case waits in the manual pool for a dispatcher."""

    name: ClassVar[str] = "dispatch.case_pooled.v1"

    reason: PoolReason
    epoch: int = 0
    """Of the custody under which the node pools it."""
    because: str = ""
    """What the dispatcher should know: whose it is by the authority table."""
    arbitration: bool = False
    """Units gave it back more often than they may: others decide whose it is (N7).

    The reason is then the old word that every release reads: it was returned.
    """

    matter: Matter | None = None

    @property
    def reason_told(self) -> str:
        """The reason, in the newest word for it."""
        return ARBITRATION if self.arbitration else self.reason


class CaseJoined(CaseEvent):
    """A case waits for the answer of the one that leads it; no unit here has it for itself."""

    name: ClassVar[str] = "dispatch.case_joined.v1"
    stays_here: ClassVar[bool] = True

    lead_id: UUID
    lead_number: str
    round: int
    epoch: int = 0


@unique
class Route(StrEnum):
    """What decided where an order went (S3-16, S3-17)."""

    ITEM = "item"
    PLACE = "place"
    MANUAL = "manual"
    REOPENED = "reopened"
    DETOUR = "detour"
    """Past a unit complained of, to the next one above it (N17)."""


class RuleTold(BaseModel):
    """The rule of a dispatch catalogue that decided, for staff."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    catalogue: int
    """The number of the version."""
    code: str
    title: str
    met_masked: str = ""
    """By what of the matter, a line `condition:value` each; gone when the case is erased."""


class SuggestionTold(BaseModel):
    """Why the system gave a case to a unit by itself: learned from earlier orders, for staff."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    confidence: float
    """The share of such suggestions that were right at least."""
    right: int
    asked: int
    counted_masked: str = ""
    """What of the matter counted, a line `kind:value` each; gone when the case is erased."""


class OrderDispatched(CaseEvent):
    """A case, or a part of it, was given to one unit: its custody begins."""

    name: ClassVar[str] = "dispatch.order_dispatched.v1"

    order_id: UUID
    round: int
    unit_code: str
    unit_name: str
    complexity: Complexity
    route: Route
    because: str
    """The rule or the dispatcher's ground, for people."""
    epoch: int = 0
    """Of the custody under which the node gives the order."""
    unit_phone: str | None = None
    rule: RuleTold | None = None
    suggestion: SuggestionTold | None = None
    """The system gave it by itself, above the node's confidence. The route is then `manual`."""
    arbitrated: bool = False
    """Decided by an arbitration; it cannot be given back (N7). The route is then `manual`."""
    matter: Matter | None = None
    by: By

    @property
    def route_told(self) -> str:
        """The route, in the newest word for it."""
        if self.suggestion is not None:
            return SUGGESTION
        return ARBITRATED if self.arbitrated else self.route


class OrderSigned(CaseEvent):
    """A unit signed for its order."""

    name: ClassVar[str] = "dispatch.order_signed.v1"

    order_id: UUID
    unit_code: str
    unit_name: str
    forced: bool = False
    """The unit let its limit pass: the system signed for it, and it is charged with that."""
    by: By


class ContactLogged(CaseEvent):
    """A unit tried to reach the person, and says whether it did."""

    name: ClassVar[str] = "dispatch.contact_logged.v1"

    order_id: UUID
    unit_code: str
    unit_name: str
    way: str
    reached: bool
    note_masked: str = ""
    by: By


@unique
class ReturnGround(StrEnum):
    """Why a unit gives an order back (domain facts 5.2)."""

    NOT_OUR_DUTY = "not_our_duty"
    NOT_OUR_AREA = "not_our_area"
    WRONG_ITEM = "wrong_item"
    DUPLICATE = "duplicate"
    INSUFFICIENT = "insufficient"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    """The case complains of the unit: it stands back, or its order is taken from it."""


class OrderReturned(CaseEvent):
    """A unit gave its order back with a ground and its legal basis."""

    name: ClassVar[str] = "dispatch.order_returned.v1"

    order_id: UUID
    unit_code: str
    unit_name: str
    ground: ReturnGround
    legal_basis: str
    note_masked: str = ""
    by: By


@unique
class OverrideReason(StrEnum):
    """Why an order is finished though another unit has not done its part, or does not agree."""

    NO_ANSWER = "no_answer"
    """It was urged and did not answer in time."""
    NOT_NEEDED = "not_needed"
    """The matter is settled without it."""
    WEIGHED = "weighed"
    """The dissent was weighed and not followed."""
    DECIDED_ABOVE = "decided_above"
    """A superior of both decided."""


class OrderFinished(CaseEvent):
    """A unit finished its order and gave its answer."""

    name: ClassVar[str] = "dispatch.order_finished.v1"

    order_id: UUID
    unit_code: str
    unit_name: str
    outcome: Outcome
    answer: Sealed
    answer_masked: str
    legal_basis: str = ""
    """The law or policy on which the outcome stands."""
    evidence_masked: str = ""
    """What shows the outcome, where one needs more than its answer."""
    outcome_detail: str = ""
    """The outcome in a word that came later than those of `outcome`; empty where there is none."""
    override_reason: OverrideReason | None = None
    """Why it was finished over a part that was open or dissenting; None where there was none."""
    override_masked: str = ""
    withdrawn: bool = False
    """Nobody finished it: it ended because the person withdrew the case."""
    by: By

    @property
    def outcome_told(self) -> str:
        """The outcome, in the newest word for it."""
        return newest_outcome(self.outcome, self.outcome_detail)


class CaseFinished(CaseEvent):
    """Nothing is open any more in this round: the person is owed the result."""

    name: ClassVar[str] = "dispatch.case_finished.v1"

    round: int
    unit_code: str
    unit_name: str
    outcome: Outcome
    answer: Sealed
    answer_masked: str
    outcome_detail: str = ""
    """The outcome in a word that came later than those of `outcome`; empty where there is none."""
    joined: bool = False
    """It got the answer of the case that it was joined to: the unit never had this one."""

    withdrawn: bool = False
    """The person has withdrawn the case: nobody is owed a result, nor asked about one."""

    @property
    def outcome_told(self) -> str:
        """The outcome, in the newest word for it."""
        return newest_outcome(self.outcome, self.outcome_detail)
