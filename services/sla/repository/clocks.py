"""The clocks and the case rows under whose lock they change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Executable, cast, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.sla.policy import ClockKind, Due, Lamp, Signing
from services.sla.tables import cases, clocks
from shared.clock import by_number
from shared.db.bulk import Row, among, as_json, insert_rows, listed, unfolded


@dataclass(frozen=True, slots=True)
class Case:
    """What sla knows of a case: how far its rounds have come, and its custody."""

    case_id: UUID
    finished_round: int
    reopened_round: int
    epoch: int
    accepted_at: datetime | None = None
    region: str | None = None
    channel: str | None = None
    item_code: str | None = None
    demand: str | None = None
    urgency: str | None = None
    answered_round: int = 0
    """The last round that its person rated."""
    complexity: str | None = None
    """What somebody has put right; None while what its acceptance told holds."""
    complexity_before: str | None = None
    complexity_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise of one case, running or stopped."""

    id: UUID
    case_id: UUID
    kind: ClockKind
    round: int
    order_id: UUID | None
    unit_code: str | None
    complexity: str
    started_at: datetime
    due_at: datetime
    provisional: bool
    lamp: Lamp
    next_step_at: datetime | None
    missed_at: datetime | None
    stopped_at: datetime | None
    stop_reason: str | None
    steps: Sequence[dict[str, str | int]]
    digest: str
    limit_rule: str | None
    paused_at: datetime | None = None
    pauses: int = 0
    """How often it has rested, this time included."""
    limit_set: int | None = None
    limit_row: str | None = None
    level: int = 0
    """The highest level of its ladder that it has climbed."""
    sign_by: datetime | None = None
    signed_at: datetime | None = None
    """Of an order: until when its unit signs, and when it did."""

    @property
    def signing(self) -> Signing:
        """What is known of the signature."""
        return Signing(self.sign_by, self.signed_at)


SIGNED_FOR = (ClockKind.CONTACT, ClockKind.RESOLVE)
"""What a unit owes with its order, from its dispatch on or from its signature."""
AGREED = "agreed"
"""In the place of a limit: the moment was agreed upon, and no calendar moves it."""
COLUMNS = [clocks.c[field] for field in Clock.__dataclass_fields__]
_KIND, _LAMP = (list(Clock.__dataclass_fields__).index(name) for name in ("kind", "lamp"))
_KINDS, _LAMPS = {kind.value: kind for kind in ClockKind}, {lamp.value: lamp for lamp in Lamp}

_IDS = select(func.unnest(listed("ids")))
_ROWS = insert(cases).from_select(["case_id"], _IDS)
_LOCK = _ROWS.on_conflict_do_update(
    index_elements=[cases.c.case_id], set_={"case_id": _ROWS.excluded.case_id}
).returning(*(cases.c[name] for name in Case.__dataclass_fields__))
_TOLD = ("case_id", "accepted_at", "region", "channel", "item_code", "demand", "urgency")


def lock_cases(db: Connection, case_ids: Iterable[UUID]) -> dict[UUID, Case]:
    """Return the rows of cases, made where missing, and hold their locks until the commit."""
    # In the order of the ids: two transactions that share cases then never deadlock.
    rows = db.execute(_LOCK, {"ids": sorted(set(case_ids))})
    return {row.case_id: Case(*row) for row in rows}


def hold_cases(db: Connection, case_ids: Iterable[UUID]) -> dict[UUID, Case]:
    """Do what `lock_cases` does for cases that nearly all have a row: none is rewritten."""
    wanted = sorted(set(case_ids), key=by_number)
    known = select(*(cases.c[name] for name in Case.__dataclass_fields__))
    mine = known.where(among(cases.c.case_id, wanted)).order_by(cases.c.case_id)
    found = {row[0]: Case(*row) for row in db.execute(mine.with_for_update()).all()}
    missing = [each for each in wanted if each not in found]
    return found | lock_cases(db, missing) if missing else found


def lock_told(db: Connection, told: Iterable[Case]) -> dict[UUID, Case]:
    """Lock cases as `lock_cases` does, and keep what is told of them and was not known.

    Of the urgency the newest word counts.
    """
    rows = [
        {name: getattr(case, name) for name in _TOLD}
        for case in sorted({case.case_id: case for case in told}.values(), key=_by_id)
    ]
    found = db.execute(_telling(), {"rows": as_json(rows)})
    return {row.case_id: Case(*row) for row in found}


def _by_id(case: Case) -> UUID:
    return case.case_id


@cache
def _telling() -> Executable:
    adding = insert(cases).from_select(list(_TOLD), unfolded(cases, _TOLD))
    new, old = adding.excluded, cases.c
    kept = {name: func.coalesce(old[name], new[name]) for name in _TOLD[1:-1]}
    urgency = func.coalesce(new.urgency, old.urgency)
    telling = adding.on_conflict_do_update(
        index_elements=[old.case_id], set_={**kept, "urgency": urgency}
    )
    return telling.returning(*(old[name] for name in Case.__dataclass_fields__))


