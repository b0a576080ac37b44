"""Outside parties, what they were asked and what they answered, as the tables have them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.dispatch.policy.outside import NEAR, Counted, LinkState, Term
from services.dispatch.tables import cases, complaints, orders
from services.dispatch.tables.outside import (
    loose_bytes,
    outside_files,
    outside_parties,
    outside_questions,
    outside_tries,
)
from shared.complaints import shown_to
from shared.db.within import Place, reached
from shared.events.sealed import Sealed
from shared.security.actor import Actor
from shared.security.reach import Within
from shared.store.loose import Book

Q = outside_questions.c
BOOK = Book(loose_bytes, (outside_files.c.address,))
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One who may be asked; contact and telephone are sealed by the node's key."""

    party_id: UUID
    name: str
    kind: str
    contact: bytes = field(repr=False)
    phone: bytes = field(repr=False)
    masked_contact: str
    masked_phone: str
    valid_from: date
    valid_until: date | None = None

    @property
    def term(self) -> Term:
        """From and until when it may be asked."""
        return Term(self.valid_from, self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question to one party, its link and its answer."""

    question_id: UUID
    order_id: UUID
    case_id: UUID
    party_id: UUID
    party_name: str
    asked_at: datetime
    asked_by: str
    answer_by: datetime
    text_masked: str
    files: Sequence[UUID]
    link_mark: str | None = field(repr=False)
    link_sent_at: datetime
    link_count: int = 1
    code_hash: str | None = field(default=None, repr=False)
    wrong_codes: int = 0
    opened_at: datetime | None = None
    reminded_at: datetime | None = None
    ended_at: datetime | None = None
    how: str | None = None
    answer: Sealed | None = None
    answer_masked: str | None = None
    end_note_masked: str | None = None

    @property
    def link(self) -> LinkState:
        """What decides whether its link opens it."""
        return LinkState(
            until=self.answer_by,
            is_withdrawn=self.ended_at is not None and self.answer is None,
            is_answered=self.answer is not None,
            has_code=self.code_hash is not None,
            wrong_codes=self.wrong_codes,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """A file that a party sent, without its bytes."""

    file_id: UUID
    question_id: UUID
    added_at: datetime
    digest: str
    kind: str
    bytes: int
    name: Sealed
    parts: int | None = None
    """In how many it is sealed; None: as one, by a release before."""
    address: str | None = None
    """Where its bytes lie in the store; None: in its row, until they are moved."""


@dataclass(frozen=True, slots=True)
class OpenCount:
    """How many questions wait for an answer, how many are overdue, the oldest since when."""

    waiting: int
    overdue: int
    overdue_since: datetime | None


@dataclass(frozen=True, slots=True)
class OpenLine:
    """An open question as the desk lists it."""

    question: Question
    number: str
    unit_code: str
    unit_name: str


def put_party(db: Connection, party: Party) -> None:
    """Insert a party, or change what is known of it."""
    row = asdict(party)
    rest = {name: value for name, value in row.items() if name != "party_id"}
    putting = insert(outside_parties).values(row)
    db.execute(
        putting.on_conflict_do_update(index_elements=[outside_parties.c.party_id], set_=rest)
    )


def find_party(db: Connection, party_id: UUID) -> Party | None:
    """Return one party."""
    query = select(outside_parties).where(outside_parties.c.party_id == party_id)
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else Party(**row)


def party_named(db: Connection, name: str) -> UUID | None:
    """Return the party of a name in exactly this spelling."""
    return db.scalar(select(outside_parties.c.party_id).where(outside_parties.c.name == name))


def all_parties(db: Connection) -> Sequence[Party]:
    """Return the register by name."""
    query = select(outside_parties).order_by(outside_parties.c.name)
    return [Party(**row) for row in db.execute(query).mappings()]


def add_question(db: Connection, question: Question) -> None:
    """Insert a question; nobody has answered it yet."""
    told = asdict(question)
    told["files"], told["answer"] = list(question.files), None
    db.execute(outside_questions.insert().values(told))


def find_question(db: Connection, question_id: UUID) -> Question | None:
    """Return a question; only under the lock of its case does it stay as it is."""
    return _one(db, select(outside_questions).where(Q.question_id == question_id))


def question_of_link(db: Connection, mark: str) -> Question | None:
    """Return the question whose present link has this keyed hash."""
    return _one(db, select(outside_questions).where(Q.link_mark == mark))


def questions_of(db: Connection, order_id: UUID) -> Sequence[Question]:
    """Return the questions about an order, oldest first."""
    query = select(outside_questions).where(Q.order_id == order_id)
    return _questions(db, query.order_by(Q.asked_at, Q.question_id))


def open_of_case(db: Connection, case_id: UUID) -> Sequence[Question]:
    """Return the questions about a case that wait for an answer."""
    query = select(outside_questions).where(Q.case_id == case_id, Q.ended_at.is_(None))
    return _questions(db, query.order_by(Q.asked_at, Q.question_id))


def change_question(db: Connection, question_id: UUID, **changed: object) -> None:
    """Write what became of a question or of its link."""
    mine = Q.question_id == question_id
    db.execute(update(outside_questions).where(mine).values(changed))


def count_wrong_code(db: Connection, question_id: UUID) -> None:
    """Count one more wrong spoken code of a link."""
    mine = Q.question_id == question_id
    db.execute(update(outside_questions).where(mine).values(wrong_codes=Q.wrong_codes + 1))


def to_remind(db: Connection, now: datetime, limit: int) -> Sequence[Question]:
    """Return open questions that end soon and of which nobody was reminded."""
    soon = (Q.ended_at.is_(None), Q.reminded_at.is_(None), Q.answer_by > now)
    query = select(outside_questions).where(*soon, Q.answer_by <= now + NEAR)
    return _questions(db, query.order_by(Q.answer_by).limit(limit))


def open_lines(db: Connection, reach: Within, reader: Actor) -> Sequence[OpenLine]:
    """Return open questions within reach, the first to end first; at most 200."""
    about = outside_questions.join(orders, orders.c.order_id == Q.order_id)
    about = about.join(cases, cases.c.case_id == Q.case_id)
    shown = (outside_questions, cases.c.number, orders.c.unit_code, orders.c.unit_name)
    query = (
        select(*shown)
        .select_from(about)
        .where(Q.ended_at.is_(None), reached(reach, Place(unit=orders.c.unit_code)))
        .where(shown_to(reader, complaints, Q.case_id))
        .order_by(Q.answer_by, Q.question_id)
        .limit(MOST_SHOWN)
    )
    return [_line(row) for row in db.execute(query).mappings()]


def count_open(db: Connection, now: datetime) -> OpenCount:
    """Return how many questions are open, and how many of them overdue since when."""
    is_over = Q.answer_by <= now
    asked = (func.count(), func.count().filter(is_over), func.min(Q.answer_by).filter(is_over))
    return OpenCount(*db.execute(select(*asked).where(Q.ended_at.is_(None))).one())


def add_file(db: Connection, file: SentFile) -> None:
    """Insert a file whose bytes lie in the store."""
    row = {**asdict(file), "name": file.name.model_dump(mode="json")}
    db.execute(outside_files.insert().values(row))


def files_of(db: Connection, question_ids: Collection[UUID]) -> Mapping[UUID, Sequence[SentFile]]:
    """Return what parties sent, by question, the first file first."""
    c = outside_files.c
    known = [each for each in c if each.name != "sealed"]
    query = select(*known).where(c.question_id.in_(list(question_ids)))
    found: dict[UUID, list[SentFile]] = {each: [] for each in question_ids}
    for row in db.execute(query.order_by(c.added_at, c.file_id)).mappings():
        file = SentFile(**{**row, "name": Sealed.model_validate(row["name"])})
        found[file.question_id].append(file)
    return found


def remove_file(db: Connection, question_id: UUID, file_id: UUID, at: datetime) -> bool:
    """Delete a file of a question and let its bytes go; tell whether there was one."""
    c = outside_files.c
    mine = (c.question_id == question_id, c.file_id == file_id)
    gone = list(db.scalars(delete(outside_files).where(*mine).returning(c.address)))
    BOOK.let_go(db, filter(None, gone), at)
    return bool(gone)


def erase_files(db: Connection, case_id: UUID, at: datetime) -> None:
    """Delete what parties sent about a case and let its bytes go."""
    c = outside_files.c
    asked = select(Q.question_id).where(Q.case_id == case_id)
    gone = db.scalars(delete(outside_files).where(c.question_id.in_(asked)).returning(c.address))
    BOOK.let_go(db, list(filter(None, gone)), at)


def where_it_lies(db: Connection, file_id: UUID) -> str | bytes | None:
    """Return the address of a file in the store, or its sealed bytes while they are in its row."""
    c = outside_files.c
    row = db.execute(select(c.address, c.sealed).where(c.file_id == file_id)).one_or_none()
    return None if row is None else row.address or row.sealed


def one_in_rows(db: Connection) -> tuple[UUID, bytes] | None:
    """Return a file whose sealed bytes are still in its row; locked, not waited for."""
    c = outside_files.c
    query = select(c.file_id, c.sealed).where(c.sealed.is_not(None)).limit(1)
    row = db.execute(query.with_for_update(skip_locked=True)).one_or_none()
    return None if row is None else (row[0], row[1])


def moved_to(db: Connection, file_id: UUID, address: str) -> None:
    """Write that the bytes of a file lie in the store now, and no more in its row."""
    moved = update(outside_files).where(outside_files.c.file_id == file_id)
    db.execute(moved.values(address=address, sealed=None))


def tries_of(db: Connection, key: str) -> Counted | None:
    """Return what is counted under a key, without locking."""
    row = db.execute(select(outside_tries).where(outside_tries.c.key == key)).one_or_none()
    return None if row is None else Counted(row.since, row.tries)


def count_try(db: Connection, key: str, now: datetime, window_began: datetime) -> Counted:
    """Count one more under a key and return the count; one before the window begins anew."""
    is_over = outside_tries.c.since <= window_began
    counting = insert(outside_tries).values(key=key, since=now, tries=1)
    counted = counting.on_conflict_do_update(
        index_elements=[outside_tries.c.key],
        set_={
            "since": case((is_over, now), else_=outside_tries.c.since),
            "tries": case((is_over, 1), else_=outside_tries.c.tries + 1),
        },
    )
    row = db.execute(counted.returning(outside_tries.c.since, outside_tries.c.tries)).one()
    return Counted(row.since, row.tries)


def forget_tries_before(db: Connection, moment: datetime) -> int:
    """Delete the counts that began before `moment`; return how many."""
    return db.execute(delete(outside_tries).where(outside_tries.c.since < moment)).rowcount


def _line(row: Any) -> OpenLine:
    beside = {name: row[name] for name in ("number", "unit_code", "unit_name")}
    return OpenLine(_question(row), **beside)


def _one(db: Connection, query: Select[Any]) -> Question | None:
    return next(iter(_questions(db, query)), None)


def _questions(db: Connection, query: Select[Any]) -> Sequence[Question]:
    return [_question(row) for row in db.execute(query).mappings()]


def _question(row: Any) -> Question:
    told = {column.name: row[column.name] for column in outside_questions.columns}
    answer = told["answer"]
    told["answer"] = None if answer is None else Sealed.model_validate(answer)
    return Question(**told)
