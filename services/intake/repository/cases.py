"""Cases as they were told, and the numbers they get."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    bindparam,
    case,
    func,
    null,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningUpdate

from services.intake.repository.locks import authority_in, others_in
from services.intake.repository.one_time_codes import forget_asks_opening
from services.intake.tables import cases, number_lanes, plumbing
from shared.db.bulk import Row, among, names_of
from shared.events.intake import AgentAuthority, AgentTold, CoComplainant, ComplainedOf
from shared.events.sealed import Sealed, SealedParty
from shared.security.erasing import redacted, worded
from shared.security.parties import HASH_DIGITS, UNMARKED

LANES_A_DAY = 8
"""How many registrations may take a number at one moment without waiting for each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as it was told; what people said is sealed."""

    case_id: UUID
    number: str
    query_code_hash: str | None
    region: str
    channel: str
    title: Sealed
    title_masked: str
    text: Sealed
    text_masked: str
    complainant: SealedParty
    agent: SealedParty | None
    item_code: str | None
    item_name: str | None
    attempts: int
    complexity: str | None
    scope_ground: str
    scope_hint: str | None
    registered_at: datetime
    accepted_at: datetime | None = None
    declined_at: datetime | None = None
    person_hashes: Sequence[str] = (UNMARKED,)
    demand: str | None = None
    """What its person asks for; None for a case of an earlier release."""
    origin: str | None = None
    """The node that registered it; None for this one."""
    complained_of: ComplainedOf | None = None
    erased_at: datetime | None = None
    """When its personal data were destroyed; what is masked then says so."""
    amendment: int = 0
    """How many corrections are in it."""
    promised_from: datetime | None = None
    """From when its promise counts, if not from its acceptance: it was split off a report."""
    channel_fields: Sealed | None = None
    """What its channel said beside, as JSON."""
    declined_by: str | None = None
    """The account that found it out of scope."""
    care: Sealed | None = None
    """Why its person needs care, as JSON."""
    measures: Sequence[str] | None = None
    """What is done for them."""
    authority: AgentAuthority | None = None
    """By which right the agent speaks."""
    others: tuple[CoComplainant, ...] = ()
    """Who reports it too."""

    @property
    def agent_told(self) -> str:
        """Which of principal and agent is told."""
        return AgentTold.AGENT if self.authority is None else self.authority.told


def next_sequence(db: Connection, day: date) -> int:
    """Take the next number of a day; gaps occur where a transaction fails.

    A lane is locked until the commit, so this comes as late as possible.
    """
    taken: int | None = db.scalar(_TAKE_FREE, {"on": day})
    if taken is None:
        _open_lanes(db, day)
        taken = db.scalar(_TAKE_NEXT, {"on": day})
    assert taken is not None, "the lanes of a day exist once they were opened"  # noqa: S101
    return taken - LANES_A_DAY


def _taking(*, skip: bool) -> ReturningUpdate[int]:
    on_the_day = number_lanes.c.day == bindparam("on")
    # The lane with the lowest number first: as long as nobody competes, numbers run without gaps.
    lane = (
        select(number_lanes.c.lane)
        .where(on_the_day)
        .order_by(number_lanes.c.following)
        .limit(1)
        .with_for_update(skip_locked=skip)
        .scalar_subquery()
    )
    following = number_lanes.c.following + LANES_A_DAY
    taking = update(number_lanes).where(on_the_day, number_lanes.c.lane == lane)
    return taking.values(following=following).returning(number_lanes.c.following)


# Built once: to build them takes as long as to run them, and every registration needs them.
_TAKE_FREE = _taking(skip=True)
_TAKE_NEXT = _taking(skip=False)


def _open_lanes(db: Connection, day: date) -> None:
    lanes = [{"day": day, "lane": n, "following": n + 1} for n in range(LANES_A_DAY)]
    db.execute(insert(number_lanes).values(lanes).on_conflict_do_nothing())


def add_received(db: Connection, case: Case) -> bool:
    """Insert a case that came from another node, unless it is here; tell whether it was not."""
    adding = insert(cases).values(case_row(case))
    first = adding.on_conflict_do_nothing(index_elements=[cases.c.case_id])
    return db.scalar(first.returning(cases.c.case_id)) is not None


def case_by_number(db: Connection, number: str, *, lock: bool = False) -> Case | None:
    """Return the case of a number in its exact spelling, locked if asked."""
    return _one(db, select(cases).where(cases.c.number == number), lock=lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Cases registered here from one moment up to another, of one item if one is named."""

    since: datetime
    until: datetime
    item_code: str | None = None
    without_item: bool = False