def lock_case(db: Connection, case_id: UUID) -> Case:
    """Return the row of a case, made if it was missing, and hold its lock until the commit."""
    return lock_cases(db, [case_id])[case_id]


def cases_of(db: Connection, case_ids: Iterable[UUID]) -> dict[UUID, Case]:
    """Return the rows of cases, unlocked."""
    query = select(*(cases.c[name] for name in Case.__dataclass_fields__))
    found = db.execute(query.where(among(cases.c.case_id, case_ids)))
    return {row.case_id: Case(*row) for row in found}


def note_rounds(db: Connection, case: Case) -> None:
    """Write how far the rounds of a case have come."""
    rounds = {"finished_round": case.finished_round, "reopened_round": case.reopened_round}
    db.execute(update(cases).where(cases.c.case_id == case.case_id).values(rounds))


def note_answered(db: Connection, case: Case) -> None:
    """Write which round its person rated last."""
    mine = update(cases).where(cases.c.case_id == case.case_id)
    db.execute(mine.values(answered_round=case.answered_round))


def note_complexity(db: Connection, case: Case) -> None:
    """Write how much work a case is, what it was thought to be, and when that was put right."""
    names = ("complexity", "complexity_before", "complexity_at")
    told = {name: getattr(case, name) for name in names}
    db.execute(update(cases).where(cases.c.case_id == case.case_id).values(told))


def note_epoch(db: Connection, case_id: UUID, epoch: int) -> None:
    """Write which epoch of custody came here or left last."""
    db.execute(update(cases).where(cases.c.case_id == case_id).values(epoch=epoch))


def add_clocks(db: Connection, started: Iterable[tuple[Clock, Due]]) -> None:
    """Insert running clocks, each with the explanation of its due date."""
    insert_rows(db, clocks, [_row(clock, due) for clock, due in started])


def _row(clock: Clock, due: Due) -> Row:
    return {
        "id": clock.id,
        "case_id": clock.case_id,
        "kind": clock.kind,
        "round": clock.round,
        "order_id": clock.order_id,
        "unit_code": clock.unit_code,
        "complexity": clock.complexity,
        "started_at": clock.started_at,
        "lamp": clock.lamp,
        "next_step_at": clock.next_step_at,
        "due_at": due.at,
        "provisional": due.provisional,
        "calendar_version": due.calendar_version,
        "steps": [step.as_record() for step in due.steps],
        "digest": due.digest,
        "limit_rule": clock.limit_rule,
        "limit_set": clock.limit_set,
        "limit_row": clock.limit_row,
        "sign_by": clock.sign_by,
        "signed_at": clock.signed_at,
    }


def clocks_of_case(db: Connection, case_id: UUID) -> list[Clock]:
    """Return every clock of a case, in the order they started."""
    query = select(*COLUMNS).where(clocks.c.case_id == case_id)
    return read_clocks(db, query.order_by(clocks.c.started_at, clocks.c.id))


def lock_clock(db: Connection, clock_id: UUID) -> Clock:
    """Lock a clock and return it as it stands: the sweep locks no case."""
    query = select(*COLUMNS).where(clocks.c.id == clock_id)
    return read_clocks(db, query.with_for_update())[0]


def resolving(db: Connection, order_ids: Iterable[UUID]) -> list[Clock]:
    """Return the running clocks towards whose limits these orders are solved; no lock."""
    mine = among(clocks.c.order_id, order_ids), clocks.c.kind == ClockKind.RESOLVE
    running = select(*COLUMNS).where(*mine, clocks.c.stopped_at.is_(None))
    return read_clocks(db, running.order_by(clocks.c.id))


def note_signature(db: Connection, order_id: UUID, at: datetime) -> list[Clock]:
    """Write when an order was signed for, once; return its clocks of which that was news."""
    mine = (clocks.c.order_id == order_id, clocks.c.kind.in_(SIGNED_FOR))
    signed = update(clocks).where(*mine, clocks.c.signed_at.is_(None)).values(signed_at=at)
    return read_clocks(db, signed.returning(*COLUMNS))


def note_sign_limits(db: Connection, limits: Mapping[UUID, datetime]) -> None:
    """Write until when these orders are signed for now, to their running clocks."""
    told = {"order_id": list(limits), "sign_by": list(limits.values())}
    columns = [cast(values, ARRAY(clocks.c[name].type)) for name, values in told.items()]
    new = func.unnest(*columns).table_valued(*told).render_derived()
    mine = (clocks.c.order_id == new.c.order_id, clocks.c.kind.in_(SIGNED_FOR))
    running = (clocks.c.stopped_at.is_(None), clocks.c.signed_at.is_(None))
    db.execute(update(clocks).where(*mine, *running).values(sign_by=new.c.sign_by))


