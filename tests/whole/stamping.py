"""Many cases out of a few: what the services wrote of one case is a mould for any number more.

A case's rows are read as COPY writes them. Ids, instants, numbers, units and texts become holes;
each stamp fills the holes anew and COPY reads the rows back. So every table holds what its service
would have written, and a million cases take minutes instead of days.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from operator import itemgetter
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from sqlalchemy import Connection, Table, select

from backstop.suite import MEMBERS
from services.portal.handlers.sheet import open_sheet
from services.portal.policy import Dimension, day_of
from services.portal.tables import live
from shared.security.numbers import case_number
from tests.whole.stories import TEXT, TITLE, UNIT, UNIT_TITLE, Told

LEFT_OUT = frozenset(
    {"outbox", "inbox", "waiting", "parked", "idempotency", "journal"}
    | {"audit", "audit_seal", "audit_unsealed"}
)
"""What no measured page reads case by case, and the texts of the embedded handset's telephone."""
UUID_FORM = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
INSTANT_FORM = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00(?::00)?|Z)"
WORDS, TAB = "\v", "\t"
AT_ONCE = 2_000
WHOLE = frozenset(
    {
        *("portal.cases", "portal.words", "intake.cases", "dispatch.cases", "dispatch.orders"),
        *("dispatch.hand_overs", "sla.clocks", "notify.recipients", "notify.messages"),
        *("review.cases", "review.evaluations", "review.supervisions"),
    }
)
"""Tables that are searched, listed or swept. The others are only ever read by their case's id."""
FINISHES = (Dimension.FINISHED_ON, Dimension.ON_TIME_ON)
OF_UNIT = frozenset({Dimension.UNIT_OPEN, Dimension.UNIT_YELLOW, Dimension.UNIT_RED})

Counts = Counter[tuple[str, str]]
Getter = Callable[[Sequence[str]], tuple[str, ...]]


def stamped_tables() -> list[Table]:
    """Return the tables that hold something of single cases, over all services but link.

    No page reads link's history of a case.
    """
    return [
        table
        for name, member in MEMBERS.items()
        if name != "link"
        for table in member.metadata.sorted_tables
        if table.name not in LEFT_OUT and _about(table) is not None
    ]


def _about(table: Table, case: UUID = UUID(int=0)) -> str | None:
    if "case_id" in table.c:
        return f"case_id = '{case}'"
    if "subject_id" in table.c:
        return f"subject_id = '{case}'"
    if "order_id" in table.c:
        of_case = f"SELECT order_id FROM dispatch.orders WHERE case_id = '{case}'"  # noqa: S608
        return f"order_id IN ({of_case})"
    return None


@dataclass(frozen=True, slots=True)
class Stamp:
    """What one case gets of its own; `back` is how much earlier everything happened."""

    nth: int
    back: timedelta
    whole: bool
    """With its history, not only where it is searched, listed and swept."""
    title: str
    text: str
    words: Sequence[str]
    unit: tuple[str, str]


@dataclass(slots=True)
class Mould:
    """The rows of one case with holes, and what it adds to the rollups."""

    region: str
    registered_at: datetime
    finished_at: datetime | None
    counts: list[tuple[str, str]]
    holes: list[str | datetime] = field(default_factory=list)
    """The end of an id, or an instant; behind what every stamp tells in plain words."""
    lines: dict[str, tuple[str, Getter]] = field(default_factory=dict)

    def number(self, stamp: Stamp) -> str:
        """Return the number of a stamped case."""
        return case_number(self.region, day_of(self.registered_at - stamp.back), stamp.nth)

    def rows(self, stamp: Stamp) -> Iterator[tuple[str, str]]:
        """Yield the rows of a case, by table, as COPY reads them."""
        back, number = stamp.back, self.number(stamp)
        words = {number.lower(), *stamp.words}
        # As real ids begin: with the moment, so that a list by id is a list by time.
        moment = int((self.registered_at - back).timestamp() * 1000)
        begins = f"{moment >> 16:08x}-{moment & 0xFFFF:04x}-7000-8000-{stamp.nth:08x}"
        values = [
            number,
            number.lower(),
            " ".join(f"'{word}'" for word in sorted(words)),
            stamp.title,
            stamp.text,
            *stamp.unit,
            *[
                begins + hole if isinstance(hole, str) else (hole - back).isoformat()
                for hole in self.holes
            ],
        ]
        for table, (line, getter) in self.lines.items():
            if stamp.whole or table in WHOLE:
                yield table, line % getter(values)

    def counted(self, stamp: Stamp) -> Iterator[tuple[str, str]]:
        """Yield what a case adds to the rollups."""
        days = {Dimension.REGISTERED_ON: self.registered_at}
        days |= dict.fromkeys(FINISHES, self.finished_at or self.registered_at)
        for name, key in self.counts:
            dimension = Dimension(name)
            if dimension in OF_UNIT:
                yield name, stamp.unit[0]
            elif dimension in days:
                yield name, day_of(days[dimension] - stamp.back).isoformat()
            else:
                yield name, key


