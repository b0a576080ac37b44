"""A case as the API tells it to its person, with instants instead of text."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Told(BaseModel):
    """A part of the answer; fields that the pages do not know are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Promise(Told):
    """By when."""

    due_at: datetime
    provisional: bool


class HolderUnit(Told):
    """The unit that has it now; with its node where that is another one."""

    name: str
    phone: str | None
    node_name: str | None = None


class Result(Told):
    """What came of it."""

    outcome: str
    answer_masked: str
    at: datetime


class Decline(Told):
    """Why it was not accepted."""

    reason: str
    legal_basis: str
    explanation: str
    guide_to: str | None = None
    appeal_by: datetime | None = None


class Appeal(Told):
    """The person's appeal against it."""

    because_masked: str
    at: datetime
    decide_by: datetime
    words_masked: str | None = None
    decided_at: datetime | None = None


class Step(Told):
    """One entry of the timeline."""

    at: datetime
    text: str


class Rated(Told):
    """The person's own rating."""

    level: int


class Wanted(Told):
    """What a unit waits for from the person."""

    request_id: UUID
    unit_name: str
    materials_masked: str
    answer_by: datetime


class Meeting(Told):
    """A meeting to which the person is asked."""

    starts_at: datetime
    place_masked: str
    bring_masked: str


class Tracking(Told):
    """Why there is no result yet, and by which day there is more."""

    unit_name: str
    explanation_masked: str
    ground_masked: str
    at: datetime
    next_on: date


class Sibling(Told):
    """Another case that came of the same report."""

    number: str
    title_masked: str
    status: str
    due_at: datetime | None
    is_report: bool
    joined_to: str | None


class Urge(Told):
    """Whether the case may be urged now, how often it was, and from when on it may again."""

    can: bool
    urges: int
    next_at: datetime | None


class Withdrawal(Told):
    """Whether the case may be withdrawn, or was, and until when one may change one's mind."""

    can: bool
    take_back_by: datetime
    at: datetime | None = None
    can_take_back: bool = False


class Contact(Told):
    """The telephone to which messages about the case go, masked."""

    party: str
    masked_phone: str | None


class Authority(Told):
    """By which right the agent speaks."""

    told: str
    valid_until: date | None
    lapsed: bool


class Helper(Told):
    """Who goes through the case with the person."""

    name: str
    phone: str | None


class SeenCase(Told):
    """The whole."""

    number: str
    status: str
    title_masked: str
    registered_at: datetime
    lamp: str | None
    promise: Promise | None
    holder: HolderUnit | None
    result: Result | None
    answered: Result | None = None
    decline: Decline | None
    appeal: Appeal | None = None
    timeline: list[Step]
    next: str
    wanted: list[Wanted] = []
    meetings: list[Meeting] = []
    tracking: Tracking | None = None
    urge: Urge
    withdrawal: Withdrawal
    contact: Contact | None
    together: int = 1
    mine: int | None = None
    helper: Helper | None = None
    authority: Authority | None = None
    withheld: bool = False
    can_rate: bool
    rated: Rated | None
    siblings: list[Sibling] = []
