"""What several do together in the stories: parts of an order, a question outside, a meeting."""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from backstop.demo.catalogue import Entry
from backstop.demo.staff_steps import OrderStep, StaffStep
from shared.events.dispatch import DissentReason


class CoHandle(OrderStep):
    """The lead, or a dispatcher, asked another unit to do a part."""

    verb = "parts"
    do: Literal["co_handle"]
    unit: str
    task: str
    days: int

    @property
    def body(self) -> dict[str, Any]:
        """Return what the API is sent."""
        return {"unit_code": self.unit, "task": self.task, "days": self.days}


class PartStep(StaffStep):
    """A step of a unit with its open part."""

    verb: ClassVar[str]


class AnswerPart(PartStep):
    """The unit answered its part."""

    verb = "answer"
    do: Literal["answer_part"]
    answer: str
    legal_basis: str


class DissentPart(PartStep):
    """The unit does not agree."""

    verb = "dissent"
    do: Literal["dissent_part"]
    reason: DissentReason
    note: str
    legal_basis: str


class JointStep(StaffStep):
    """A step that looks up what it is about before it is sent."""


class ListParty(JointStep):
    """A party outside was entered in the register."""

    do: Literal["list_party"]
    name: str
    kind: Literal["company", "vertical", "other"]
    contact: str
    phone: str
    valid_from: date


class AskOutside(JointStep):
    """The unit asked a party of the register about its order."""

    do: Literal["ask_outside"]
    party: str
    text: str


class Invited(Entry):
    """One who is asked to a meeting."""

    kind: Literal["unit", "company", "complainant"]
    unit_code: str | None = None
    name: str | None = None


class Convene(JointStep):
    """A meeting was called for this very moment."""

    do: Literal["convene"]
    topic: str
    place: str
    agenda: str
    bring: str
    parties: tuple[Invited, ...]


class HoldRound(JointStep):
    """Everybody came, and agreed."""

    do: Literal["hold_round"]
    said: str


class Duty(Entry):
    """What one unit takes on, or answers for."""

    unit_code: str
    words: str
    days: int
    company: str | None = None


class ConfirmMinutes(JointStep):
    """The minutes were drafted with their duties, and confirmed by who convened."""

    do: Literal["confirm_minutes"]
    conclusion: str
    duties: tuple[Duty, ...]


Joint = Annotated[
    CoHandle
    | AnswerPart
    | DissentPart
    | ListParty
    | AskOutside
    | Convene
    | HoldRound
    | ConfirmMinutes,
    Field(discriminator="do"),
]
