"""Somebody shows a link: which question does it open, and what do they answer?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.outside import (
    Ending,
    case_sealer,
    end_question,
    open_question,
)
from services.dispatch.handlers.outside_files import OutsideFile, laid_down
from services.dispatch.handlers.outside_links import (
    is_signed,
    is_spoken_code,
    mark_of,
    normalise_token,
)
from services.dispatch.handlers.trace import Trace, leave_trace
from services.dispatch.policy.outside import LinkFault, OutsideLimits, fault_of_link, wait_for
from services.dispatch.repository import outside as repository
from services.dispatch.repository.catalogue import find_unit
from services.dispatch.repository.orders import Order, find_order
from services.dispatch.repository.outside import Question, SentFile
from shared.errors import Refused
from shared.events.dispatch import OutsideEnd
from shared.events.words import By
from shared.security.actor import Actor
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action
from shared.security.sealing import NodeKeys
from shared.store.sealed import Safe

MOST_FILES = 9
TOO_OFTEN = "too_many_links"
"""The refusal of whoever showed too many links that open nothing."""
ANSWER = "outside_answer"
OUTSIDE = By(kind="outside")
GUESSES = frozenset({"wrong_link", LinkFault.WRONG_CODE.value, TOO_OFTEN})


@dataclass(frozen=True, slots=True)
class OutsideKnock:
    """A link and perhaps a spoken code as they were shown, from which address and when."""

    token: str = field(repr=False)
    code: str = field(repr=False)
    address: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OutsideClaim:
    """The question that a link opens and the files it shows; or why it opens none.

    `refusal` is a code of the HTTP door, `detail` what its sentence names.
    """

    question_id: UUID | None = None
    case_id: UUID | None = None
    files: Sequence[UUID] = ()
    refusal: str = ""
    detail: str = ""
    retry_after: int | None = None

    @property
    def is_guess(self) -> bool:
        """Whether what was shown may have been guessed; a link that is over was not."""
        return self.refusal in GUESSES


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideAnswer:
    """What a party answers: words, or that it is not its business, and why."""

    how: OutsideEnd
    text: str = field(repr=False)


def claim_question(
    db: Connection, keys: NodeKeys, knock: OutsideKnock, limits: OutsideLimits
) -> OutsideClaim:
    """Return what a link opens; commit it also when it opens nothing: wrong ones are counted.

    A link that never was, was changed, or was followed by a newer one is answered alike.
    """
    key = keys.keyed_hash("outside_address", knock.address)
    counted = repository.tries_of(db, key)
    wait = wait_for(counted, limits.per_address, limits.window, knock.at)
    if wait:
        return OutsideClaim(refusal=TOO_OFTEN, retry_after=wait)
    question = _recognised(db, keys, knock.token)
    guess = _Guess(knock, key, limits)
    if question is None:
        guess.count(db)
        return OutsideClaim(refusal="wrong_link")
    fault = fault_of_link(question.link, limits.per_code, knock.at) or _fault_of_code(
        db, keys, question, guess
    )
    if fault is not None:
        return OutsideClaim(refusal=fault, detail=_whom_to_call(db, question))
    return _opened(db, question, knock.at)


def add_outside_file(
    db: Connection, safe: Safe, question_id: UUID, file: OutsideFile, at: datetime
) -> SentFile:
    """Keep a file of the answer, sealed under the data key of the case; sent twice it is one."""
    case_id = _case_asked_about(db, question_id)
    same = _known(db, question_id, file)
    if same is not None:
        return same
    # Before its case is locked: megabytes take a while, and others may want to write there.
    kept = laid_down(safe, case_sealer(db, safe.keys, case_id), question_id, file, at)
    _answerable(db, question_id, at)
    same = _known(db, question_id, file)
    if same is not None:
        repository.BOOK.let_go(db, filter(None, [kept.address]), at)
        return same
    repository.add_file(db, kept)
    return kept


def _case_asked_about(db: Connection, question_id: UUID) -> UUID:
    question = repository.find_question(db, question_id)
    if question is None:
        raise Refused("unknown_question", field="question_id")
    if question.ended_at is not None:
        raise Refused("question_ended")
    return question.case_id


def _known(db: Connection, question_id: UUID, file: OutsideFile) -> SentFile | None:
    known = repository.files_of(db, [question_id])[question_id]
    same = next((each for each in known if each.digest == file.digest), None)
    if same is None and len(known) >= MOST_FILES:
        raise Refused("files_full", field="file")
    return same


def remove_outside_file(db: Connection, question_id: UUID, file_id: UUID, at: datetime) -> None:
    """Take a file back before the answer is sent."""
    _answerable(db, question_id, at)
    if not repository.remove_file(db, question_id, file_id, at):
        raise Refused("unknown_file", field="file_id")


def answer_question(
    db: Connection, keys: NodeKeys, answer: OutsideAnswer, actor: Actor, at: datetime
) -> Question:
    """Take the answer of a party, once; the unit that asked has it at once."""
    order, question = _answerable(db, UUID(actor.id), at)
    sealer = case_sealer(db, keys, question.case_id)
    masked = mask_text(answer.text)
    files = repository.files_of(db, [question.question_id])[question.question_id]
    kept = {"answer": sealer.seal(ANSWER, answer.text).model_dump(mode="json")}
    repository.change_question(db, question.question_id, **kept, answer_masked=masked)
    end_question(db, order, question, Ending(answer.how, at, OUTSIDE, masked, len(files)))
    digests = {"how": answer.how, "text": masked, "files": [each.digest for each in files]}
    trace = Trace(Action.OUTSIDE_ANSWER, "outside_question", str(question.question_id), digests)
    leave_trace(db, Caller(actor, at), trace)
    return question


def _recognised(db: Connection, keys: NodeKeys, shown: str) -> Question | None:
    token = normalise_token(shown)
    if token is None:
        return None
    question = repository.question_of_link(db, mark_of(keys, token))
    return question if question is not None and is_signed(keys, token, question) else None


@dataclass(frozen=True, slots=True)
class _Guess:
    knock: OutsideKnock
    key: str
    limits: OutsideLimits

    def count(self, db: Connection) -> None:
        began = self.knock.at - self.limits.window
        repository.count_try(db, self.key, self.knock.at, began)


def _fault_of_code(
    db: Connection, keys: NodeKeys, question: Question, guess: _Guess
) -> LinkFault | None:
    if question.code_hash is None:
        return None
    if not guess.knock.code:
        return LinkFault.CODE_NEEDED
    if is_spoken_code(keys, question, guess.knock.code):
        return None
    repository.count_wrong_code(db, question.question_id)
    guess.count(db)
    return LinkFault.WRONG_CODE


def _opened(db: Connection, question: Question, at: datetime) -> OutsideClaim:
    if question.opened_at is None:
        repository.change_question(db, question.question_id, opened_at=at)
    files = () if question.ended_at is not None else tuple(question.files)
    return OutsideClaim(question.question_id, question.case_id, files)


def _whom_to_call(db: Connection, question: Question) -> str:
    order = find_order(db, question.order_id)
    if order is None:
        return ""
    return f"{order.unit_name} {unit_phone(db, order) or ''}".strip()


def unit_phone(db: Connection, order: Order) -> str | None:
    """Return the public telephone of the unit that asks, if it has one."""
    unit = find_unit(db, order.unit_code)
    return None if unit is None else unit.phone


def _answerable(db: Connection, question_id: UUID, at: datetime) -> tuple[Order, Question]:
    order, question = open_question(db, question_id)
    if at >= question.answer_by:
        raise Refused("link_over", _whom_to_call(db, question))
    return order, question
