"""What dispatch's doors take and answer about outside parties and what they are asked."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StrictBool
from pydantic_core import PydanticCustomError

from services.dispatch.api.bodies import Body
from services.dispatch.handlers import ReadAnswer
from services.dispatch.policy.outside import PartyKind, QuestionLamp, lamp_of_question
from services.dispatch.repository.outside import OpenLine, Party, Question
from shared.audit import OTHER_PURPOSE
from shared.events.dispatch import OutsideEnd
from shared.http import Day, LongText, Moment, ShortText
from shared.http.mobiles import Mobile

MOST_SHOWN_FILES = 9


def _grounded(purpose: str) -> str:
    if purpose.rstrip(":： ") == OTHER_PURPOSE:
        raise PydanticCustomError("ground_needed", "say why")
    return purpose


Purpose = Annotated[ShortText, AfterValidator(_grounded)]


class PartyBody(Body):
    """A party of the register; to change one, what is not told of contact and telephone stays."""

    name: ShortText
    kind: PartyKind
    contact: ShortText | None = Field(default=None, repr=False)
    phone: Mobile | None = Field(default=None, repr=False)
    valid_from: Day
    valid_until: Day | None = None


class LookBody(Body):
    """Why somebody looks."""

    purpose: Purpose


class QuestionBody(Body):
    """What a party is asked, until when, and which files of the case it may see."""

    party_id: UUID
    text: LongText
    answer_by: Moment | None = None
    files: Annotated[tuple[UUID, ...], Field(max_length=MOST_SHOWN_FILES)] = ()
    with_code: StrictBool = False


class AgainBody(Body):
    """Until when the new link holds; null is as before."""

    answer_by: Moment | None = None


class WithdrawBody(Body):
    """Why the unit goes on without the answer."""

    note: ShortText


class AnswerBody(Body):
    """What a party answers, or why it is not its business."""

    how: OutsideEnd
    text: LongText = Field(repr=False)


class PartyView(BaseModel):
    """A party as lists show it: contact and telephone masked."""

    party_id: UUID
    name: str
    kind: PartyKind
    masked_contact: str
    masked_phone: str
    valid_from: date
    valid_until: date | None
    in_use: bool

    @classmethod
    def of(cls, party: Party, day: date) -> Self:
        """Return the view of a party on a day."""
        told = {name: getattr(party, name) for name in cls.model_fields if name != "in_use"}
        return cls(**told, in_use=party.term.holds(day))


class LookedView(BaseModel):
    """Whom to call at a party."""

    contact: str = Field(repr=False)
    phone: str = Field(repr=False)


class QuestionView(BaseModel):
    """A question and how it stands; the answer masked."""

    question_id: UUID
    order_id: UUID
    party_id: UUID
    party_name: str
    asked_at: datetime
    answer_by: datetime
    text_masked: str
    shown_files: int
    sent_files: int
    with_code: bool
    code_is_dead: bool
    links_sent: int
    link_sent_at: datetime
    opened_at: datetime | None
    reminded_at: datetime | None
    ended_at: datetime | None
    how: OutsideEnd | None
    answer_masked: str | None
    end_note_masked: str | None
    lamp: QuestionLamp | None
    """Of an open question."""

    @classmethod
    def of(cls, question: Question, files: int, codes: int, now: datetime) -> Self:
        """Return the view of a question with so many files, where so many codes may be wrong."""
        same = cls.model_fields.keys() & Question.__dataclass_fields__.keys()
        is_open = question.ended_at is None
        return cls(
            **{name: getattr(question, name) for name in same},
            shown_files=len(question.files),
            sent_files=files,
            with_code=question.code_hash is not None,
            code_is_dead=is_open and question.wrong_codes >= codes,
            links_sent=question.link_count,
            lamp=lamp_of_question(question.answer_by, now) if is_open else None,
        )


class OpenQuestionView(BaseModel):
    """An open question as the desk lists it."""

    question_id: UUID
    order_id: UUID
    number: str
    unit_name: str
    party_name: str
    asked_at: datetime
    answer_by: datetime
    opened_at: datetime | None
    lamp: QuestionLamp

    @classmethod
    def of(cls, line: OpenLine, now: datetime) -> Self:
        """Return the view of an open question."""
        question = line.question
        same = cls.model_fields.keys() & Question.__dataclass_fields__.keys()
        return cls(
            **{name: getattr(question, name) for name in same},
            number=line.number,
            unit_name=line.unit_name,
            lamp=lamp_of_question(question.answer_by, now),
        )


class SentView(BaseModel):
    """A question whose link is on its way; the spoken code is shown this once."""

    service: str = "dispatch"
    case_id: UUID
    version: int
    question_id: UUID
    answer_by: datetime
    code: str | None = Field(default=None, repr=False)


class EndedView(BaseModel):
    """A question that ended, and the version that tells it."""

    service: str = "dispatch"
    case_id: UUID
    version: int
    question_id: UUID


class FileView(BaseModel):
    """A file that a party sent."""

    file_id: UUID
    name: str = Field(repr=False)
    kind: str
    bytes: int
    added_at: datetime


class ReadView(BaseModel):
    """An answer in the words of the party."""

    text: str = Field(repr=False)
    files: list[FileView]

    @classmethod
    def of(cls, read: ReadAnswer) -> Self:
        """Return the view of an opened answer."""
        files = [
            FileView(
                file_id=each.file.file_id,
                name=each.name,
                kind=each.file.kind,
                bytes=each.file.bytes,
                added_at=each.file.added_at,
            )
            for each in read.files
        ]
        return cls(text=read.text, files=files)


class OwnQuestionView(BaseModel):
    """A question as the party sees it: who asks, about what, until when; nobody is named."""

    party_name: str
    unit_name: str
    unit_phone: str | None
    node_name: str
    title: str
    text: str
    asked_at: datetime
    answer_by: datetime
    ended_at: datetime | None
    how: OutsideEnd | None
    answer: str = Field(repr=False)
    files: list[FileView]
    most_files: int
    most_bytes: int


class AnsweredView(BaseModel):
    """The answer is there."""

    service: str = "dispatch"
    case_id: UUID
    version: int
