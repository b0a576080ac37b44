"""What the door of the rota takes and answers."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from services.dispatch.api.bodies import Body, PublicPhone
from services.dispatch.policy.rota import Crew, DutyKind, Turn
from shared.http import Day, Moment, ShortText

Login = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._@-]+$")]
Weekday = Annotated[int, Field(ge=1, le=7)]
Days = Annotated[tuple[Day, ...], Field(max_length=400)]
MOST_SUBSTITUTES = 5
MOST_CREWS = 31


class PersonBody(Body):
    """A person who can be on duty; without a telephone the known one stays."""

    name: ShortText
    duties: Annotated[tuple[DutyKind, ...], Field(min_length=1, max_length=3)]
    phone: PublicPhone | None = None
    active: StrictBool = True


class PostBody(Body):
    """When a post is open: hours on weekdays (1 is Monday), but for the days named."""

    opens: time
    closes: time
    weekdays: Annotated[tuple[Weekday, ...], Field(max_length=7)]
    open_on: Days = ()
    closed_on: Days = ()
    active: StrictBool = True


class CrewBody(Body):
    """A person and who stands in, the first one first."""

    person: Login
    substitutes: Annotated[tuple[Login, ...], Field(max_length=MOST_SUBSTITUTES)] = ()

    def crew(self) -> Crew:
        """Return it as the policy knows it."""
        return Crew(self.person, self.substitutes)


class DayBody(Body):
    """Who is on duty on a day; None for nobody."""

    crew: CrewBody | None


class PlanBody(Body):
    """A pattern for the open days from the first to the last."""

    first: Day
    last: Day
    turn: Turn
    crews: Annotated[tuple[CrewBody, ...], Field(min_length=1, max_length=MOST_CREWS)]


class AbsenceBody(Body):
    """When a person is away, and why."""

    login: Login
    begins: Moment
    ends: Moment
    ground: ShortText


class Planned(BaseModel):
    """How many shifts a pattern made."""

    shifts: int


class Saved(BaseModel):
    """A change was kept."""

    id: UUID | None = None


class PersonView(BaseModel):
    """A person on duty; the telephone is told with who is on duty now."""

    login: str
    name: str
    unit_code: str
    duties: tuple[DutyKind, ...]
    active: bool


class PostView(BaseModel):
    """A post and its hours."""

    kind: DutyKind
    unit_code: str
    unit_name: str
    opens: time
    closes: time
    weekdays: tuple[int, ...]
    open_on: tuple[date, ...]
    closed_on: tuple[date, ...]


class DutyDay(BaseModel):
    """One post on one day: who was named, and who is on duty at the opening."""

    kind: DutyKind
    unit_code: str
    day: date
    is_open: bool
    person: str | None
    substitutes: tuple[str, ...]
    there: str | None
    """At the opening, or now if it is open now."""
    gaps: Sequence["SpanView"]
    local: Sequence[time] | None = None
    """By a local notice of its unit: from when to when it is open; empty where it is closed, null
    where no notice says anything."""


class SpanView(BaseModel):
    """From one moment to another."""

    begins: datetime
    ends: datetime


class AbsenceView(SpanView):
    """When a person is away."""

    absence_id: UUID
    login: str
    ground: str | None
    """Only for who keeps the rota of their unit."""


class GapView(SpanView):
    """When nobody is on duty although the post is open."""

    kind: DutyKind
    unit_code: str
    unit_name: str


class RotaView(BaseModel):
    """The rota of some days with everything that a page about it needs."""

    people: list[PersonView]
    posts: list[PostView]
    days: list[DutyDay]
    absences: list[AbsenceView]
    gaps: list[GapView]


class OnDutyView(BaseModel):
    """Who is on duty at a post now, or at its next opening today."""

    kind: DutyKind
    unit_code: str
    unit_name: str
    begins: datetime
    ends: datetime
    login: str | None
    name: str | None
    phone: str | None
    instead_of: str | None
    """The name of the one who is away."""


DutyDay.model_rebuild()
