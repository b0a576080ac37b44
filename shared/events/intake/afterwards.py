"""What intake says of a case after it was registered: what its person does with it."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.events.base import CaseEvent
from shared.events.sealed import PartyRole, Sealed
from shared.events.words import MOST_COUNTED, By, Channel, Language


class CaseUrged(CaseEvent):
    """A person asked that it goes faster (催办): counted and shown, it moves no promise."""

    name: ClassVar[str] = "intake.case_urged.v1"

    urge_id: UUID
    round: int
    urges: int = Field(ge=1, le=MOST_COUNTED)
    """So often in this round, this one included."""
    often_from: int = Field(ge=1, le=MOST_COUNTED)
    """From this count on a node wants its leaders to see it."""
    text: Sealed | None = None
    text_masked: str = ""
    channel: Channel | None = None
    for_number: str | None = None
    """The case that was urged, where it goes with this one and waits for the same answer."""
    by: By


class InformationAdded(CaseEvent):
    """A person told more of their case, while somebody still works on it."""

    name: ClassVar[str] = "intake.information_added.v1"

    addition_id: UUID
    round: int
    text: Sealed | None = None
    """None where it is told of the case with which the person's own goes."""
    text_masked: str
    channel: Channel | None = None
    for_number: str | None = None
    """The case whose person told it, where it goes with this one and waits for the same answer."""
    complainant: int | None = None
    """Who of several said it; None for who speaks for all, or staff for them."""
    by: By


class ContactCodeMade(CaseEvent):
    """A person gave a new telephone: a code goes to it, so that they show to have it."""

    name: ClassVar[str] = "intake.contact_code_made.v1"
    stays_here: ClassVar[bool] = True

    change_id: UUID
    code: Sealed
    phone: Sealed
    masked_phone: str
    language: Language = Language.ZH
    expires_at: AwareDatetime
    """A message that comes later is of no use."""
    by: By


class ContactChanged(CaseEvent):
    """A person has shown to have a new telephone; the correction of the case was told before."""

    name: ClassVar[str] = "intake.contact_changed.v1"
    stays_here: ClassVar[bool] = True

    change_id: UUID
    party: PartyRole
    old_phone: Sealed | None = None
    """None where there was none. It is told that it gets no messages any more."""
    old_masked: str | None = None
    masked_phone: str
    language: Language = Language.ZH
    """Of the person whose telephone it is."""
    channel: Channel | None = None
    complainant: int | None = None
    """Whose of several it is; None for the parties of the case."""
    by: By
