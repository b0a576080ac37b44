"""The case library: one row for each edition of each precedent, own and of other nodes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from services.review.policy.precedents import State, brevity_of
from services.review.repository.lexicon import count_words, query_of, vector_of, words_of
from services.review.tables import avoided, complaints, precedents
from shared.complaints import shown_to
from shared.security.actor import Actor

COLUMNS = [column for column in precedents.c if column.name not in ("words", "brevity")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a precedent says; people are masked in it."""

    title: str
    question: str
    answer: str
    item_code: str | None = None
    item_name: str | None = None
    regions: tuple[str, ...] = ()
    policy: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    keywords: tuple[str, ...] = ()
    outcome: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent(Text):
    """One edition, where it stands and where it came from."""

    precedent_id: UUID
    edition: int = 1
    node: str
    state: State
    scope: str
    source_case: UUID | None = None
    source_number: str | None = None
    writers: tuple[str, ...] = ()
    drafted_at: datetime
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None
    check_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which precedents are asked for."""

    text: str = ""
    states: Sequence[State] = ()
    """Of one of these; of any that still counts where there are none."""
    item: str | None = None
    node: str | None = None
    drafts: bool = True
    """Whether drafts are among them at all."""
    over_on: date | None = None
    """Only those that ended before this day."""
    to_check: bool = False
    before: tuple[datetime, UUID] | None = None


def write_edition(db: Connection, precedent: Precedent) -> None:
    """Insert an edition, or write it anew."""
    words = words_of(*_told(precedent))
    row = asdict(precedent) | {"words": vector_of(words), "brevity": brevity_of(len(words))}
    row |= {name: list(row[name]) for name in ("regions", "keywords", "writers")}
    writing = insert(precedents).values(row)
    changed = {name: writing.excluded[name] for name in row if name not in _KEY}
    db.execute(writing.on_conflict_do_update(index_elements=_KEY, set_=changed))


def lock_latest(db: Connection, precedent_id: UUID) -> Precedent | None:
    """Lock and return the last edition of a precedent."""
    query = _of(precedent_id).order_by(precedents.c.edition.desc()).limit(1)
    return next(iter(_read(db, query.with_for_update())), None)


def find_edition(db: Connection, precedent_id: UUID, state: State) -> Precedent | None:
    """Return the last edition of a precedent in a state."""
    query = _of(precedent_id).where(precedents.c.state == state)
    return next(iter(_read(db, query.order_by(precedents.c.edition.desc()).limit(1))), None)


def find_latest(
    db: Connection, precedent_id: UUID, edition: int | None = None, *, drafts: bool = True
) -> Precedent | None:
    """Return the last edition of a precedent, or the one that is meant."""
    query = _of(precedent_id).order_by(precedents.c.edition.desc()).limit(1)
    if edition is not None:
        query = query.where(precedents.c.edition == edition)
    if not drafts:
        query = query.where(precedents.c.state != State.DRAFT)
    return next(iter(_read(db, query)), None)


def move_edition(db: Connection, precedent: Precedent, to: State, at: datetime) -> None:
    """Record that a locked edition is published, replaced or withdrawn; the lexicon follows."""
    if State.PUBLISHED in (precedent.state, to):
        step = 1 if to is State.PUBLISHED else -1
        count_words(db, words_of(*_told(precedent)), step)
    when = {State.PUBLISHED: "published_at", State.WITHDRAWN: "withdrawn_at"}.get(to)
    moved: dict[str, Any] = {"state": to} | ({when: at} if when else {})
    db.execute(update(precedents).where(_is(precedent)).values(moved))


def drop_edition(db: Connection, draft: Precedent) -> None:
    """Delete a locked draft."""
    db.execute(delete(precedents).where(_is(draft)))


def drop_drafts_of(db: Connection, case_id: UUID) -> None:
    """Delete the drafts that were made from a case."""
    c = precedents.c
    db.execute(delete(precedents).where(c.source_case == case_id, c.state == State.DRAFT))


def ask_to_check(db: Connection, case_id: UUID, at: datetime) -> None:
    """Mark what was published from a case whose person is erased."""
    c = precedents.c
    public = and_(c.source_case == case_id, c.state == State.PUBLISHED)
    db.execute(update(precedents).where(public).values(check_since=at))


def mark_checked(db: Connection, precedent: Precedent) -> None:
    """Record that somebody has looked: it tells nothing of the person who was erased."""
    db.execute(update(precedents).where(_is(precedent)).values(check_since=None))


def precedents_like(
    db: Connection, sought: Sought, reader: Actor, limit: int
) -> Sequence[Precedent]:
    """Return editions, the last drafted first; drafts only to those their case is shown to."""
    c = precedents.c
    query = select(*COLUMNS).where(*_conditions(sought))
    shown = shown_to(reader, complaints, c.source_case)
    query = query.where(or_(c.state != State.DRAFT, c.source_case.is_(None), shown))
    query = query.order_by(c.drafted_at.desc(), c.precedent_id.desc()).limit(limit)
    return _read(db, query)


def times_avoided(db: Connection, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many reports each of these made unnecessary."""
    c = avoided.c
    query = select(c.precedent_id, func.count()).where(c.precedent_id.in_(ids))
    return {row[0]: row[1] for row in db.execute(query.group_by(c.precedent_id))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Avoided:
    """A report that nobody had to make."""

    key: UUID
    precedent_id: UUID
    at_desk: bool = False
    at: datetime = field(kw_only=True)
    asker: str | None = None
    """Who says so on this day; None for staff, who are known."""


def times_said(db: Connection, told: Avoided) -> int:
    """Count how often an asker said so of a precedent on this day."""
    c = avoided.c
    mine = (c.precedent_id == told.precedent_id, c.asker == told.asker)
    return db.scalar(select(func.count()).select_from(avoided).where(*mine)) or 0


def add_avoided(db: Connection, told: Avoided) -> bool:
    """Count an avoided report, unless this form was counted; tell whether it was not."""
    row = insert(avoided).values(asdict(told)).on_conflict_do_nothing()
    return db.scalar(row.returning(avoided.c.key)) is not None


_KEY = ["precedent_id", "edition"]


def _told(text: Text) -> Sequence[str | None]:
    return text.title, text.question, text.item_name, *text.keywords


def _conditions(sought: Sought) -> Sequence[ColumnElement[bool]]:
    c = precedents.c
    states = sought.states or (State.PUBLISHED, State.DRAFT)
    conditions: list[ColumnElement[bool]] = [c.state.in_(states)]
    if not sought.drafts:
        conditions.append(c.state != State.DRAFT)
    if sought.text:
        conditions.append(c.words.bool_op("@@")(query_of(words_of(sought.text), "&")))
    if sought.item:
        conditions.append(c.item_code == sought.item)
    if sought.node:
        conditions.append(c.node == sought.node)
    if sought.over_on is not None:
        conditions.append(c.valid_to < sought.over_on)
    if sought.to_check:
        conditions.append(c.check_since.is_not(None))
    if sought.before is not None:
        at, precedent_id = sought.before
        earlier = and_(c.drafted_at == literal(at), c.precedent_id < precedent_id)
        conditions.append(or_(c.drafted_at < at, earlier))
    return conditions


def _of(precedent_id: UUID) -> Select[Any]:
    return select(*COLUMNS).where(precedents.c.precedent_id == precedent_id)


def _is(precedent: Precedent) -> Any:
    c = precedents.c
    return and_(c.precedent_id == precedent.precedent_id, c.edition == precedent.edition)


def _read(db: Connection, query: Select[Any]) -> Sequence[Precedent]:
    return [precedent_of(row) for row in db.execute(query).mappings()]


def precedent_of(row: Any) -> Precedent:
    """Return a row as a precedent."""
    lists = {name: tuple(row[name]) for name in ("regions", "keywords", "writers")}
    told = {column.name: row[column.name] for column in COLUMNS}
    return Precedent(**{**told, **lists, "state": State(row["state"])})
