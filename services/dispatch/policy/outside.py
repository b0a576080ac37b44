"""Who outside the node may be asked about an order, until when, and what keeps guesses out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum, unique

MOST_OPEN = 9
"""So many questions of one order may wait for an answer at once."""
LONGEST_WAIT = timedelta(days=60)
NEAR = timedelta(hours=24)
"""So long before its end an answer is reminded of, once, and its lamp is yellow."""


@unique
class PartyKind(StrEnum):
    """What an outside party is."""

    COMPANY = "company"
    VERTICAL = "vertical"
    """A vertically run unit: tax, power, …; the government here gives it no orders (S3)."""
    OTHER = "other"


@unique
class Objection(StrEnum):
    """Why nobody can be asked now; the words are codes of the HTTP door."""

    PARTY_OVER = "party_not_in_use"
    TOO_MANY = "questions_full"
    BAD_ANSWER_BY = "bad_answer_by"
    ASKED_ALREADY = "party_asked_already"


@unique
class QuestionLamp(StrEnum):
    """How an open question stands against its time."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@unique
class LinkFault(StrEnum):
    """Why a link opens nothing, or not yet; the words are codes of the HTTP door."""

    OVER = "link_over"
    WITHDRAWN = "link_withdrawn"
    CODE_NEEDED = "link_code_needed"
    WRONG_CODE = "wrong_link_code"
    CODE_DEAD = "link_code_dead"


@dataclass(frozen=True, slots=True)
class Term:
    """From and until which day a party may be asked, both included; None has no end."""

    valid_from: date
    valid_until: date | None = None

    def holds(self, day: date) -> bool:
        """Tell whether the party may be asked on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class OutsideLimits:
    """How often in a window links are guessed from one address, and looks taken by one account.

    `per_code` is how often the spoken code of one link is guessed at all.
    """

    per_address: int
    per_code: int
    window: timedelta
    looks: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of one asker since the window began."""

    since: datetime
    count: int


@dataclass(frozen=True, slots=True)
class LinkState:
    """What of a question decides whether its link opens it."""

    until: datetime
    is_withdrawn: bool
    is_answered: bool
    has_code: bool
    wrong_codes: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it would be asked: until when, and what is open at the order already."""

    answer_by: datetime
    open_questions: int
    is_open_with_party: bool


def objection_to_question(asked: Asked, term: Term, now: datetime, day: date) -> Objection | None:
    """Return why a party may not be asked; `day` is today in China."""
    if not term.holds(day):
        return Objection.PARTY_OVER
    if asked.is_open_with_party:
        return Objection.ASKED_ALREADY
    if asked.open_questions >= MOST_OPEN:
        return Objection.TOO_MANY
    return objection_to_time(asked.answer_by, now)


def objection_to_time(answer_by: datetime, now: datetime) -> Objection | None:
    """Return why nobody can be asked to answer until a moment: past, or too far ahead."""
    return None if now < answer_by <= now + LONGEST_WAIT else Objection.BAD_ANSWER_BY


def lamp_of_question(answer_by: datetime, now: datetime) -> QuestionLamp:
    """Return the lamp of an open question."""
    if now >= answer_by:
        return QuestionLamp.RED
    return QuestionLamp.YELLOW if now >= answer_by - NEAR else QuestionLamp.GREEN


def fault_of_link(state: LinkState, most_codes: int, now: datetime) -> LinkFault | None:
    """Return why a link that is right opens nothing whatever is shown with it."""
    if state.is_withdrawn:
        return LinkFault.WITHDRAWN
    if now >= state.until:
        return LinkFault.OVER
    dead = state.has_code and not state.is_answered and state.wrong_codes >= most_codes
    return LinkFault.CODE_DEAD if dead else None


def wait_for(counted: Counted | None, most: int, window: timedelta, now: datetime) -> int | None:
    """Return the seconds to wait, at least 1, before another try; None while one is free."""
    if counted is None or counted.count < most:
        return None
    left = counted.since + window - now
    return None if left <= timedelta(0) else max(1, -(-left // timedelta(seconds=1)))