def next_step_due(db: Connection) -> datetime | None:
    """Return when the next lamp of all running clocks may have to change, or had to."""
    running = clocks.c.stopped_at.is_(None) & clocks.c.next_step_at.is_not(None)
    query = select(clocks.c.next_step_at).where(running).order_by(clocks.c.next_step_at)
    moment: datetime | None = db.scalar(query.limit(1))
    return moment


def count_steps_due(db: Connection, now: datetime) -> int:
    """Count the running clocks whose next step has come and was not taken."""
    running = clocks.c.stopped_at.is_(None) & clocks.c.next_step_at.is_not(None)
    query = select(func.count()).select_from(clocks).where(running, clocks.c.next_step_at <= now)
    return db.scalar(query) or 0


def count_by_lamp(db: Connection) -> dict[Lamp, int]:
    """Count the running clocks by their lamps; a lamp that none shows has 0."""
    query = select(clocks.c.lamp, func.count()).where(clocks.c.stopped_at.is_(None))
    found = db.execute(query.group_by(clocks.c.lamp))
    return dict.fromkeys(Lamp, 0) | {Lamp(lamp): n for lamp, n in found}


def clocks_with_a_step_due(db: Connection, now: datetime, limit: int) -> list[Clock]:
    """Lock and return the running clocks whose lamp may have to change, the oldest step first.

    Clocks that another transaction holds are left for the next sweep.
    """
    query = (
        select(*COLUMNS)
        .where(clocks.c.stopped_at.is_(None), clocks.c.next_step_at <= now)
        .order_by(clocks.c.next_step_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return read_clocks(db, query)


def show_lamps(db: Connection, shown: Sequence[Clock]) -> None:
    """Write, by one statement, what these clocks show now and when that may change again."""
    names = ("id", "lamp", "next_step_at", "missed_at", "level")
    columns = [
        cast([getattr(clock, name) for clock in shown], ARRAY(clocks.c[name].type))
        for name in names
    ]
    new = func.unnest(*columns).table_valued(*names).render_derived()
    changed = {name: new.c[name] for name in names if name != "id"}
    db.execute(update(clocks).where(clocks.c.id == new.c.id).values(changed))


def mark_missed(db: Connection, clock_id: UUID, at: datetime) -> None:
    """Record when a clock was seen past its limit."""
    db.execute(update(clocks).where(clocks.c.id == clock_id).values(missed_at=at))


def stop_clock(db: Connection, clock: Clock, at: datetime, reason: str) -> None:
    """Stop a clock; it keeps the lamp it shows."""
    stopped = {"stopped_at": at, "stop_reason": reason, "lamp": clock.lamp}
    db.execute(update(clocks).where(clocks.c.id == clock.id).values(stopped))


def rest_clock(db: Connection, clock: Clock) -> None:
    """Write that a clock rests, and when it runs on by itself."""
    resting = {
        "paused_at": clock.paused_at,
        "pauses": clock.pauses,
        "next_step_at": clock.next_step_at,
    }
    db.execute(update(clocks).where(clocks.c.id == clock.id).values(resting))


def move_clock(db: Connection, clock: Clock) -> None:
    """Write where the limit of a clock lies now, how it came there, and what it shows."""
    moved = {
        "due_at": clock.due_at,
        "provisional": clock.provisional,
        "paused_at": clock.paused_at,
        "lamp": clock.lamp,
        "next_step_at": clock.next_step_at,
        "missed_at": clock.missed_at,
        "steps": list(clock.steps),
    }
    db.execute(update(clocks).where(clocks.c.id == clock.id).values(moved))


def reclassify_clock(db: Connection, clock: Clock, due: Due) -> None:
    """Write how a clock is counted anew: its limit, what explains it, and what it shows."""
    anew = {
        "complexity": clock.complexity,
        "limit_rule": clock.limit_rule,
        "limit_set": clock.limit_set,
        "limit_row": clock.limit_row,
        "digest": clock.digest,
        "calendar_version": due.calendar_version,
    }
    db.execute(update(clocks).where(clocks.c.id == clock.id).values(anew))
    move_clock(db, clock)


def resume_clock(db: Connection, clock: Clock) -> None:
    """Let a stopped clock run on towards its old limit."""
    running = {
        "stopped_at": None,
        "stop_reason": None,
        "lamp": clock.lamp,
        "next_step_at": clock.next_step_at,
        "level": clock.level,
    }
    db.execute(update(clocks).where(clocks.c.id == clock.id).values(running))


def read_clocks(db: Connection, query: Executable) -> list[Clock]:
    """Return the clocks of a query, or of what a change returns, over `COLUMNS`, in its order."""
    return [_clock(row) for row in db.execute(query).all()]


def _clock(row: Sequence[Any]) -> Clock:
    told = list(row)
    told[_KIND], told[_LAMP] = _KINDS[told[_KIND]], _LAMPS[told[_LAMP]]
    return Clock(*told)
