"""People on duty, posts, shifts, absences and gaps, as the tables have them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.dispatch.policy.rota import (
    Absence,
    Crew,
    DutyKind,
    Hours,
    LocalDay,
    Shift,
    Span,
)
from services.dispatch.repository.catalogue import in_use
from services.dispatch.tables import (
    absences,
    duty_gaps,
    duty_people,
    duty_posts,
    local_years,
    shifts,
    units,
)

PostKey = tuple[str, str]
"""Kind of duty and code of the unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One who can be on duty; `phone` is sealed."""

    login: str
    name: str
    unit_code: str
    duties: Sequence[str]
    phone: bytes | None = field(default=None, repr=False)
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Where somebody must be on duty, and when."""

    kind: DutyKind
    unit_code: str
    opens: time
    closes: time
    weekdays: Sequence[int]
    open_on: Sequence[date] = ()
    closed_on: Sequence[date] = ()
    active: bool = True
    local: Mapping[date, LocalDay] = field(default_factory=dict)
    """On which days its unit works otherwise than the country; nobody enters that here."""

    @property
    def key(self) -> PostKey:
        """Which post it is."""
        return self.kind, self.unit_code

    @property
    def hours(self) -> Hours:
        """When it is open."""
        days = frozenset(self.open_on), frozenset(self.closed_on)
        return Hours(self.opens, self.closes, frozenset(self.weekdays), *days, self.local)


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """An absence with its id."""

    absence_id: UUID
    login: str
    begins: datetime
    ends: datetime
    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """When nobody is on duty at a post."""

    gap_id: UUID
    kind: str
    unit_code: str
    begins: datetime
    ends: datetime

    @property
    def key(self) -> tuple[PostKey, Span]:
        """Which post, and when."""
        return (self.kind, self.unit_code), Span(self.begins, self.ends)


@dataclass(frozen=True, slots=True)
class Rota:
    """What says who is on duty, as far as it concerns a span."""

    shifts: Mapping[PostKey, Sequence[Shift]]
    absences: Sequence[Absence]

    def of(self, key: PostKey) -> Sequence[Shift]:
        """Return the shifts of one post."""
        return self.shifts.get(key, ())


def put_person(db: Connection, person: Person) -> None:
    """Write a person."""
    row = asdict(person)
    written = {name: value for name, value in row.items() if name != "login"}
    entry = insert(duty_people).values(row)
    db.execute(entry.on_conflict_do_update(index_elements=["login"], set_=written))


def people(db: Connection, logins: Collection[str] | None = None) -> dict[str, Person]:
    """Return people by login, all or these."""
    query = select(duty_people).order_by(duty_people.c.unit_code, duty_people.c.login)
    if logins is not None:
        query = query.where(duty_people.c.login.in_(sorted(logins)))
    return {row["login"]: Person(**row) for row in db.execute(query).mappings()}


def put_post(db: Connection, post: Post) -> None:
    """Write a post."""
    row = {**asdict(replace(post, local={})), "kind": post.kind.value}
    del row["local"]
    keys = ("kind", "unit_code")
    written = {name: value for name, value in row.items() if name not in keys}
    entry = insert(duty_posts).values(row)
    db.execute(entry.on_conflict_do_update(index_elements=keys, set_=written))


def lock_post(db: Connection, key: PostKey) -> Post | None:
    """Return a post, locked until the transaction ends."""
    c = duty_posts.c
    query = select(duty_posts).where(c.kind == key[0], c.unit_code == key[1])
    row = db.execute(query.with_for_update()).mappings().one_or_none()
    return None if row is None else _post(row, local_days(db))


def posts(db: Connection) -> list[Post]:
    """Return the posts that are watched: of units in use."""
    c = duty_posts.c
    query = select(duty_posts).join(units, units.c.code == c.unit_code)
    ordered = query.where(c.active, in_use()).order_by(c.kind, c.unit_code)
    local = local_days(db)
    return [_post(row, local) for row in db.execute(ordered).mappings()]


def keep_local_year(
    db: Connection, of: tuple[str, int], days: Mapping[str, Sequence[Any]], told_at: datetime
) -> None:
    """Write on which days of a year a unit works otherwise, unless that was told later already."""
    y = local_years.c
    row = {"unit_code": of[0], "year": of[1], "told_at": told_at, "days": dict(days)}
    keeping = insert(local_years).values(row)
    anew = {name: keeping.excluded[name] for name in ("told_at", "days")}
    later = y.told_at <= keeping.excluded.told_at
    keys = [y.unit_code, y.year]
    db.execute(keeping.on_conflict_do_update(index_elements=keys, set_=anew, where=later))