def make_mould(db: Connection, node: str, told: Told) -> Mould:
    """Read the rows of a case that a node has; `db` belongs to the owner of all schemas."""
    case = UUID(told.case_id)
    shown = db.execute(select(live.cases).where(live.cases.c.case_id == case)).mappings().one()
    region = told.number.split("-")[1]
    mould = Mould(region, shown["registered_at"], shown["finished_at"], _counts(db, node, case))
    cutter = _Cutter(told, mould.holes)
    for table in stamped_tables():
        rows = _copied(db, table, case)
        if rows:
            mould.lines[table.fullname] = cutter.cut(table, rows)
    return mould


def _counts(db: Connection, node: str, case: UUID) -> list[tuple[str, str]]:
    levels = select(live.evaluations.c.level).where(live.evaluations.c.case_id == case)
    rated = [(Dimension.LEVEL.value, str(level)) for level in db.scalars(levels)]
    return [*(-open_sheet(db, live, node, {case}).counts).elements(), *rated]


def _copied(db: Connection, table: Table, case: UUID) -> str:
    raw: psycopg.Connection[Any] = db.connection.driver_connection  # type: ignore[assignment]
    query = f"SELECT * FROM {table.fullname} WHERE {_about(table, case)}"  # noqa: S608
    with raw.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT".encode()) as copy:
        return b"".join(map(bytes, copy)).decode()


class _Cutter:
    """Cuts the holes: the same id or instant is the same hole in every table."""

    def __init__(self, told: Told, holes: list[str | datetime]) -> None:
        plain = (told.number, told.number.lower(), WORDS, TITLE, TEXT, UNIT, UNIT_TITLE)
        self._places = {text: place for place, text in enumerate(plain)}
        self._first = len(plain)
        self._holes = holes
        self._form = re.compile("|".join((UUID_FORM, INSTANT_FORM, *map(re.escape, plain))))

    def cut(self, table: Table, rows: str) -> tuple[str, Getter]:
        """Return the rows as a format, and what picks the values for it."""
        if table is live.words:
            rows = f"{rows.partition(TAB)[0]}{TAB}{WORDS}\n"
        places: list[int] = []

        def hole(match: re.Match[str]) -> str:
            places.append(self._place(match[0]))
            return "%s"

        line = self._form.sub(hole, rows.replace("%", "%%"))
        return line, itemgetter(*places)

    def _place(self, text: str) -> int:
        if text not in self._places:
            self._places[text] = self._first + len(self._holes)
            is_id = re.fullmatch(UUID_FORM, text)
            end = f"{len(self._holes):04x}"
            self._holes.append(end if is_id else datetime.fromisoformat(text))
        return self._places[text]


def stamp_all(database: str, stamps: Iterable[tuple[Mould, Stamp]]) -> Counts:
    """Write all these cases into a database; return what they add to the rollups."""
    counts: Counts = Counter()
    pending = iter(stamps)
    with psycopg.connect(database) as raw:
        # No triggers: a foreign key looked up for each row would cost more than the row.
        raw.execute("SET session_replication_role = replica")
        indexes = _drop_indexes(raw)
        while some := list(islice(pending, AT_ONCE)):
            rows: defaultdict[str, list[str]] = defaultdict(list)
            for mould, stamp in some:
                counts.update(mould.counted(stamp))
                for table, text in mould.rows(stamp):
                    rows[table].append(text)
            for table, texts in rows.items():
                copy_rows(raw, table, texts)
        counted = [f"{name}\t{key}\t{n}\n" for (name, key), n in sorted(counts.items())]
        raw.execute("DELETE FROM portal.counts")
        copy_rows(raw, "portal.counts", counted)
        for definition in indexes:
            raw.execute(definition)
    return counts


def _drop_indexes(raw: psycopg.Connection[Any]) -> list[LiteralString]:
    # Built once over all rows they take a fraction of the time; those of constraints stay.
    found = raw.execute(
        "SELECT i.schemaname || '.' || i.indexname, i.indexdef FROM pg_indexes i"
        " WHERE i.schemaname || '.' || i.tablename = ANY(%s) AND NOT EXISTS (SELECT FROM"
        " pg_constraint c WHERE c.conindid = (i.schemaname || '.' || i.indexname)::regclass)",
        (sorted(WHOLE),),
    ).fetchall()
    for name, _definition in found:
        raw.execute(f"DROP INDEX {name}")
    return [definition for _name, definition in found]


def copy_rows(
    raw: psycopg.Connection[Any], table: str, rows: Iterable[str], names: str = ""
) -> None:
    """Write rows of text into a table."""
    with raw.cursor() as cursor, cursor.copy(f"COPY {table} {names} FROM STDIN".encode()) as copy:
        copy.write("".join(rows))