def cases_between(db: Connection, period: Period, limit: int) -> Sequence[Case]:
    """Return cases of a period that were registered here, the latest first."""
    at = cases.c.registered_at
    query = select(cases).where(at >= period.since, at < period.until, cases.c.origin.is_(None))
    if period.without_item:
        query = query.where(cases.c.item_code.is_(None))
    elif period.item_code is not None:
        query = query.where(cases.c.item_code == period.item_code)
    query = query.order_by(at.desc(), cases.c.case_id).limit(limit)
    return [_case(row) for row in db.execute(query).mappings()]


def cases_numbered(db: Connection, numbers: Sequence[str]) -> Sequence[Case]:
    """Return the cases of these numbers in their exact spelling, the latest first."""
    query = select(cases).where(cases.c.number.in_(numbers))
    return [_case(row) for row in db.execute(query.order_by(cases.c.number.desc())).mappings()]


def cases_of_phone(db: Connection, phone_hashes: Sequence[str], limit: int) -> Sequence[Case]:
    """Return cases registered here in which this is somebody's telephone, the latest first."""
    found_by = [each[:HASH_DIGITS] for each in phone_hashes]
    theirs = (cases.c.person_hashes.overlap(found_by), cases.c.query_code_hash.is_not(None))
    query = select(cases).where(*theirs).order_by(cases.c.registered_at.desc())
    return [_case(row) for row in db.execute(query.limit(limit)).mappings()]


def renew_code_hash(db: Connection, case_id: UUID, code_hash: str) -> None:
    """Let a new query code open a case, and the one before it nothing."""
    changing = update(cases).where(cases.c.case_id == case_id)
    db.execute(changing.values(query_code_hash=code_hash))


def case_of(db: Connection, case_id: UUID, *, lock: bool = False) -> Case | None:
    """Return a case by its id, locked if asked."""
    return _one(db, select(cases).where(cases.c.case_id == case_id), lock=lock)


