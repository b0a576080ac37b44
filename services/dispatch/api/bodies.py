"""What dispatch's door takes and answers."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool
from pydantic_core import PydanticCustomError

from services.dispatch.handlers import Listed
from services.dispatch.handlers.contact import Way
from services.dispatch.policy import OrderState, Route, UnitKind, is_place_code
from services.dispatch.repository.cases import Case
from services.dispatch.repository.orders import Contact, Order
from shared.events.dispatch import OverrideReason, ReturnGround
from shared.events.words import Complexity, OutcomeDetail
from shared.http import Code, Day, LongText, ShortText
from shared.security.phones import normalise_phone


def _region(text: str) -> str:
    if not is_place_code(text):
        raise PydanticCustomError("place_code", "not a region code of 2, 4, 6, 9 or 12 digits")
    return text


def _phone(text: str) -> str:
    if normalise_phone(text) is None:
        raise PydanticCustomError("phone", "not a telephone number")
    return text


MOST_SUCCESSORS = 20
MOST_CO_HANDLERS = 10
MOST_TAKEN_OVER = 20
MOST_OWNERS = 500
MOST_OF_BASIS = 500

Region = Annotated[str, Field(min_length=2, max_length=12), AfterValidator(_region)]
PublicPhone = Annotated[ShortText, AfterValidator(_phone)]
"""Kept as it is written on the unit's door."""


class Body(BaseModel):
    """A request body: nothing in it that was not asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class UnitBody(Body):
    """A unit of the tree."""

    title: ShortText
    region: Region
    parent: Code | None = None
    phone: PublicPhone | None = None
    active: StrictBool = True
    kind: UnitKind = UnitKind.ORDINARY
    supervised_by: ShortText | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None
    successors: Annotated[tuple[Code, ...], Field(max_length=MOST_SUCCESSORS)] = ()


class ItemBody(Body):
    """A service item and the units that own it.

    `owners` are units by region: the nearest to a place counts, and `unit_code` where none does.
    The last two say what becomes of rules and open orders that use an item which ends.
    """

    title: ShortText
    kind: ShortText
    unit_code: Code | None = None
    complexity: Complexity = Complexity.ORDINARY
    active: StrictBool = True
    legal_basis: Annotated[LongText, Field(max_length=MOST_OF_BASIS)] = ""
    owners: Mapping[Region, Code] = Field(default_factory=dict, max_length=MOST_OWNERS)
    valid_from: Day | None = None
    valid_until: Day | None = None
    successor: Code | None = None
    rules_lapse: StrictBool = False
    orders_stay: StrictBool = False


class PlaceBody(Body):
    """The unit that takes what happens in a region."""

    unit_code: Code


class CoHandlerBody(Body):
    """A unit that is to help the one to which a case is sent, with what."""

    unit_code: Code
    task: LongText
    days: Annotated[int, Field(strict=True, ge=1, le=60)] | None = None


class PlacementBody(Body):
    """A dispatcher's decision, also which units help."""

    case_id: UUID
    unit_code: Code
    because: ShortText
    co_handlers: Annotated[tuple[CoHandlerBody, ...], Field(max_length=MOST_CO_HANDLERS)] = ()


class SignBody(Body):
    """A signature needs no more than who signs."""


class ContactBody(Body):
    """A try to reach the person."""

    way: Way
    reached: StrictBool
    note: LongText | None = None


class ContactOnOrder(ContactBody):
    """A try and its order: what an idempotency key stands for."""

    order_id: UUID


class ReturnBody(Body):
    """Why a unit gives its order back."""

    ground: ReturnGround
    legal_basis: ShortText
    note: LongText | None = None


class FinishBody(Body):
    """How a unit ends its order, and its answer to the person."""

    outcome: OutcomeDetail
    answer: LongText
    legal_basis: ShortText | None = None
    evidence: LongText | None = None
    override: OverrideReason | None = None
    override_words: LongText | None = None
    outside: Annotated[tuple[UUID, ...], Field(max_length=MOST_TAKEN_OVER)] = ()
    """Questions to outside parties whose answers are taken over into the evidence."""


class Written(BaseModel):
    """What was changed, and the version a projection must reach to show it."""

    service: str = "dispatch"
    case_id: UUID
    version: int
    order_id: UUID
    state: OrderState


class ListedView(BaseModel):
    """A catalogue entry that was put; `version` counts what was said about it."""

    service: str = "dispatch"
    code: str
    subject_id: UUID | None
    version: int
    changed: bool

    @classmethod
    def of(cls, listed: Listed, version: int) -> Self:
        """Return an entry as it is answered."""
        return cls(
            code=listed.code,
            subject_id=listed.subject_id,
            version=version,
            changed=listed.changed,
        )


class UnitView(BaseModel):
    """A unit as everybody may see it."""

    code: str
    title: str
    region: str
    parent: str | None
    phone: str | None
    active: bool
    kind: UnitKind
    supervised_by: str | None
    valid_from: date | None
    valid_until: date | None
    successors: tuple[str, ...]


class ItemView(BaseModel):
    """A service item as everybody may see it."""

    code: str
    title: str
    kind: str
    unit_code: str | None
    complexity: Complexity
    active: bool
    legal_basis: str
    owners: dict[str, str]
    valid_from: date | None
    valid_until: date | None
    successor: str | None


class PlaceView(BaseModel):
    """A place rule."""

    region: str
    unit_code: str


class ContactView(BaseModel):
    """A try to reach the person."""

    contact_id: UUID
    at: datetime
    way: Way
    reached: bool
    note_masked: str


class OrderLine(BaseModel):
    """An order in a list: nothing in it identifies a person."""

    order_id: UUID
    case_id: UUID
    number: str
    title_masked: str
    region: str
    round: int
    unit_code: str
    unit_name: str
    complexity: Complexity
    route: Route
    because: str
    state: OrderState
    dispatched_at: datetime
    signed_at: datetime | None
    sign_by: datetime | None
    reminded_at: datetime | None
    forced_at: datetime | None
    contacted_at: datetime | None
    returned_at: datetime | None
    finished_at: datetime | None
    outcome: OutcomeDetail | None

    @classmethod
    def of(cls, order: Order, case: Case) -> Self:
        """Return an order with what its case is about."""
        return cls.model_validate(_told(order, case), from_attributes=True)


class OrderView(OrderLine):
    """An order with everything that was done to it."""

    text_masked: str
    item_code: str | None
    return_ground: ReturnGround | None
    legal_basis: str | None
    return_note_masked: str | None
    answer_masked: str | None
    finish_basis: str | None
    evidence_masked: str | None
    override_reason: OverrideReason | None
    override_masked: str | None
    contacts: list[ContactView]
    version: int

    @classmethod
    def whole(cls, order: Order, case: Case, contacts: list[Contact], version: int) -> Self:
        """Return an order with the tries to reach the person."""
        tries = [ContactView.model_validate(one, from_attributes=True) for one in contacts]
        return cls.model_validate({**_told(order, case), "contacts": tries, "version": version})


def _told(order: Order, case: Case) -> dict[str, object]:
    about = {
        "number": case.number,
        "title_masked": case.title_masked,
        "text_masked": case.text_masked,
        "region": case.region,
        "item_code": case.item_code,
    }
    return {name: getattr(order, name) for name in Order.__dataclass_fields__} | about