def local_days(db: Connection) -> Mapping[str, Mapping[date, LocalDay]]:
    """Return on which days units work otherwise; without a code those that have no notice."""
    found: dict[str, dict[date, LocalDay]] = {}
    for row in db.execute(select(local_years.c.unit_code, local_years.c.days)):
        days = found.setdefault(row.unit_code, {})
        for day, (hours, opens) in row.days.items():
            days[date.fromisoformat(day)] = LocalDay.parse(hours, opens=opens)
    return found


def titles(db: Connection, codes: Iterable[str]) -> dict[str, str]:
    """Return the titles of units by code."""
    query = select(units.c.code, units.c.title).where(units.c.code.in_(sorted(set(codes))))
    return {row.code: row.title for row in db.execute(query)}


def replace_shifts(
    db: Connection, key: PostKey, within: Sequence[Span], rows: Sequence[tuple[UUID, Shift]]
) -> None:
    """Take away what a post has in these spans, and write shifts in its place."""
    mine = and_(shifts.c.kind == key[0], shifts.c.unit_code == key[1])
    for span in within:
        overlaps = (shifts.c.begins < span.ends) & (shifts.c.ends > span.begins)
        db.execute(delete(shifts).where(mine, overlaps))
    if rows:
        db.execute(shifts.insert(), [_shift_row(key, each, shift) for each, shift in rows])


def rota_of(db: Connection, within: Span) -> Rota:
    """Return the shifts and absences that touch a span; who left is away all the time."""
    touching = (shifts.c.ends > within.begins) & (shifts.c.begins < within.ends)
    found: dict[PostKey, list[Shift]] = {}
    for row in db.execute(select(shifts).where(touching).order_by(shifts.c.begins)):
        crew = Crew(row.login, tuple(row.substitutes))
        shift = Shift(Span(row.begins, row.ends), crew)
        found.setdefault((row.kind, row.unit_code), []).append(shift)
    away = [Absence(one.login, Span(one.begins, one.ends)) for one in away_within(db, within)]
    left = db.scalars(select(duty_people.c.login).where(~duty_people.c.active))
    return Rota(found, [*away, *(Absence(login, within) for login in left)])


def add_away(db: Connection, away: Away) -> None:
    """Insert an absence."""
    db.execute(absences.insert().values(asdict(away)))


def find_away(db: Connection, absence_id: UUID) -> Away | None:
    """Return an absence."""
    query = select(absences).where(absences.c.absence_id == absence_id)
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else Away(**row)


def end_away(db: Connection, absence_id: UUID, at: datetime) -> None:
    """Let an absence end now; one that has not begun is taken away."""
    mine = absences.c.absence_id == absence_id
    db.execute(delete(absences).where(mine, absences.c.begins >= at))
    db.execute(update(absences).where(mine, absences.c.ends > at).values(ends=at))


def away_within(db: Connection, within: Span) -> list[Away]:
    """Return the absences that touch a span."""
    c = absences.c
    query = select(absences).where(c.ends > within.begins, c.begins < within.ends)
    return [Away(**row) for row in db.execute(query.order_by(c.begins, c.absence_id)).mappings()]


def open_gaps(db: Connection) -> list[Gap]:
    """Return the gaps that nobody filled and whose time is not over, the next one first."""
    columns = [duty_gaps.c[name] for name in Gap.__dataclass_fields__]
    query = select(*columns).where(duty_gaps.c.ended_at.is_(None))
    ordered = query.order_by(duty_gaps.c.begins, duty_gaps.c.kind, duty_gaps.c.unit_code)
    return [Gap(**row) for row in db.execute(ordered).mappings()]


def count_gaps(db: Connection) -> int:
    """Count the open gaps."""
    query = select(func.count()).where(duty_gaps.c.ended_at.is_(None))
    return db.scalar(query) or 0


def add_gap(db: Connection, gap: Gap, at: datetime) -> None:
    """Insert a gap."""
    db.execute(duty_gaps.insert().values(**asdict(gap), found_at=at))


def end_gap(db: Connection, gap_id: UUID, at: datetime, *, filled: bool) -> None:
    """Record that a gap is no more."""
    ended = update(duty_gaps).where(duty_gaps.c.gap_id == gap_id)
    db.execute(ended.values(ended_at=at, filled=filled))


def lock_gaps(db: Connection) -> None:
    """Let one at a time compare the gaps, until the transaction ends."""
    db.execute(select(func.pg_advisory_xact_lock(func.hashtext("dispatch.duty_gaps"))))


def _post(row: RowMapping, local: Mapping[str, Mapping[date, LocalDay]]) -> Post:
    mine = local.get(row["unit_code"], local.get("", {}))
    return Post(**{**row, "kind": DutyKind(row["kind"])}, local=mine)


def _shift_row(key: PostKey, shift_id: UUID, shift: Shift) -> dict[str, object]:
    return {
        "shift_id": shift_id,
        "kind": key[0],
        "unit_code": key[1],
        "begins": shift.span.begins,
        "ends": shift.span.ends,
        "login": shift.crew.person,
        "substitutes": list(shift.crew.substitutes),
    }