def lock_cases(db: Connection, case_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Lock the rows of these cases until the transaction ends; return those that there are."""
    wanted = among(cases.c.case_id, sorted(set(case_ids)))
    # In the order of the ids: two transactions that share cases then never deadlock.
    query = select(cases.c.case_id).where(wanted).order_by(cases.c.case_id)
    return frozenset(db.scalars(query.with_for_update()))


def lock_origins(db: Connection, case_ids: Iterable[UUID]) -> dict[UUID, str | None]:
    """Lock these cases; return who registered each that is here, None for this node."""
    wanted = among(cases.c.case_id, sorted(set(case_ids)))
    query = select(cases.c.case_id, cases.c.origin).where(wanted).order_by(cases.c.case_id)
    return {row.case_id: row.origin for row in db.execute(query.with_for_update())}


Parties = tuple[SealedParty | None, ...]
"""The complainant, the agent, and who reports too."""


@dataclass(frozen=True, slots=True)
class Hashed:
    """The persons of a case with their hashes, and all hashes by which the case is found."""

    complainant: SealedParty
    agent: SealedParty | None
    hashes: Sequence[str]


def numbers_of_persons(db: Connection, hashes: Sequence[str], limit: int) -> Sequence[str]:
    """Return the numbers of the cases of whoever has one of these hashes, the latest first."""
    query = select(cases.c.number).where(cases.c.person_hashes.overlap(hashes))
    return db.scalars(query.order_by(cases.c.registered_at.desc()).limit(limit)).all()


def rows_to_hash(
    db: Connection, marks: Sequence[str], after: UUID | None, limit: int
) -> Mapping[UUID, Parties]:
    """Return the next cases whose hashes bear one of these marks, locked; held ones left out."""
    columns = (cases.c.case_id, cases.c.complainant, cases.c.agent, cases.c.others)
    query = select(*columns).where(cases.c.person_hashes.overlap(marks))
    if after is not None:
        query = query.where(cases.c.case_id > after)
    query = query.order_by(cases.c.case_id).limit(limit).with_for_update(skip_locked=True)
    return {
        case_id: (
            SealedParty.model_validate(told),
            _party(agent),
            *(each.party for each in others_in(others) if not each.left),
        )
        for case_id, told, agent, others in db.execute(query)
    }


def put_hashes(db: Connection, hashes: Mapping[UUID, Hashed]) -> None:
    """Write the hashes of cases."""
    putting = update(cases).where(cases.c.case_id == bindparam("of"))
    new: dict[str, Any] = {"complainant": bindparam("told"), "agent": bindparam("by")}
    rows = [
        {
            "of": case_id,
            "told": made.complainant.model_dump(mode="json"),
            "by": None if made.agent is None else made.agent.model_dump(mode="json"),
            "hashes": list(made.hashes),
        }
        for case_id, made in hashes.items()
    ]
    if rows:
        db.execute(putting.values(person_hashes=bindparam("hashes"), **new), rows)


def count_hashed(db: Connection, marks: Sequence[str]) -> int:
    """Return how many cases have hashes that bear one of these marks."""
    query = select(func.count()).select_from(cases)
    return db.scalar(query.where(cases.c.person_hashes.overlap(marks))) or 0


def mark_accepted(db: Connection, case_id: UUID, accepted: dict[str, Any]) -> None:
    """Record an acceptance: `accepted_at`, `complexity`, `demand`, `item_code`, `item_name`."""
    db.execute(update(cases).where(cases.c.case_id == case_id).values(accepted))


def mark_complaint(db: Connection, case_id: UUID, complained_of: ComplainedOf) -> None:
    """Record of whom a case complains."""
    told = complained_of.model_dump(mode="json")
    db.execute(update(cases).where(cases.c.case_id == case_id).values(complained_of=told))


def mark_declined(db: Connection, case_id: UUID, at: datetime, by: str) -> None:
    """Record that the case is out of scope, by an account."""
    told = {"declined_at": at, "declined_by": by}
    db.execute(update(cases).where(cases.c.case_id == case_id).values(told))


AMENDED = (
    *("title", "title_masked", "text", "text_masked", "complainant", "agent"),
    *("person_hashes", "amendment", "care", "measures", "authority", "others"),
)
"""What a correction may change."""


def amend_case(db: Connection, case: Case) -> None:
    """Write what was corrected of a locked case."""
    row = case_row(case)
    new = {name: row[name] for name in AMENDED}
    db.execute(update(cases).where(cases.c.case_id == case.case_id).values(new))


SEALED = (
    *("title", "text", "complainant", "agent", "complained_of", "channel_fields", "care"),
    "authority",
)
"""What is sealed of a case."""


def cases_among(db: Connection, case_ids: Iterable[UUID]) -> dict[UUID, Case]:
    """Return those of these cases that are here."""
    rows = db.execute(select(cases).where(among(cases.c.case_id, sorted(set(case_ids)))))
    return {row["case_id"]: _case(row) for row in rows.mappings()}


def cases_as_they_are(db: Connection, case_ids: Sequence[UUID]) -> dict[UUID, Case]:
    """Return these cases, of which nobody changes any until the transaction ends."""
    if not case_ids:
        return {}
    query = select(cases).where(among(cases.c.case_id, sorted(set(case_ids))))
    # In the order of the ids: two transactions that share cases then never deadlock.
    rows = db.execute(query.order_by(cases.c.case_id).with_for_update(read=True))
    return {row["case_id"]: _case(row) for row in rows.mappings()}


def erase_case(db: Connection, case_id: UUID, at: datetime) -> None:
    """Leave of a case what names nobody: no code opens it, no hash finds its person."""
    forget_asks_opening(db, case_id)
    own, c = cases.c.case_id == case_id, cases.c
    no_words = case((c.item_code.is_(None), None), else_=c.item_name)
    db.execute(
        update(cases)
        .where(own)
        .values(
            **{name: redacted(c[name]) for name in SEALED},
            **{name: worded(c[name]) for name in ("title_masked", "text_masked")},
            item_name=no_words,
            query_code_hash=None,
            scope_hint=None,
            measures=None,
            others=null(),
            person_hashes=[],
            erased_at=at,
        )
    )


def version_of(db: Connection, case_id: UUID) -> int:
    """Return how many facts intake has said about a case."""
    spoken = plumbing.outbox.spoken
    return db.scalar(select(spoken.c.version).where(spoken.c.subject_id == case_id)) or 0


def case_row(case: Case) -> Row:
    """Return a case as a row; JSON where it is sealed."""
    row = {name: getattr(case, name) for name in names_of(cases)}
    row["person_hashes"] = list(case.person_hashes)
    row["measures"] = list(case.measures) if case.measures else None
    row["others"] = [each.model_dump(mode="json") for each in case.others] or None
    for name in SEALED:
        row[name] = None if row[name] is None else row[name].model_dump(mode="json")
    return row


def _one(db: Connection, query: Select[Any], *, lock: bool) -> Case | None:
    row = db.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    return None if row is None else _case(row)


def _case(row: RowMapping) -> Case:
    against, beside, care = (row[name] for name in ("complained_of", "channel_fields", "care"))
    sealed = {
        "title": Sealed.model_validate(row["title"]),
        "text": Sealed.model_validate(row["text"]),
        "complainant": SealedParty.model_validate(row["complainant"]),
        "agent": _party(row["agent"]),
        "complained_of": None if against is None else ComplainedOf.model_validate(against),
        "channel_fields": None if beside is None else Sealed.model_validate(beside),
        "care": None if care is None else Sealed.model_validate(care),
        "authority": authority_in(row["authority"]),
        "others": others_in(row["others"]),
    }
    return Case(**{**row, **sealed})


def _party(told: Any) -> SealedParty | None:
    return None if told is None else SealedParty.model_validate(told)
