"""What people do in the stories of the demonstration: each kind of step, and what the API is sent.

A step is done at the node that registered the line, or at the one it names with `at`, by an
account of that node.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from backstop.demo.catalogue import Entry
from backstop.demo.joint_steps import Joint
from backstop.demo.staff_steps import Node, OrderStep, StaffStep
from shared.events.dispatch import ReturnGround
from shared.events.intake import DeclineReason, WithdrawReason
from shared.events.words import Complexity, HandOverGround, Outcome

Way = Literal["phone", "visit", "sms", "video"]
AskedGround = Literal["request", "purpose", "unlawful"]
Requester = Literal["person", "agent", "authority", "own"]


class CaseStep(StaffStep):
    """A step with the case as intake has it."""

    verb: ClassVar[str]


class Accept(CaseStep):
    """An officer found the case in scope."""

    verb = "accept"
    do: Literal["accept"]
    complexity: Complexity | None = None
    item: str | None = None


class Decline(CaseStep):
    """An officer found it out of scope."""

    verb = "decline"
    do: Literal["decline"]
    reason: DeclineReason
    legal_basis: str
    explanation: str
    guide_to: str | None = None


class Hold(CaseStep):
    """The case was put on legal hold."""

    verb = "hold"
    do: Literal["hold"]
    reason: str


class AskErasure(CaseStep):
    """The person asked to have their data erased, and somebody passed that on."""

    verb = "erasure"
    do: Literal["ask_erasure"]
    ground: AskedGround
    requester: Requester
    reason: str


class ApproveErasure(StaffStep):
    """Another person approved it: nothing of the person opens any more."""

    do: Literal["approve_erasure"]


class OpeningStep(StaffStep):
    """A step that begins something of its own about a case."""

    path: ClassVar[str]

    def about(self, case_id: str) -> dict[str, Any]:
        """Return what the API is sent for this case."""
        return {"case_id": case_id, **self.body}


class Dispatch(OpeningStep):
    """A dispatcher sent it out of the pool."""

    path = "/api/v1/orders"
    do: Literal["dispatch"]
    unit: str
    because: str

    @property
    def body(self) -> dict[str, Any]:
        """Return what the API is sent."""
        return {"unit_code": self.unit, "because": self.because}


class HandOver(OpeningStep):
    """A dispatcher offered it to a neighbour; to give it back takes a ground and its basis."""

    path = "/api/v1/hand-overs"
    do: Literal["hand_over"]
    to: Node
    because: str
    ground: HandOverGround | None = None
    legal_basis: str | None = None

    @property
    def body(self) -> dict[str, Any]:
        """Return what the API is sent."""
        return {"to_node": self.to, **super().body}


class ReportUp(OpeningStep):
    """The tier above was made aware of it."""

    path = "/api/v1/reports-up"
    do: Literal["report_up"]
    because: str


class Supervise(OpeningStep):
    """A tier above asked what keeps it."""

    path = "/api/v1/supervisions"
    do: Literal["supervise"]
    text: str


class Sign(OrderStep):
    """The unit signed for its order."""

    verb = "sign"
    do: Literal["sign"]


class Contact(OrderStep):
    """The unit tried to reach the person."""

    verb = "contacts"
    do: Literal["contact"]
    way: Way
    reached: bool
    note: str


class GiveBack(OrderStep):
    """The unit gave the order back."""

    verb = "return"
    do: Literal["return"]
    ground: ReturnGround
    legal_basis: str
    note: str


class Finish(OrderStep):
    """The unit finished its order."""

    verb = "finish"
    do: Literal["finish"]
    outcome: Outcome
    answer: str


class OfferStep(StaffStep):
    """What became of an offer between neighbours."""

    verb: ClassVar[str]
    direction: ClassVar[str]
    """Whose offer it is, as the node sees it at which the step is done."""


class TakeOver(OfferStep):
    """The neighbour took the case."""

    verb, direction = "accept", "in"
    do: Literal["take_over"]


class Refuse(OfferStep):
    """The neighbour did not take it, and said why."""

    verb, direction = "refuse", "in"
    do: Literal["refuse"]
    ground: HandOverGround
    legal_basis: str
    note: str


class Withdraw(OfferStep):
    """Who had offered it wanted it back."""

    verb, direction = "withdraw", "out"
    do: Literal["withdraw"]
    because: str


class Answer(StaffStep):
    """A node answered the supervision of a tier above."""

    do: Literal["answer"]
    text: str


class Callback(OpeningStep):
    """Somebody tried to reach the person after the result."""

    reached: bool
    solved: bool | None = None
    level: int | None = Field(default=None, ge=1, le=5)
    truthful: bool | None = None
    note: str


class UnitCallback(Callback):
    """The unit of the result did."""

    path = "/api/v1/callbacks/unit"
    do: Literal["unit_callback"]


class CentreCallback(Callback):
    """The centre did, to see whether that is true."""

    path = "/api/v1/callbacks/centre"
    do: Literal["centre_callback"]


class PersonStep(Entry):
    """Something that the person did, at the node that registered the case."""

    @property
    def body(self) -> dict[str, Any]:
        """Return what the API is sent."""
        return self.model_dump(mode="json", exclude={"do"}, exclude_none=True)

    def path_of(self, number: str) -> str:
        """Return where it is sent for a case."""
        raise NotImplementedError


class CallOff(PersonStep):
    """The person wants nothing any more."""

    do: Literal["call_off"]
    reason: WithdrawReason
    text: str | None = None

    def path_of(self, number: str) -> str:
        """Return where it is sent for a case."""
        return f"/api/v1/cases/{number}/withdrawal"


class Rate(PersonStep):
    """The person rated it."""

    do: Literal["rate"]
    level: int = Field(ge=1, le=5)
    solved: bool
    reasons: tuple[str, ...] = ()
    text: str | None = None

    def path_of(self, number: str) -> str:
        """Return where it is sent for a case."""
        return "/api/v1/evaluations"


Step = Annotated[
    Joint
    | Accept
    | Decline
    | Dispatch
    | HandOver
    | ReportUp
    | Supervise
    | Sign
    | Contact
    | GiveBack
    | Finish
    | TakeOver
    | Refuse
    | Withdraw
    | Answer
    | Rate
    | CallOff
    | UnitCallback
    | CentreCallback
    | Hold
    | AskErasure
    | ApproveErasure,
    Field(discriminator="do"),
]
