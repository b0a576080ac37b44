"""Open what an outside party wrote and sent: for the unit that asked, and for itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.handlers.outside import case_sealer
from services.dispatch.handlers.outside_files import OutsideFile, bytes_of_file
from services.dispatch.repository import outside as repository
from services.dispatch.repository.outside import Question, SentFile
from shared.errors import Refused
from shared.security.sealing import NodeKeys
from shared.store.sealed import Safe


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file of an answer with its name in the clear."""

    file: SentFile
    name: str


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """An answer in the words of the party; the text is empty while there is none."""

    text: str = field(repr=False)
    files: Sequence[ReadFile]


def answer_in_words(db: Connection, keys: NodeKeys, question: Question) -> ReadAnswer:
    """Open the answer to a question; Refused while nobody answered."""
    if question.answer is None:
        raise Refused("not_answered_yet")
    return own_answer(db, keys, question)


def own_answer(db: Connection, keys: NodeKeys, question: Question) -> ReadAnswer:
    """Open what a party sent so far, also before it answers."""
    sealer = case_sealer(db, keys, question.case_id)
    files = repository.files_of(db, [question.question_id])[question.question_id]
    text = "" if question.answer is None else sealer.open(question.answer)
    return ReadAnswer(text, [ReadFile(each, sealer.open(each.name)) for each in files])


def file_in_full(db: Connection, safe: Safe, question: Question, file_id: UUID) -> OutsideFile:
    """Open a file of an answer."""
    files = repository.files_of(db, [question.question_id])[question.question_id]
    file = next((each for each in files if each.file_id == file_id), None)
    if file is None or question.answer is None:
        raise Refused("unknown_file", field="file_id")
    sealer = case_sealer(db, safe.keys, question.case_id)
    data = bytes_of_file(db, safe.store, sealer, file)
    return OutsideFile(file.kind, sealer.open(file.name), data, file.digest)
